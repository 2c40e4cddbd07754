/**
 * Reads a message from a page before anything else looks at it: JSON of bounded depth, in oRPC's envelope. A
 * message that is anything else cannot be answered, and its connection ends.
 */

/** Why a connection is ended, by the codes of RFC 6455 section 7.4. */
export interface Malformed {
  readonly code: 1003 | 1007 | 1008
  readonly reason: string
}

export type CallMessage = { readonly message: object } | { readonly malformed: Malformed }

/** Deeper than any input of a call; what recurses over inputs is not made for more. */
const MAX_DEPTH = 100
const [REQUEST, EVENT, ABORT] = [1, 3, 4]
const EVENTS: readonly unknown[] = ['message', 'error', 'done']

export function readCallMessage(data: unknown): CallMessage {
  if (typeof data !== 'string') return malformed(1003, 'expected text, found bytes')
  if (depthOf(data) > MAX_DEPTH) return malformed(1008, `expected at most ${MAX_DEPTH} levels of JSON`)
  let message: unknown
  try {
    message = JSON.parse(data)
  } catch {
    return malformed(1007, 'expected JSON')
  }
  return isEnvelope(message) ? { message } : malformed(1008, 'expected a call')
}

function isEnvelope(message: unknown): message is object {
  if (!isRecord(message)) return false
  const { i: id, t: type = REQUEST, p: payload } = message
  if (typeof id !== 'string' && typeof id !== 'number') return false
  if (type === ABORT) return true
  if (!isRecord(payload)) return false
  if (type === EVENT) return EVENTS.includes(payload['e']) && isAbsentOr(payload['m'], isRecord)
  return type === REQUEST && isRequest(payload)
}

/** As a page of ours writes it: the path of the call alone, and headers that are text. */
function isRequest({ u: url, h: headers, m: method }: Record<string, unknown>): boolean {
  const isText = (value: unknown): boolean => typeof value === 'string'
  if (typeof url !== 'string' || !/^\/[\w/-]*(\?|$)/.test(url)) return false
  return (
    isAbsentOr(headers, (value) => isRecord(value) && Object.values(value).every(isText)) && isAbsentOr(method, isText)
  )
}

function isAbsentOr(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How deep brackets stand in each other outside of texts, whether or not it is JSON. */
function depthOf(text: string): number {
  let [depth, deepest] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (char === 0x5d || char === 0x7d) depth--
    else if (char === 0x22) {
      do at = text.indexOf('"', at + 1)
      while (at >= 0 && isEscaped(text, at))
      if (at < 0) return deepest
    }
  }
  return deepest
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++
  return slashes % 2 === 1
}

function malformed(code: Malformed['code'], reason: string): CallMessage {
  return { malformed: { code, reason } }
}

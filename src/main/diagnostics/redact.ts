/**
 * Turns fields into plain JSON that is safe to keep: secrets become a mark wherever they hide, errors
 * lose their stacks, and nothing grows without bound. Pure.
 */
import { PondError } from '../../shared/errors'
import type { LogFields } from './log'

const MARK = '[redacted]'
const SECRET_NAME = /token|secret|password|passwd|authorization|cookie|api-?key|credential/i
/** `Bearer x`, `?token=x`, `user:x@host` inside longer text. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${MARK}`],
  [/\b((?:\w+[-_])?(?:token|secret|password|key))=[^&\s"'#]+/gi, `$1=${MARK}`],
  [/(\b[a-z][a-z\d+.-]*:\/\/[^/\s:@]+):[^/\s@]+@/gi, `$1:${MARK}@`],
]
const MAX_DEPTH = 6
const MAX_ITEMS = 100
const MAX_TEXT = 8_192

export function redact(fields: LogFields): LogFields {
  return plainObject(fields, 0, [])
}

/** Text with what looks like a credential taken out; at most 8,192 characters of it. */
export function redactText(text: string): string {
  const clean = SECRET_TEXT.reduce((rest, [pattern, mark]) => rest.replace(pattern, mark), text)
  return clean.length <= MAX_TEXT ? clean : `${clean.slice(0, MAX_TEXT)}... (${clean.length} characters)`
}

type Ancestors = readonly object[]

function plain(value: unknown, depth: number, above: Ancestors): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value)
    case 'number':
      // JSON has no negative zero.
      return Number.isFinite(value) ? value + 0 : String(value)
    case 'boolean':
      return value
    case 'bigint':
    case 'symbol':
      return String(value)
    case 'undefined':
      return null
    case 'function':
      return '[function]'
    case 'object':
      return value === null ? null : plainReference(value, depth, above)
  }
}

function plainReference(value: object, depth: number, above: Ancestors): unknown {
  if (above.includes(value)) return '[circular]'
  if (depth >= MAX_DEPTH) return '[deep]'
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  const inside = [...above, value]
  if (value instanceof Error) {
    const code = value instanceof PondError ? value.code : ((value as NodeJS.ErrnoException).code ?? value.name)
    const cause = value.cause === undefined ? {} : { cause: plain(value.cause, depth + 1, inside) }
    return { code, message: redactText(value.message), ...cause }
  }
  if (value instanceof Map) return plain(Object.fromEntries(value), depth, inside)
  if (value instanceof Set) return plain([...value], depth, inside)
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => plain(item, depth + 1, inside))
    return value.length > MAX_ITEMS ? [...items, `[${value.length - MAX_ITEMS} more]`] : items
  }
  return plainObject(value as LogFields, depth, inside)
}

function plainObject(fields: LogFields, depth: number, above: Ancestors): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) && value !== null && value !== undefined ? MARK : plain(value, depth + 1, above),
    ]),
  )
}

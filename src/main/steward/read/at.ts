/** Reading the moments that people name: `pending`, `head`, `head~n`, a version, or a timestamp. */
import { PondError } from '../../../shared/errors'
import type { At, Micros, ResolvedAt, Version } from '../../../shared/model'
import { quote } from '../../../shared/path'
import { parseTime } from '../../../shared/time'

/** What `At` says. A moment that is resolved is one, too. */
export type ParsedAt =
  | { readonly kind: 'pending' }
  | { readonly kind: 'head'; readonly back: number }
  | { readonly kind: 'version'; readonly version: Version }
  | { readonly kind: 'time'; readonly at: Micros }

/** @throws steward.bad-time */
function parseAt(at: At): ParsedAt {
  // A script may hand over a version as the number that it is, or what is no moment at all.
  const text = String(at).trim()
  if (text === 'pending') return { kind: 'pending' }
  const head = /^head(?:~(\d{1,9}))?$/i.exec(text)
  if (head) return { kind: 'head', back: Number(head[1] ?? 0) }
  if (/^\d{1,15}$/.test(text)) return { kind: 'version', version: Number(text) }
  const time = parseTime(text)
  if (time === null) {
    throw new PondError(
      'steward.bad-time',
      `${quote(String(at))} names no moment: expected pending, head, head~n, a version number or a timestamp such as 2026-03-01 or 2026-03-01T10:00`,
      { at },
    )
  }
  return { kind: 'time', at: time }
}

const KINDS: readonly unknown[] = ['pending', 'head', 'version', 'time'] satisfies ParsedAt['kind'][]

/** A moment as text, or already parsed. @throws steward.bad-time for anything else, which a script may hand over */
export function parsedAt(at: At | ParsedAt): ParsedAt {
  return typeof at === 'object' && at !== null && KINDS.includes(at.kind) ? at : parseAt(at as At)
}

/** A time, or the text of one. @throws steward.bad-time */
export function timeOf(given: Micros | string): Micros {
  const time = typeof given === 'number' ? given : parseTime(given.trim())
  if (time !== null && Number.isSafeInteger(time)) return time
  const message = `${quote(String(given))} is no time: expected a timestamp such as 2026-03-01 or 2026-03-01T10:00`
  throw new PondError('steward.bad-time', message, { at: given })
}

export interface Timeline {
  readonly head: Version
  readonly createdAt: Micros
  /** When a version was committed; later for later versions. */
  committedAt(version: Version): Promise<Micros>
}

/** @throws steward.unknown-version */
export async function resolveAt(parsed: ParsedAt, timeline: Timeline): Promise<ResolvedAt> {
  const { head } = timeline
  switch (parsed.kind) {
    case 'pending':
      return { kind: 'pending', version: head }
    case 'head':
      if (parsed.back > head) throw unknown(`head~${parsed.back}`, head)
      return { kind: 'version', version: head - parsed.back }
    case 'version':
      if (parsed.version > head) throw unknown(`version ${parsed.version}`, head)
      return { kind: 'version', version: parsed.version }
    case 'time': {
      if (parsed.at < timeline.createdAt) {
        throw new PondError('steward.unknown-version', 'the pond did not exist at that time yet', {
          at: parsed.at,
          createdAt: timeline.createdAt,
        })
      }
      let low = 0
      let high = head
      // The last version not later is between the two.
      while (low < high) {
        const middle = low + Math.ceil((high - low) / 2)
        if ((await timeline.committedAt(middle)) <= parsed.at) low = middle
        else high = middle - 1
      }
      return { kind: 'version', version: low }
    }
  }
}

function unknown(what: string, head: Version): PondError {
  const known = head === 0 ? 'nothing is committed yet, only version 0 exists' : `versions are 0 to ${head}`
  return new PondError('steward.unknown-version', `${what} does not exist: ${known}`, { head })
}

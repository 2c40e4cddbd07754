/** What the slider says: the value it speaks, and the clock times along its ruler. Pure; instants are microseconds. */
import type { LogEntry, Micros } from '../../../../shared/model'
import { displayName, formatAgo, formatCount } from '../../../ui/format'

/** The first line of a message as one safe line; what to say when there is none. */
export function subjectOf(message: string): string {
  const line = message.split('\n').find((text) => text.trim() !== '')
  return line === undefined ? 'No message' : displayName(line.trim())
}

/** The slider's value in words, as a screen reader speaks it. `entry` is undefined until it was read. */
export function valueText({
  position,
  head,
  pending,
  entry,
  now,
}: {
  readonly position: number
  readonly head: number
  readonly pending: number
  readonly entry: LogEntry | undefined
  readonly now: Micros
}): string {
  if (position > head) return `Now, with ${pendingWords(pending)}`
  if (position === 0) return `Version 0 of ${head}, the empty pond`
  const parts = [`Version ${position} of ${head}`]
  if (entry !== undefined) parts.push(formatAgo(entry.committedAt, now), subjectOf(entry.message))
  return parts.join(', ')
}

/** `nothing pending`, `2 pending changes`. */
export function pendingWords(pending: number): string {
  return pending === 0 ? 'nothing pending' : formatCount(pending, 'pending change')
}

const two = (n: number): string => String(n).padStart(2, '0')
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/**
 * A clock time for each label in local time, saying only what the label before it does not: the day
 * where a day begins, the year where it is not this one, nothing within the same minute. Null where
 * nothing is to be said, or nothing is known yet.
 */
export function clockLabels(instants: readonly (Micros | undefined)[], now: Micros): readonly (string | null)[] {
  let before: Date | null = null
  let year = new Date(now / 1000).getFullYear()
  return instants.map((instant) => {
    if (instant === undefined) return null
    const at = new Date(instant / 1000)
    const last = before
    before = at
    const time = `${two(at.getHours())}:${two(at.getMinutes())}`
    if (last !== null && last.toDateString() === at.toDateString()) {
      return last.getHours() === at.getHours() && last.getMinutes() === at.getMinutes() ? null : time
    }
    const day = `${at.getDate()} ${MONTHS[at.getMonth()]}`
    if (at.getFullYear() === year) return `${day} ${time}`
    year = at.getFullYear()
    return `${day} ${year}`
  })
}

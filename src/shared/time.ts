/** Moments as people write them, and dates of the calendar. Pure but for the local time zone, which is the machine's. */
import type { Micros } from './model'

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i
const DAY_MS = 86_400_000

/**
 * A timestamp as integer microseconds. Without a zone it is local time: what the clock showed twice is the
 * first time, what it skipped is as long after the change as it is written after the gap's beginning. A bare
 * date means the last microsecond of that day. Null when the text is no timestamp.
 */
export function parseTime(text: string): Micros | null {
  const date = DATE.exec(text)
  if (date) {
    const [year, month, day] = date.slice(1, 4).map(Number) as [number, number, number]
    const start = new Date(year, month - 1, day)
    if (start.getMonth() !== month - 1 || start.getDate() !== day) return null
    return new Date(year, month - 1, day + 1).getTime() * 1000 - 1
  }
  const match = DATE_TIME.exec(text)
  if (!match) return null
  const [year, month, day, hour, minute] = match.slice(1, 6).map(Number) as [number, number, number, number, number]
  const second = Number(match[6] ?? 0)
  const micros = Number((match[7] ?? '').padEnd(6, '0').slice(0, 6))
  if (hour > 23 || minute > 59 || second > 59) return null
  const zone = match[8]?.toUpperCase()
  const utc = Date.UTC(year, month - 1, day, hour, minute, second)
  const midnight = new Date(Date.UTC(year, month - 1, day))
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return null
  if (zone === undefined) return new Date(year, month - 1, day, hour, minute, second).getTime() * 1000 + micros
  if (zone === 'Z') return utc * 1000 + micros
  const [, sign, h, m] = /([+-])(\d{2}):?(\d{2})/.exec(zone) as unknown as [string, string, string, string]
  const offset = (Number(h) * 60 + Number(m)) * 60_000
  if (offset >= DAY_MS || Number(m) > 59) return null
  return (utc - (sign === '-' ? -offset : offset)) * 1000 + micros
}

/** ISO 8601 in UTC, to the millisecond. */
export function toIsoTime(time: Micros): string {
  return new Date(time / 1000).toISOString()
}

/** ISO 8601 in UTC, to the microsecond; `parseTime` reads exactly the same time back. */
export function toExactTime(time: Micros): string {
  const rest = ((time % 1_000_000) + 1_000_000) % 1_000_000
  return `${new Date((time - rest) / 1000).toISOString().slice(0, 19)}.${String(rest).padStart(6, '0')}Z`
}

/** What `toIsoTime` wrote; NaN for other text. */
export function fromIsoTime(text: string): Micros {
  return Date.parse(text) * 1000
}

/**
 * Days since 1970-01-01 as a date of the proleptic Gregorian calendar, of any year; year 0 is 1 BC. Eras of 400 years
 * are counted from a first of March, so that the leap day comes last (Howard Hinnant's `civil_from_days`).
 */
export function civilDate(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const m = Math.floor((5 * dayOfYear + 2) / 153)
  const month = m < 10 ? m + 3 : m - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * m + 2) / 5) + 1,
  }
}

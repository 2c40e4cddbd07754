/** Instants as Delta's statistics spell them: ISO 8601 in UTC with milliseconds. */
import type { Micros } from '../../../shared/model'
import { civilDate } from '../../../shared/time'

/** Milliseconds since 1970 as `2026-03-01T09:30:00.000Z`; undefined outside the years 0 to 9999, where readers disagree. */
export function isoMillis(ms: number): string | undefined {
  const days = Math.floor(ms / 86_400_000)
  const { year, month, day } = civilDate(days)
  if (year < 0 || year > 9_999) return undefined
  const rest = ms - days * 86_400_000
  const pad = (value: number, width: number) => String(value).padStart(width, '0')
  const seconds = Math.floor(rest / 1_000)
  const time = `${pad(Math.floor(seconds / 3_600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${time}.${pad(rest % 1_000, 3)}Z`
}

/** The millisecond not after, and the one not before: a range of these holds the microsecond. */
export function millisAround(us: Micros): { readonly floor: number; readonly ceil: number } {
  return { floor: Math.floor(us / 1_000), ceil: Math.ceil(us / 1_000) }
}

/** Instants as Delta's statistics spell them: ISO 8601 in UTC with milliseconds. */
import type { Micros } from '../../../shared/model'

/**
 * Milliseconds since 1970 as `2026-03-01T09:30:00.000Z`; undefined outside the years 0 to 9999, where
 * readers disagree. Days to date after Howard Hinnant's `civil_from_days`.
 */
export function isoMillis(ms: number): string | undefined {
  const days = Math.floor(ms / 86_400_000)
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  if (year < 0 || year > 9_999) return undefined
  const rest = ms - days * 86_400_000
  const pad = (value: number, width: number) => String(value).padStart(width, '0')
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`
  const seconds = Math.floor(rest / 1_000)
  const time = `${pad(Math.floor(seconds / 3_600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`
  return `${date}T${time}.${pad(rest % 1_000, 3)}Z`
}

/** The millisecond not after, and the one not before: a range of these holds the microsecond. */
export function millisAround(us: Micros): { readonly floor: number; readonly ceil: number } {
  return { floor: Math.floor(us / 1_000), ceil: Math.ceil(us / 1_000) }
}

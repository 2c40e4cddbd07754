/**
 * Dates and times as text, fast: DuckDB's values take microseconds each to write themselves, and a result
 * may have ten million. Promises the same text, and leaves what is unusual to the exact way.
 */
export type Cell = (value: unknown) => string

const MICROS_PER_DAY = 86_400_000_000
const MICROS_PER_SECOND = 1_000_000
/** From the year 1 to the year 9999. */
const FIRST_DAY = -719_162
const LAST_DAY = 2_932_896
const MOST_DAYS_KNOWN = 65_536

/** Few dates stand in many rows. */
export function dateCell(exact: Cell): Cell {
  const known = new Map<number, string>()
  return (value) => {
    if (value === null) return exact(value)
    const { days } = value as { readonly days: number }
    let text = known.get(days)
    if (text === undefined) {
      text = exact(value)
      if (known.size < MOST_DAYS_KNOWN) known.set(days, text)
    }
    return text
  }
}

/** Of TIMESTAMP and TIMESTAMP WITH TIME ZONE, which is written in UTC. */
export function timestampCell(style: {
  readonly exact: Cell
  readonly quote: string
  readonly separator: string
  readonly zone: string
}): Cell {
  const { exact, quote, separator, zone } = style
  const known = new Map<number, string>()
  return (value) => {
    if (value === null) return exact(value)
    const micros = Number((value as { readonly micros: bigint }).micros)
    const days = Math.floor(micros / MICROS_PER_DAY)
    if (!Number.isSafeInteger(micros) || days < FIRST_DAY || days > LAST_DAY) return exact(value)
    let date = known.get(days)
    if (date === undefined) {
      date = `${quote}${dateText(days)}${separator}`
      if (known.size < MOST_DAYS_KNOWN) known.set(days, date)
    }
    return `${date}${timeText(micros - days * MICROS_PER_DAY)}${zone}${quote}`
  }
}

/** Proleptic Gregorian, days from 1970-01-01 (howardhinnant.github.io/date_algorithms.html, civil_from_days). */
export function dateText(days: number): string {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

function timeText(microsOfDay: number): string {
  const seconds = Math.floor(microsOfDay / MICROS_PER_SECOND)
  const micros = microsOfDay - seconds * MICROS_PER_SECOND
  const minutes = Math.floor(seconds / 60)
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`
  return micros === 0 ? time : `${time}.${String(micros).padStart(6, '0').replace(/0+$/, '')}`
}

const TWO = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0'))

function two(value: number): string {
  return TWO[value]!
}

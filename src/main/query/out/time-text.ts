/**
 * Dates and times as text, fast: DuckDB's values take microseconds each to write themselves, and a result
 * may have ten million. Promises the same text, and leaves what is unusual to the exact way.
 */
import { civilDate } from '../../../shared/time'

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

/** Of days since 1970-01-01. */
export function dateText(days: number): string {
  const { year, month, day } = civilDate(days)
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

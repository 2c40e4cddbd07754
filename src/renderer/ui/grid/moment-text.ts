/**
 * Instants, times and durations as DuckDB writes them, from integers of any unit. Everything is
 * reckoned in BigInt, so that micro- and nanoseconds survive; years go beyond what `Date` knows.
 */
import { civilDate } from '../../../shared/time'

export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

const PER_SECOND: Readonly<Record<TimeUnit, bigint>> = { s: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n }
const DIGITS: Readonly<Record<TimeUnit, number>> = { s: 0, ms: 3, us: 6, ns: 9 }
const DAY_SECONDS = 86_400n
const INFINITE = 9_223_372_036_854_775_807n
const INFINITE_DAYS = 2_147_483_647

const two = (n: number | bigint): string => String(n).padStart(2, '0')

/** `2026-03-01`; DuckDB's two infinities are the ends of the number's range. */
export function dateText(days: number): string {
  if (days === INFINITE_DAYS) return 'infinity'
  if (days === -INFINITE_DAYS) return '-infinity'
  const { year, month, day } = civilDate(days)
  const text = (y: number) => `${String(y).padStart(4, '0')}-${two(month)}-${two(day)}`
  return year > 0 ? text(year) : `${text(1 - year)} (BC)`
}

/** `2026-03-01 10:04:09.25`, with `+00` where the type has a zone. */
export function timestampText(value: bigint, unit: TimeUnit, zoned: boolean): string {
  if (value === INFINITE) return 'infinity'
  if (value === -INFINITE) return '-infinity'
  const [seconds, part] = divide(value, PER_SECOND[unit])
  const [days, rest] = divide(seconds, DAY_SECONDS)
  const date = dateText(Number(days))
  const clock = `${clockText(rest)}${fraction(part, DIGITS[unit])}${zoned ? '+00' : ''}`
  return date.endsWith(' (BC)') ? `${date.slice(0, -5)} ${clock} (BC)` : `${date} ${clock}`
}

/** `10:04:09.25`. */
export function timeText(value: bigint, unit: TimeUnit): string {
  const [seconds, part] = divide(value, PER_SECOND[unit])
  return `${clockText(seconds)}${fraction(part, DIGITS[unit])}`
}

/** `1 year 2 months 3 days 04:05:06.7`, parts that are zero left out. */
export function intervalText(months: number, days: number, time: bigint, unit: TimeUnit): string {
  const parts = [
    amount(Math.trunc(months / 12), 'year'),
    amount(months % 12, 'month'),
    amount(days, 'day'),
    ...(time === 0n && (months !== 0 || days !== 0) ? [] : [signedTime(time, unit)]),
  ]
  return parts.filter((part) => part !== '').join(' ')
}

function signedTime(time: bigint, unit: TimeUnit): string {
  return time < 0n ? `-${timeText(-time, unit)}` : timeText(time, unit)
}

function amount(count: number, noun: string): string {
  if (count === 0) return ''
  return `${count} ${noun}${Math.abs(count) === 1 ? '' : 's'}`
}

function clockText(seconds: bigint): string {
  return `${two(seconds / 3_600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`
}

function fraction(part: bigint, digits: number): string {
  if (part === 0n) return ''
  return `.${String(part).padStart(digits, '0').replace(/0+$/, '')}`
}

/** Division that rounds down, so that the remainder is never negative. */
function divide(value: bigint, by: bigint): readonly [quotient: bigint, rest: bigint] {
  const rest = ((value % by) + by) % by
  return [(value - rest) / by, rest]
}

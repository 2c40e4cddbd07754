/**
 * DuckDB's values as JSON and as text. Nothing is rounded: a number that JavaScript cannot hold is
 * text. The classes are told by name, so that nothing here loads DuckDB.
 */
import type { TimestampParts } from '@duckdb/node-api'
import { geometryText } from './geometry-text'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

type Fields = Readonly<Record<string, unknown>>

/**
 * A value of a row. 64-bit integers within +-(2^53 - 1) are numbers, other integers, DECIMAL and (when the column's
 * `type` says so) HUGEINT are text, as are NaN and the infinities. Dates and times are ISO 8601, those
 * with a zone in UTC with a `Z`. BLOB is base64, BIT text of 0 and 1. LIST and ARRAY are arrays, STRUCT
 * an object, MAP an array of {key, value}, UNION the value it holds.
 */
export function toJson(value: unknown, type = ''): Json {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value
    case 'number':
      if (!Number.isFinite(value)) return String(value)
      return type === 'FLOAT' ? shortFloat(value) : value
    case 'bigint':
      return isSafe(value) && type !== 'HUGEINT' && type !== 'UHUGEINT' ? Number(value) : String(value)
    default:
      return objectToJson(value)
  }
}

/** A number that was a FLOAT, with the fewest digits that tell it from other FLOATs: 0.1 and not 0.10000000149011612. */
export function shortFloat(value: number): number {
  if (value === 0) return value
  // Up to six digits every FLOAT keeps as they were written, and nine tell all of them apart.
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}

/** A value of DuckDB's as another process may have it, which has none of its classes: both ways to show it. */
interface ShownValue {
  readonly json: Json
  readonly text: string
}

/** What `toJson` and `toText` take in another process; what is no object stays as it is. */
export function shownValue(value: unknown, type = ''): unknown {
  if (typeof value !== 'object' || value === null) return value
  return { json: toJson(value, type), text: toText(value) } satisfies ShownValue
}

/** A value as a person reads it, and as CSV holds it; null is the empty text. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return Object.is(value, -0) ? '-0.0' : String(value)
  switch (className(value)) {
    case 'Object':
      return (value as ShownValue).text
    case 'DuckDBGeometryValue':
      return geometryText((value as { readonly bytes: Uint8Array }).bytes)
    case 'DuckDBTimestampTZValue':
      return instant(value, ' ')
    case 'DuckDBDateValue':
    case 'DuckDBTimestampSecondsValue':
    case 'DuckDBTimestampMillisecondsValue':
    case 'DuckDBTimestampNanosecondsValue':
      return infinityOf(value) ?? (value as { toString(): string }).toString()
    case 'DuckDBListValue':
    case 'DuckDBArrayValue':
    case 'DuckDBStructValue':
    case 'DuckDBMapValue':
    case 'DuckDBUnionValue':
      return JSON.stringify(toJson(value))
    default:
      // Every class of DuckDB's values writes itself as DuckDB does.
      return (value as { toString(): string }).toString()
  }
}

function objectToJson(value: object): Json {
  const fields = value as Fields
  switch (className(value)) {
    case 'Object':
      return (value as ShownValue).json
    case 'DuckDBGeometryValue':
      return geometryText(fields['bytes'] as Uint8Array)
    case 'DuckDBBlobValue':
      return Buffer.from(fields['bytes'] as Uint8Array).toString('base64')
    case 'DuckDBTimestampTZValue':
      return instant(value, 'T')
    case 'DuckDBDateValue':
    case 'DuckDBTimestampValue':
    case 'DuckDBTimestampSecondsValue':
    case 'DuckDBTimestampMillisecondsValue':
    case 'DuckDBTimestampNanosecondsValue':
      return infinityOf(value) ?? isoYear((value as { toString(): string }).toString())
    case 'DuckDBListValue':
    case 'DuckDBArrayValue':
      return (fields['items'] as readonly unknown[]).map((item) => toJson(item))
    case 'DuckDBStructValue':
      return Object.fromEntries(
        Object.entries(fields['entries'] as Fields).map(([name, inner]) => [name, toJson(inner)]),
      )
    case 'DuckDBMapValue':
      return (fields['entries'] as readonly Fields[]).map((entry) => ({
        key: toJson(entry['key']),
        value: toJson(entry['value']),
      }))
    case 'DuckDBUnionValue':
    case 'DuckDBVariantValue':
      return toJson(fields['value'])
    default:
      return (value as { toString(): string }).toString()
  }
}

const MOST_DAYS = 2 ** 31 - 1
const MOST_UNITS = 2n ** 63n - 1n

/** The classes of some units would write an infinite time as a far one. */
function infinityOf(value: object): string | null {
  const { days, seconds, millis, nanos } = value as Fields
  const count = days ?? seconds ?? millis ?? nanos
  if (count === MOST_DAYS || count === MOST_UNITS) return 'infinity'
  return count === -MOST_DAYS || count === -MOST_UNITS ? '-infinity' : null
}

/** ISO 8601 counts the year before 1 as 0, and has six digits and a sign where four do not suffice. */
function isoYear(text: string): string {
  const [, year, days, bc, time] = /^(\d+)(-\d\d-\d\d)( \(BC\))?(?: (.*))?$/.exec(text) ?? []
  if (year === undefined) return text
  const number = bc === undefined ? Number(year) : 1 - Number(year)
  const digits = String(Math.abs(number))
  const isUsual = number >= 0 && number <= 9_999
  const written = isUsual ? digits.padStart(4, '0') : `${number < 0 ? '-' : '+'}${digits.padStart(6, '0')}`
  return `${written}${days!}${time === undefined ? '' : `T${time}`}`
}

/** In UTC, whatever the zone of this machine. */
function instant(value: object, separator: string): string {
  const { micros, isFinite } = value as { readonly micros: bigint; readonly isFinite: boolean }
  if (!isFinite) return micros > 0n ? 'infinity' : '-infinity'
  const { date, time } = (value as { toParts(): TimestampParts }).toParts()
  const sign = date.year < 0 ? '-' : date.year > 9_999 ? '+' : ''
  const year = String(Math.abs(date.year)).padStart(sign === '' ? 4 : 6, '0')
  const fraction = time.micros === 0 ? '' : `.${padded(time.micros, 6).replace(/0+$/, '')}`
  const day = `${sign}${year}-${padded(date.month)}-${padded(date.day)}`
  return `${day}${separator}${padded(time.hour)}:${padded(time.min)}:${padded(time.sec)}${fraction}Z`
}

function padded(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}

function className(value: object): string {
  return value.constructor.name
}

function isSafe(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
}

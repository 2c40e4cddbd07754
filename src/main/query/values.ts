/**
 * DuckDB's values as JSON and as text. Nothing is rounded: a number that JavaScript cannot hold is
 * text. The classes are told by name, so that nothing here loads DuckDB.
 */
import type { TimestampParts } from '@duckdb/node-api'

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
      return Number.isFinite(value) ? value : String(value)
    case 'bigint':
      return isSafe(value) && type !== 'HUGEINT' && type !== 'UHUGEINT' ? Number(value) : String(value)
    default:
      return objectToJson(value)
  }
}

/** A value as a person reads it, and as CSV holds it; null is the empty text. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return String(value)
  switch (className(value)) {
    case 'DuckDBTimestampTZValue':
      return instant(value, ' ')
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
    case 'DuckDBBlobValue':
    case 'DuckDBGeometryValue':
      return Buffer.from(fields['bytes'] as Uint8Array).toString('base64')
    case 'DuckDBTimestampTZValue':
      return instant(value, 'T')
    case 'DuckDBTimestampValue':
    case 'DuckDBTimestampSecondsValue':
    case 'DuckDBTimestampMillisecondsValue':
    case 'DuckDBTimestampNanosecondsValue':
      return (value as { toString(): string }).toString().replace(' ', 'T')
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

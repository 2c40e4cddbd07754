/**
 * Arrow's values as DuckDB's: for each Arrow type the DuckDB type that holds it whole, and the way from its bytes
 * to values. A value that the type does not hold exactly, or that is none, is `Unfit`: nothing is cut or rounded. The
 * other direction is in arrow-types.ts and arrow-values.ts. Nested types are in ipc-nested.ts.
 */
import type { DuckDBValue } from '@duckdb/node-api'
import type { Api } from '../engine/engine'
import { placeOf, type IpcColumn } from './ipc-columns'
import type { IpcField, IpcType, TimeUnit } from './ipc-schema'

/** How the values of a type are kept and read. */
export interface ColumnReader {
  /** DuckDB's type, as SQL writes it. */
  readonly sqlType: string
  /** The value of a row that is not NULL. @throws Unfit */
  read(column: IpcColumn, row: number): DuckDBValue
}

/** A value that has no place in SQL; the row is that of the batch. */
export class Unfit extends Error {
  override readonly name = 'Unfit'
  readonly row: number | undefined

  constructor(reason: string, row?: number) {
    super(reason)
    this.row = row
  }
}

const MOST_DIGITS = 38
const MS_PER_DAY = 86_400_000n
const MICROS_PER_DAY = 86_400_000_000n
const NANOS_PER_DAY = 86_400_000_000_000n
/** Beyond them DuckDB's instants are infinite, or none. */
const MOST_MICROS = 9_223_372_022_400_000_000n
const MOST_NANOS = 2n ** 63n - 2n
const MOST_DAYS = 2 ** 31 - 2
const MICROS: Readonly<Record<Exclude<TimeUnit, 'ns'>, bigint>> = { s: 1_000_000n, ms: 1_000n, us: 1n }

/** Null for a type that is not plain: nested, a dictionary, or one that SQL does not have. */
export function plainReader(api: Api, { type, extension }: IpcField): ColumnReader | null {
  switch (type.kind) {
    case 'null':
      // A column that is all NULL has no type of its own in a table.
      return { sqlType: 'INTEGER', read: () => null }
    case 'bool':
      return { sqlType: 'BOOLEAN', read: ({ values }, row) => isBitSet(values, row) }
    case 'int':
      if (extension === 'arrow.bool8' && type.bits === 8)
        return { sqlType: 'BOOLEAN', read: ({ values }, row) => values.getInt8(row) !== 0 }
      return { sqlType: integerName(type.bits, type.isSigned), read: integerReader(type) }
    case 'float':
      return floatReader(type.bits)
    case 'decimal':
      return decimalReader(api, type)
    case 'date':
    case 'time':
    case 'timestamp':
    case 'duration':
    case 'interval':
      return timeReader(api, type)
    case 'text':
    case 'text-view':
      return {
        sqlType: extension === 'arrow.json' ? 'JSON' : 'VARCHAR',
        read: (column, row) => textOf(bytesOf(column, row)),
      }
    case 'bytes':
    case 'bytes-view':
      return { sqlType: 'BLOB', read: (column, row) => new api.DuckDBBlobValue(bytesOf(column, row)) }
    case 'fixed-bytes':
      if (extension === 'arrow.uuid' && type.width === 16) return uuidReader(api)
      return { sqlType: 'BLOB', read: (column, row) => new api.DuckDBBlobValue(bytesOf(column, row)) }
    default:
      return null
  }
}

export function isBitSet(bits: DataView, index: number): boolean {
  return (bits.getUint8(index >> 3) & (1 << (index & 7))) !== 0
}

function integerName(bits: 8 | 16 | 32 | 64, isSigned: boolean): string {
  const name = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[bits]
  return isSigned ? name : `U${name}`
}

export function integerReader({ bits, isSigned }: Extract<IpcType, { readonly kind: 'int' }>) {
  return ({ values, isLittle }: IpcColumn, row: number): number | bigint => {
    switch (bits) {
      case 8:
        return isSigned ? values.getInt8(row) : values.getUint8(row)
      case 16:
        return isSigned ? values.getInt16(row * 2, isLittle) : values.getUint16(row * 2, isLittle)
      case 32:
        return isSigned ? values.getInt32(row * 4, isLittle) : values.getUint32(row * 4, isLittle)
      case 64:
        return isSigned ? values.getBigInt64(row * 8, isLittle) : values.getBigUint64(row * 8, isLittle)
    }
  }
}

function floatReader(bits: 16 | 32 | 64): ColumnReader {
  switch (bits) {
    case 16:
      return { sqlType: 'FLOAT', read: ({ values, isLittle }, row) => halfFloat(values.getUint16(row * 2, isLittle)) }
    case 32:
      return { sqlType: 'FLOAT', read: ({ values, isLittle }, row) => values.getFloat32(row * 4, isLittle) }
    case 64:
      return { sqlType: 'DOUBLE', read: ({ values, isLittle }, row) => values.getFloat64(row * 8, isLittle) }
  }
}

/** IEEE 754: a sign, 5 bits of exponent, 10 of fraction. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1_024) * 2 ** (exponent - 15))
}

/** Null where SQL has not as many digits. A scale below 0 counts zeros before the point. */
function decimalReader(api: Api, type: Extract<IpcType, { readonly kind: 'decimal' }>): ColumnReader | null {
  const scale = Math.max(type.scale, 0)
  const zeros = scale - type.scale
  const width = Math.max(type.precision + zeros, scale)
  if (width > MOST_DIGITS) return null
  const words = type.bits / 32
  const [factor, limit] = [10n ** BigInt(zeros), 10n ** BigInt(type.precision)]
  return {
    sqlType: `DECIMAL(${width}, ${scale})`,
    read: ({ values, isLittle }, row) => {
      let unscaled = 0n
      for (let i = words - 1; i >= 0; i--) {
        const word = row * words + (isLittle ? i : words - 1 - i)
        unscaled = (unscaled << 32n) | BigInt(values.getUint32(word * 4, isLittle))
      }
      unscaled = BigInt.asIntN(type.bits, unscaled)
      if (unscaled >= limit || unscaled <= -limit) throw new Unfit(`it has more than ${type.precision} digits`)
      return new api.DuckDBDecimalValue(unscaled * factor, width, scale)
    },
  }
}

type TimeType = Extract<IpcType, { readonly kind: 'date' | 'time' | 'timestamp' | 'duration' | 'interval' }>

function timeReader(api: Api, type: TimeType): ColumnReader {
  switch (type.kind) {
    case 'date':
      return { sqlType: 'DATE', read: (column, row) => new api.DuckDBDateValue(daysOf(column, row, type.bits)) }
    case 'time':
      return timeOfDay(api, type)
    case 'timestamp':
      return timestamp(api, type)
    case 'duration':
      return {
        sqlType: 'INTERVAL',
        read: (column, row) => {
          const micros = inMicros(long(column, row), type.unit, 'INTERVAL')
          if (micros !== BigInt.asIntN(64, micros)) throw new Unfit('it is longer than an INTERVAL can be')
          return new api.DuckDBIntervalValue(0, 0, micros)
        },
      }
    case 'interval':
      return { sqlType: 'INTERVAL', read: intervalReader(api, type.parts) }
  }
}

function daysOf(column: IpcColumn, row: number, bits: 32 | 64): number {
  const { values, isLittle } = column
  if (bits === 32) return mustDay(values.getInt32(row * 4, isLittle))
  const millis = long(column, row)
  if (millis % MS_PER_DAY !== 0n)
    throw new Unfit(`its ${millis} milliseconds are no whole days, as those of a date are`)
  return mustDay(Number(millis / MS_PER_DAY))
}

function mustDay(days: number): number {
  if (Math.abs(days) > MOST_DAYS) throw new Unfit('it is a day beyond those that SQL has')
  return days
}

function timeOfDay(api: Api, { unit, bits }: Extract<IpcType, { readonly kind: 'time' }>): ColumnReader {
  const count = (column: IpcColumn, row: number): bigint =>
    bits === 64 ? long(column, row) : BigInt(column.values.getInt32(row * 4, column.isLittle))
  const within = (time: bigint, most: bigint): bigint => {
    if (time < 0n || time > most) throw new Unfit('it is no time of a day')
    return time
  }
  if (unit === 'ns') {
    return {
      sqlType: 'TIME_NS',
      read: (column, row) => new api.DuckDBTimeNSValue(within(count(column, row), NANOS_PER_DAY)),
    }
  }
  const read: ColumnReader['read'] = (column, row) =>
    new api.DuckDBTimeValue(within(count(column, row) * MICROS[unit], MICROS_PER_DAY))
  return { sqlType: 'TIME', read }
}

function timestamp(api: Api, { unit, zone }: Extract<IpcType, { readonly kind: 'timestamp' }>): ColumnReader {
  const within = (count: bigint, micros: bigint): bigint => {
    const all = count * micros
    if (all > MOST_MICROS || all < -MOST_MICROS) throw new Unfit('it is an instant beyond those that SQL has')
    return count
  }
  if (zone !== null && zone !== '') {
    const sqlType = 'TIMESTAMP WITH TIME ZONE'
    return {
      sqlType,
      read: (column, row) => new api.DuckDBTimestampTZValue(within(inMicros(long(column, row), unit, sqlType), 1n)),
    }
  }
  switch (unit) {
    case 's':
      return {
        sqlType: 'TIMESTAMP_S',
        read: (column, row) => new api.DuckDBTimestampSecondsValue(within(long(column, row), MICROS.s)),
      }
    case 'ms':
      return {
        sqlType: 'TIMESTAMP_MS',
        read: (column, row) => new api.DuckDBTimestampMillisecondsValue(within(long(column, row), MICROS.ms)),
      }
    case 'us':
      return {
        sqlType: 'TIMESTAMP',
        read: (column, row) => new api.DuckDBTimestampValue(within(long(column, row), MICROS.us)),
      }
    case 'ns':
      return {
        sqlType: 'TIMESTAMP_NS',
        read: (column, row) => {
          const nanos = long(column, row)
          if (nanos > MOST_NANOS || nanos < -MOST_NANOS) throw new Unfit('it is an instant beyond those that SQL has')
          return new api.DuckDBTimestampNanosecondsValue(nanos)
        },
      }
  }
}

function intervalReader(
  api: Api,
  parts: Extract<IpcType, { readonly kind: 'interval' }>['parts'],
): ColumnReader['read'] {
  switch (parts) {
    case 'months':
      return ({ values, isLittle }, row) => new api.DuckDBIntervalValue(values.getInt32(row * 4, isLittle), 0, 0n)
    case 'days and milliseconds':
      return ({ values, isLittle }, row) => {
        const millis = BigInt(values.getInt32(row * 8 + 4, isLittle))
        return new api.DuckDBIntervalValue(0, values.getInt32(row * 8, isLittle), millis * MICROS.ms)
      }
    case 'months, days and nanoseconds':
      return ({ values, isLittle }, row) => {
        const micros = inMicros(values.getBigInt64(row * 16 + 8, isLittle), 'ns', 'INTERVAL')
        const [months, days] = [values.getInt32(row * 16, isLittle), values.getInt32(row * 16 + 4, isLittle)]
        return new api.DuckDBIntervalValue(months, days, micros)
      }
  }
}

/** Whole microseconds are the same in both; what is finer would be cut. */
function inMicros(count: bigint, unit: TimeUnit, sqlType: string): bigint {
  if (unit !== 'ns') return count * MICROS[unit]
  if (count % 1_000n !== 0n) throw new Unfit(`its ${count} nanoseconds are finer than the microseconds of ${sqlType}`)
  return count / 1_000n
}

function long({ values, isLittle }: IpcColumn, row: number): bigint {
  return values.getBigInt64(row * 8, isLittle)
}

function uuidReader(api: Api): ColumnReader {
  return {
    sqlType: 'UUID',
    read: (column, row) => {
      const { values } = column
      return api.DuckDBUUIDValue.fromUint128((values.getBigUint64(row * 16) << 64n) | values.getBigUint64(row * 16 + 8))
    },
  }
}

const VIEW_BYTES = 16
const INLINE_BYTES = 12

/** In a buffer that is shared with the column. */
function bytesOf({ field: { type }, values, offsets, data, isLittle }: IpcColumn, row: number): Buffer {
  switch (type.kind) {
    case 'text':
    case 'bytes': {
      const from = placeOf(offsets, row, type.offsetBytes, isLittle)
      return slice(data[0], from, placeOf(offsets, row + 1, type.offsetBytes, isLittle) - from)
    }
    case 'fixed-bytes':
      return slice(values, row * type.width, type.width)
    default: {
      const at = row * VIEW_BYTES
      const length = values.getInt32(at, isLittle)
      if (length <= INLINE_BYTES) return slice(values, at + 4, length)
      return slice(data[values.getInt32(at + 8, isLittle)], values.getInt32(at + 12, isLittle), length)
    }
  }
}

function slice(view: DataView | undefined, from: number, length: number): Buffer {
  if (view === undefined || !(from >= 0 && length >= 0 && from + length <= view.byteLength))
    throw new Unfit('it lies outside of its column')
  return Buffer.from(view.buffer, view.byteOffset + from, length)
}

/** Bytes that are no text would become other bytes. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(bytes))
    throw new Unfit('its bytes are no UTF-8 text')
  return text
}

/**
 * Arrow columns as DuckDB's: for each Arrow type the DuckDB type that holds it whole, and the way from
 * its buffers to values. The other direction is in arrow-types.ts and arrow-values.ts. Relies on buffers
 * that are long enough, which ipc-stream.ts has checked.
 */
import type { DuckDBValue } from '@duckdb/node-api'
import {
  DataType,
  DateUnit,
  IntervalUnit,
  makeVector,
  TimeUnit,
  type Data,
  type Dictionary,
  type Time,
  type Timestamp,
} from 'apache-arrow'
import type { Api } from './engine'
import { quoteName } from './scan'

/** How the values of a type are kept and read. */
export interface ColumnReader {
  /** DuckDB's type, as SQL writes it. */
  readonly sqlType: string
  /** The value of a row that is not NULL. */
  read(data: Data, row: number): DuckDBValue
}

const LARGEST_DECIMAL = 38
const MICROS_PER_MILLI = 1_000n
/** Microseconds in a unit of time; nanoseconds are less. */
const MICROS: Readonly<Record<number, bigint>> = {
  [TimeUnit.SECOND]: 1_000_000n,
  [TimeUnit.MILLISECOND]: MICROS_PER_MILLI,
  [TimeUnit.MICROSECOND]: 1n,
}
const MS_PER_DAY = 86_400_000n

/** Null for a type that DuckDB cannot hold: unions, and decimals of more than 38 digits. */
export function columnReader(api: Api, type: DataType): ColumnReader | null {
  return plainReader(type) ?? timeReader(api, type) ?? bytesReader(api, type) ?? nestedReader(api, type)
}

/** The values of rows `from` to `to`, NULL where a row has none. */
export function valuesOf(reader: ColumnReader, data: Data, from: number, to: number): DuckDBValue[] {
  const values = new Array<DuckDBValue>(to - from)
  for (let row = from; row < to; row++) values[row - from] = valueOf(reader, data, row)
  return values
}

function valueOf(reader: ColumnReader, data: Data, row: number): DuckDBValue {
  return data.nullCount > 0 && !data.getValid(row) ? null : reader.read(data, row)
}

function plainReader(type: DataType): ColumnReader | null {
  const direct = (sqlType: string): ColumnReader => ({ sqlType, read: ({ values }, row) => values[row] as DuckDBValue })
  // A column that is all NULL has no type of its own in a table.
  if (DataType.isNull(type)) return { sqlType: 'INTEGER', read: () => null }
  if (DataType.isInt(type)) {
    const name = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }[type.bitWidth]
    return direct(type.isSigned ? name : `U${name}`)
  }
  if (DataType.isBool(type)) {
    const isSet = ({ values, offset }: Data, row: number): boolean =>
      ((values as Uint8Array)[(offset + row) >> 3]! & (1 << ((offset + row) & 7))) !== 0
    return { sqlType: 'BOOLEAN', read: isSet }
  }
  if (DataType.isFloat(type)) {
    if (type.ArrayType !== Uint16Array) return direct(type.ArrayType === Float64Array ? 'DOUBLE' : 'FLOAT')
    return { sqlType: 'FLOAT', read: (data, row) => makeVector(data).get(row) as number }
  }
  return null
}

function timeReader(api: Api, type: DataType): ColumnReader | null {
  if (DataType.isDate(type)) {
    const read: ColumnReader['read'] =
      type.unit === DateUnit.DAY
        ? ({ values }, row) => new api.DuckDBDateValue(values[row] as number)
        : ({ values }, row) => new api.DuckDBDateValue(Number(floorDivide(integer(values, row), MS_PER_DAY)))
    return { sqlType: 'DATE', read }
  }
  if (DataType.isTime(type)) return timeOfDay(api, type)
  if (DataType.isTimestamp(type)) return timestamp(api, type)
  if (DataType.isDuration(type)) {
    const micros = MICROS[type.unit]
    const inMicros = (count: bigint): bigint => (micros === undefined ? floorDivide(count, 1_000n) : count * micros)
    return {
      sqlType: 'INTERVAL',
      read: ({ values }, row) => new api.DuckDBIntervalValue(0, 0, inMicros(integer(values, row))),
    }
  }
  if (DataType.isInterval(type)) return { sqlType: 'INTERVAL', read: intervalReader(api, type.unit) }
  return null
}

function timeOfDay(api: Api, { unit }: Time): ColumnReader {
  const micros = MICROS[unit]
  return micros === undefined
    ? { sqlType: 'TIME_NS', read: ({ values }, row) => new api.DuckDBTimeNSValue(integer(values, row)) }
    : { sqlType: 'TIME', read: ({ values }, row) => new api.DuckDBTimeValue(integer(values, row) * micros) }
}

function timestamp(api: Api, { unit, timezone }: Timestamp): ColumnReader {
  const micros = MICROS[unit]
  if (timezone != null) {
    const inMicros = (count: bigint): bigint => (micros === undefined ? floorDivide(count, 1_000n) : count * micros)
    return {
      sqlType: 'TIMESTAMP WITH TIME ZONE',
      read: ({ values }, row) => new api.DuckDBTimestampTZValue(inMicros(integer(values, row))),
    }
  }
  switch (unit) {
    case TimeUnit.SECOND:
      return {
        sqlType: 'TIMESTAMP_S',
        read: ({ values }, row) => new api.DuckDBTimestampSecondsValue(integer(values, row)),
      }
    case TimeUnit.MILLISECOND:
      return {
        sqlType: 'TIMESTAMP_MS',
        read: ({ values }, row) => new api.DuckDBTimestampMillisecondsValue(integer(values, row)),
      }
    case TimeUnit.MICROSECOND:
      return { sqlType: 'TIMESTAMP', read: ({ values }, row) => new api.DuckDBTimestampValue(integer(values, row)) }
    case TimeUnit.NANOSECOND:
      return {
        sqlType: 'TIMESTAMP_NS',
        read: ({ values }, row) => new api.DuckDBTimestampNanosecondsValue(integer(values, row)),
      }
  }
}

function intervalReader(api: Api, unit: IntervalUnit): ColumnReader['read'] {
  switch (unit) {
    case IntervalUnit.YEAR_MONTH:
      return ({ values }, row) => new api.DuckDBIntervalValue((values as Int32Array)[row]!, 0, 0n)
    case IntervalUnit.DAY_TIME:
      return ({ values }, row) => {
        const parts = values as Int32Array
        return new api.DuckDBIntervalValue(0, parts[row * 2]!, BigInt(parts[row * 2 + 1]!) * MICROS_PER_MILLI)
      }
    case IntervalUnit.MONTH_DAY_NANO:
      return ({ values }, row) => {
        const parts = values as Int32Array
        const low = BigInt(parts[row * 4 + 2]! >>> 0)
        const nanos = (BigInt(parts[row * 4 + 3]!) << 32n) | low
        return new api.DuckDBIntervalValue(parts[row * 4]!, parts[row * 4 + 1]!, floorDivide(nanos, 1_000n))
      }
  }
}

function bytesReader(api: Api, type: DataType): ColumnReader | null {
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) {
    return { sqlType: 'VARCHAR', read: (data, row) => slice(data, row).toString('utf8') }
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) {
    return { sqlType: 'BLOB', read: (data, row) => new api.DuckDBBlobValue(slice(data, row)) }
  }
  if (DataType.isFixedSizeBinary(type)) {
    const { byteWidth } = type
    return {
      sqlType: 'BLOB',
      read: ({ values }, row) =>
        new api.DuckDBBlobValue((values as Uint8Array).subarray(row * byteWidth, (row + 1) * byteWidth)),
    }
  }
  if (DataType.isUtf8View(type)) return { sqlType: 'VARCHAR', read: (data, row) => makeVector(data).get(row) as string }
  if (DataType.isBinaryView(type)) {
    return { sqlType: 'BLOB', read: (data, row) => new api.DuckDBBlobValue(makeVector(data).get(row) as Uint8Array) }
  }
  if (!DataType.isDecimal(type) || type.precision > LARGEST_DECIMAL) return null
  const { precision, scale } = type
  const words = type.bitWidth / 32
  return {
    sqlType: `DECIMAL(${precision}, ${scale})`,
    read: ({ values }, row) => {
      let unscaled = 0n
      for (let word = words - 1; word >= 0; word--) {
        unscaled = (unscaled << 32n) | BigInt((values as Uint32Array)[row * words + word]!)
      }
      return new api.DuckDBDecimalValue(BigInt.asIntN(type.bitWidth, unscaled), precision, scale)
    },
  }
}

function nestedReader(api: Api, type: DataType): ColumnReader | null {
  if (DataType.isDictionary(type)) return dictionaryReader(api, type)
  if (DataType.isList(type) || DataType.isLargeList(type)) {
    const item = columnReader(api, type.children[0]!.type as DataType)
    return (
      item && {
        sqlType: `${item.sqlType}[]`,
        read: ({ valueOffsets, children }, row) =>
          new api.DuckDBListValue(
            valuesOf(item, children[0]!, Number(valueOffsets[row]), Number(valueOffsets[row + 1])),
          ),
      }
    )
  }
  if (DataType.isFixedSizeList(type)) {
    const { listSize } = type
    const item = columnReader(api, type.children[0]!.type as DataType)
    return (
      item && {
        sqlType: `${item.sqlType}[${listSize}]`,
        read: ({ children }, row) =>
          new api.DuckDBArrayValue(valuesOf(item, children[0]!, row * listSize, (row + 1) * listSize)),
      }
    )
  }
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0]!.type as DataType).children.map((field) =>
      columnReader(api, field.type as DataType),
    )
    if (key == null || value == null) return null
    return {
      sqlType: `MAP(${key.sqlType}, ${value.sqlType})`,
      read: ({ valueOffsets, children }, row) => {
        const [from, to] = [Number(valueOffsets[row]), Number(valueOffsets[row + 1])]
        const [keys, values] = children[0]!.children as [Data, Data]
        const entries = Array.from({ length: to - from }, (_, i) => ({
          key: valueOf(key, keys, from + i),
          value: valueOf(value, values, from + i),
        }))
        return new api.DuckDBMapValue(entries)
      },
    }
  }
  if (!DataType.isStruct(type)) return null
  const fields = type.children.map(({ name, type: inner }) => ({ name, reader: columnReader(api, inner as DataType) }))
  if (fields.length === 0 || fields.some(({ reader }) => reader === null)) return null
  return {
    sqlType: `STRUCT(${fields.map(({ name, reader }) => `${quoteName(name)} ${reader!.sqlType}`).join(', ')})`,
    read: ({ children }, row) =>
      new api.DuckDBStructValue(
        Object.fromEntries(fields.map(({ name, reader }, i) => [name, valueOf(reader!, children[i]!, row)])),
      ),
  }
}

/** The values of a dictionary are read once: batches share it. */
function dictionaryReader(api: Api, type: Dictionary): ColumnReader | null {
  const inner = columnReader(api, type.dictionary as DataType)
  if (inner === null) return null
  const known = new WeakMap<object, DuckDBValue[]>()
  return {
    sqlType: inner.sqlType,
    read: ({ dictionary, values }, row) => {
      if (dictionary === undefined) return null
      let all = known.get(dictionary)
      if (all === undefined) {
        all = dictionary.data.flatMap((part) => valuesOf(inner, part, 0, part.length))
        known.set(dictionary, all)
      }
      return all[Number(values[row])] ?? null
    },
  }
}

/** The bytes of a row, in a buffer that is shared with the column. */
function slice({ values, valueOffsets }: Data, row: number): Buffer {
  const { buffer, byteOffset } = values as Uint8Array
  const from = Number(valueOffsets[row])
  return Buffer.from(buffer, byteOffset + from, Number(valueOffsets[row + 1]) - from)
}

/** A 64-bit count; counts of 32 bits are kept as plain numbers. */
function integer(values: unknown, row: number): bigint {
  return BigInt((values as ArrayLike<number | bigint>)[row]!)
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

/**
 * Arrow columns from single values, for every type there is: the slow and general way, which nested
 * values, decimals and types without an Arrow twin take, and against which the fast way is tested.
 */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api'
import {
  Binary,
  makeData,
  Utf8,
  type Data,
  type DataType,
  type Decimal,
  type FixedSizeList,
  type List,
  type Map_,
  type Struct,
} from 'apache-arrow'
import { TypeId } from '../engine/duckdb-types'
import { arrowType, partsOf } from './arrow-types'
import { typeText } from './type-text'

/** A value of a DuckDB type of one instant or number, as the 64-bit integer that Arrow keeps. */
type Counted = {
  readonly micros?: bigint
  readonly seconds?: bigint
  readonly millis?: bigint
  readonly nanos?: bigint
}

export function dataOf(type: DuckDBType, values: readonly DuckDBValue[]): Data {
  const target = arrowType(type)
  const parted = partedData(type, target, values)
  if (parted !== undefined) return parted
  const common = { type: target, length: values.length, ...nulls(values) }
  switch (type.typeId as number) {
    case TypeId.BOOLEAN:
      return makeData({ ...common, data: bits(values, (value) => value === true) } as never)
    case TypeId.TINYINT:
      return makeData({ ...common, data: Int8Array.from(values, number) } as never)
    case TypeId.SMALLINT:
      return makeData({ ...common, data: Int16Array.from(values, number) } as never)
    case TypeId.INTEGER:
      return makeData({ ...common, data: Int32Array.from(values, number) } as never)
    case TypeId.UTINYINT:
      return makeData({ ...common, data: Uint8Array.from(values, number) } as never)
    case TypeId.USMALLINT:
      return makeData({ ...common, data: Uint16Array.from(values, number) } as never)
    case TypeId.UINTEGER:
      return makeData({ ...common, data: Uint32Array.from(values, number) } as never)
    case TypeId.FLOAT:
      return makeData({ ...common, data: Float32Array.from(values, number) } as never)
    case TypeId.DOUBLE:
      return makeData({ ...common, data: Float64Array.from(values, number) } as never)
    case TypeId.DATE:
      return makeData({
        ...common,
        data: Int32Array.from(values, (value) => (value as { days: number } | null)?.days ?? 0),
      } as never)
    case TypeId.BIGINT:
      return makeData({
        ...common,
        data: BigInt64Array.from(values, (value) => (value as bigint | null) ?? 0n),
      } as never)
    case TypeId.UBIGINT:
      return makeData({
        ...common,
        data: BigUint64Array.from(values, (value) => (value as bigint | null) ?? 0n),
      } as never)
    case TypeId.TIME:
    case TypeId.TIME_NS:
    case TypeId.TIMESTAMP:
    case TypeId.TIMESTAMP_TZ:
    case TypeId.TIMESTAMP_S:
    case TypeId.TIMESTAMP_MS:
    case TypeId.TIMESTAMP_NS:
      return makeData({ ...common, data: BigInt64Array.from(values, counted) } as never)
    case TypeId.INTERVAL:
      return makeData({ ...common, data: intervals(values) } as never)
    case TypeId.BLOB:
      return bytesData(new Binary(), values, (value) => (value as { bytes: Uint8Array }).bytes)
    case TypeId.VARCHAR:
      return bytesData(new Utf8(), values, (value) => encoder.encode(value as string))
    default: {
      const texts = values.map((value) => typeText(value, type))
      return bytesData(new Utf8(), texts, (text) => encoder.encode(text as string))
    }
  }
}

function partedData(type: DuckDBType, target: DataType, values: readonly DuckDBValue[]): Data | undefined {
  const parts = partsOf(type)
  const length = values.length
  const common = { length, ...nulls(values) }
  switch (parts?.kind) {
    case 'decimal': {
      const data = new BigUint64Array(length * 2)
      values.forEach((value, index) => {
        const unscaled = (value as { value: bigint } | null)?.value ?? 0n
        data[index * 2] = BigInt.asUintN(64, unscaled)
        data[index * 2 + 1] = BigInt.asUintN(64, unscaled >> 64n)
      })
      return makeData({ ...common, type: target as Decimal, data: new Uint32Array(data.buffer) })
    }
    case 'list': {
      const lists = values.map((value) => (value as { items: readonly DuckDBValue[] } | null)?.items ?? [])
      const child = dataOf(parts.item, lists.flat(1))
      return makeData({ ...common, type: target as List, valueOffsets: offsets(lists), child } as never)
    }
    case 'array': {
      const none = new Array<DuckDBValue>(parts.length).fill(null)
      const lists = values.map((value) => (value as { items: readonly DuckDBValue[] } | null)?.items ?? none)
      const child = dataOf(parts.item, lists.flat(1))
      return makeData({ ...common, type: target as FixedSizeList, child } as never)
    }
    case 'struct': {
      const entries = values.map(
        (value) => (value as { entries: Readonly<Record<string, DuckDBValue>> } | null)?.entries,
      )
      const children = parts.fields.map(({ name, type: inner }) =>
        dataOf(
          inner,
          entries.map((entry) => entry?.[name] ?? null),
        ),
      )
      return makeData({ ...common, type: target as Struct, children } as never)
    }
    case 'map': {
      const maps = values.map(
        (value) => (value as { entries: readonly { key: DuckDBValue; value: DuckDBValue }[] } | null)?.entries ?? [],
      )
      const all = maps.flat(1)
      const child = makeData({
        type: (target as Map_).children[0]!.type as Struct,
        length: all.length,
        nullCount: 0,
        children: [
          dataOf(
            parts.key,
            all.map(({ key }) => key),
          ),
          dataOf(
            parts.value,
            all.map(({ value }) => value),
          ),
        ],
      } as never)
      return makeData({ ...common, type: target as Map_, valueOffsets: offsets(maps), child } as never)
    }
    default:
      return undefined
  }
}

const encoder = new TextEncoder()

function bytesData(
  type: Utf8 | Binary,
  values: readonly DuckDBValue[],
  encode: (value: DuckDBValue) => Uint8Array,
): Data {
  const parts = values.map((value) => (value === null ? EMPTY : encode(value)))
  const valueOffsets = offsets(parts)
  const data = new Uint8Array(valueOffsets.at(-1)!)
  parts.forEach((part, index) => data.set(part, valueOffsets[index]))
  return makeData({ type, length: values.length, ...nulls(values), valueOffsets, data } as never)
}

const EMPTY = new Uint8Array()

function offsets(parts: readonly { readonly length: number }[]): Int32Array {
  const result = new Int32Array(parts.length + 1)
  parts.forEach((part, index) => (result[index + 1] = result[index]! + part.length))
  return result
}

function nulls(values: readonly DuckDBValue[]): { nullCount: number; nullBitmap: Uint8Array | null } {
  const nullCount = values.reduce<number>((count, value) => count + (value === null ? 1 : 0), 0)
  return { nullCount, nullBitmap: nullCount === 0 ? null : bits(values, (value) => value !== null) }
}

function bits(values: readonly DuckDBValue[], test: (value: DuckDBValue) => boolean): Uint8Array {
  const result = new Uint8Array(Math.ceil(values.length / 8))
  values.forEach((value, index) => {
    if (test(value)) result[index >> 3]! |= 1 << (index & 7)
  })
  return result
}

/** Months, days and nanoseconds: 4, 4 and 8 bytes each. */
function intervals(values: readonly DuckDBValue[]): Int32Array {
  const data = new Int32Array(values.length * 4)
  values.forEach((value, index) => {
    if (value === null) return
    const { months, days, micros } = value as { months: number; days: number; micros: bigint }
    const nanos = micros * 1000n
    data.set([months, days, Number(BigInt.asIntN(32, nanos)), Number(BigInt.asIntN(32, nanos >> 32n))], index * 4)
  })
  return data
}

function number(value: DuckDBValue): number {
  return (value as number | null) ?? 0
}

function counted(value: DuckDBValue): bigint {
  if (value === null) return 0n
  const { micros, seconds, millis, nanos } = value as Counted
  return micros ?? seconds ?? millis ?? nanos ?? 0n
}

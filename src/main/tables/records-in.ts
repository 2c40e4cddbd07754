/**
 * Records as Arrow batches of bounded size. Columns are filled directly, by the schema's types and never by
 * guessing from values; a value that its column cannot hold exactly is refused with row and column.
 */
import { DataType, makeData, RecordBatch, Struct, type Data, type Field, type Schema } from 'apache-arrow'
import { PondError } from '../../shared/errors'
import { decimalToRaw, fixedLayout, type TableRecord } from './record-values'

export type Several<T> = Iterable<T> | AsyncIterable<T>

const BATCH_ROWS = 2_048
/** What the texts and bytes of a batch may come to. */
const BATCH_BYTES = 1024 * 1024

/** @throws tables.bad-value, tables.bad-schema */
export async function* batchesOfRecords(schema: Schema, records: Several<TableRecord>): AsyncGenerator<RecordBatch> {
  let rows: TableRecord[] = []
  let bytes = 0
  let first = 0
  const take = (): RecordBatch => {
    const batch = batchOf(schema, rows, first)
    first += rows.length
    rows = []
    bytes = 0
    return batch
  }
  for await (const record of records) {
    rows.push(record)
    for (const name in record) bytes += sizeOf(record[name])
    if (rows.length >= BATCH_ROWS || bytes >= BATCH_BYTES) yield take()
  }
  if (rows.length > 0 || first === 0) yield take()
}

function batchOf(schema: Schema, rows: readonly TableRecord[], firstRow: number): RecordBatch {
  for (const [row, record] of rows.entries()) {
    for (const name in record) {
      if (schema.fields.some((field) => field.name === name)) continue
      const message = `row ${firstRow + row} has ${name}, which is no column: expected ${schema.names.join(', ')}`
      throw new PondError('tables.bad-value', message, { row: firstRow + row, column: name })
    }
  }
  const children = schema.fields.map((field) => {
    const place = { column: field.name, row: (index: number) => firstRow + index }
    return columnOf(
      field,
      rows.map((record) => record[field.name] ?? null),
      place,
    )
  })
  const type = new Struct(schema.fields)
  return new RecordBatch(schema, makeData({ type, length: rows.length, nullCount: 0, children }))
}

/** For messages: the column as a whole, and the record that a value of it belongs to. */
interface Place {
  readonly column: string
  row(index: number): number
}

function columnOf({ type, nullable }: Field, values: readonly unknown[], place: Place): Data {
  const { length } = values
  const nullBitmap = new Uint8Array((length + 7) >> 3)
  let nullCount = 0
  values.forEach((value, index) => {
    if (value !== null && value !== undefined) nullBitmap[index >> 3]! |= 1 << (index & 7)
    else if (!nullable) throw badValue(place, index, 'expected a value, found none')
    else nullCount++
  })
  const common = { length, nullCount, nullBitmap }
  if (DataType.isNull(type)) return makeData({ type, length })
  const fixed = fixedLayout(type)
  if (fixed !== null) {
    const data = new fixed.array(length)
    fill(values, place, (value, index) => (data[index] = fixed.toRaw(value)))
    // The layout is that of the type: what was made for it holds its values.
    return makeData({ type, ...common, data } as never)
  }
  if (DataType.isBool(type)) {
    const data = new Uint8Array((length + 7) >> 3)
    fill(values, place, (value, index) => {
      if (typeof value !== 'boolean') throw new RangeError('expected true or false')
      if (value) data[index >> 3]! |= 1 << (index & 7)
    })
    return makeData({ type, ...common, data })
  }
  if (DataType.isDecimal(type)) {
    const words = type.bitWidth / 64
    const data = new BigUint64Array(length * words)
    fill(values, place, (value, index) => {
      let rest = decimalToRaw(value, type)
      for (let word = 0; word < words; word++, rest >>= 64n) data[index * words + word] = BigInt.asUintN(64, rest)
    })
    return makeData({ type, ...common, data: new Uint32Array(data.buffer) })
  }
  if (DataType.isUtf8(type) || DataType.isBinary(type))
    return makeData({ type, ...common, ...concatenate(bytesOf(type, values, place), Int32Array) } as never)
  if (DataType.isLargeUtf8(type) || DataType.isLargeBinary(type))
    return makeData({ type, ...common, ...concatenate(bytesOf(type, values, place), BigInt64Array) } as never)
  if (DataType.isFixedSizeBinary(type)) {
    const data = new Uint8Array(length * type.byteWidth)
    fill(values, place, (value, index) => {
      if (!(value instanceof Uint8Array) || value.length !== type.byteWidth)
        throw new RangeError(`expected ${type.byteWidth} bytes`)
      data.set(value, index * type.byteWidth)
    })
    return makeData({ type, ...common, data })
  }
  return nestedColumn(type, values, place, common)
}

function nestedColumn(
  type: DataType,
  values: readonly unknown[],
  place: Place,
  common: { readonly length: number; readonly nullCount: number; readonly nullBitmap: Uint8Array },
): Data {
  if (DataType.isStruct(type)) {
    const children = (type.children as Field[]).map((field) => {
      const inner = values.map((value) => (value as Record<string, unknown> | null)?.[field.name] ?? null)
      // Below a missing struct everything is missing, and may be.
      const optional = common.nullCount > 0 && !field.nullable ? field.clone({ nullable: true }) : field
      return columnOf(optional, inner, { ...place, column: `${place.column}.${field.name}` })
    })
    return makeData({ type, ...common, children })
  }
  if (DataType.isFixedSizeList(type)) {
    const inner: unknown[] = []
    const rows: number[] = []
    values.forEach((value, index) => {
      const items = value === null || value === undefined ? new Array<null>(type.listSize).fill(null) : value
      if (!Array.isArray(items) || items.length !== type.listSize)
        throw badValue(place, index, `expected a list of ${type.listSize}`)
      for (const item of items) {
        rows.push(index)
        inner.push(item)
      }
    })
    const field = type.children[0]!
    const optional = common.nullCount > 0 && !field.nullable ? field.clone({ nullable: true }) : field
    return makeData({
      type,
      ...common,
      child: columnOf(optional, inner, { ...place, row: (at) => place.row(rows[at]!) }),
    })
  }
  if (DataType.isList(type) || DataType.isMap(type)) {
    const field = type.children[0]! as Field
    const names = DataType.isMap(type) ? (field.type as Struct).children.map(({ name }) => name) : null
    const valueOffsets = new Int32Array(values.length + 1)
    const inner: unknown[] = []
    const rows: number[] = []
    values.forEach((value, index) => {
      if (value !== null && value !== undefined) {
        if (!Array.isArray(value)) throw badValue(place, index, names === null ? 'expected a list' : 'expected pairs')
        for (const item of value as readonly unknown[]) {
          rows.push(index)
          inner.push(names === null ? item : pair(names, item, () => badValue(place, index, 'expected pairs')))
        }
      }
      valueOffsets[index + 1] = inner.length
    })
    const child = columnOf(field, inner, { ...place, row: (at) => place.row(rows[at]!) })
    return makeData({ type, ...common, valueOffsets, child } as never)
  }
  const message = `records cannot have a column of ${type.toString()}: ${place.column}`
  throw new PondError('tables.bad-schema', message, { column: place.column, type: type.toString() })
}

function pair(names: readonly string[], item: unknown, failure: () => PondError): Record<string, unknown> {
  if (!Array.isArray(item) || item.length !== 2) throw failure()
  return { [names[0]!]: item[0] as unknown, [names[1]!]: item[1] as unknown }
}

const encoder = new TextEncoder()
const NOTHING = new Uint8Array(0)

function bytesOf(type: DataType, values: readonly unknown[], place: Place): Uint8Array[] {
  const isText = DataType.isUtf8(type) || DataType.isLargeUtf8(type)
  const parts = new Array<Uint8Array>(values.length).fill(NOTHING)
  fill(values, place, (value, index) => {
    if (isText && typeof value === 'string' && value.isWellFormed()) parts[index] = encoder.encode(value)
    else if (!isText && value instanceof Uint8Array) parts[index] = value
    else throw new RangeError(isText ? 'expected text' : 'expected a Uint8Array')
  })
  return parts
}

function concatenate(parts: readonly Uint8Array[], offsets: typeof Int32Array | typeof BigInt64Array) {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  const ends: number[] = [0]
  let at = 0
  for (const part of parts) {
    data.set(part, at)
    ends.push((at += part.length))
  }
  return { valueOffsets: offsets === Int32Array ? Int32Array.from(ends) : BigInt64Array.from(ends, BigInt), data }
}

function fill(values: readonly unknown[], place: Place, put: (value: unknown, index: number) => unknown): void {
  values.forEach((value, index) => {
    if (value === null || value === undefined) return
    try {
      put(value, index)
    } catch (error) {
      throw badValue(place, index, error instanceof Error ? error.message : String(error))
    }
  })
}

function badValue({ column, row }: Place, index: number, reason: string): PondError {
  return new PondError('tables.bad-value', `row ${row(index)}, column ${column}: ${reason}`, {
    row: row(index),
    column,
  })
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (value instanceof Uint8Array) return value.length
  if (Array.isArray(value)) return (value as readonly unknown[]).reduce<number>((sum, item) => sum + sizeOf(item), 16)
  if (typeof value === 'object' && value !== null) return sizeOf(Object.values(value))
  return 8
}

/** Arrow batches as records, without rounding: values come from the buffers, whose getters would round. */
import { DataType, type Data, type RecordBatch } from 'apache-arrow'
import { PondError } from '../../shared/errors'
import { fixedLayout, rawToDecimal, type RecordValue, type TableRecord } from './record-values'

/** @throws tables.bad-schema for a column whose type has no value in JavaScript */
export function recordsOf(batch: RecordBatch): TableRecord[] {
  const columns = batch.data.children.map((data, index) => {
    const { name } = batch.schema.fields[index]!
    return { name, valueAt: reader(data, name) }
  })
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(columns.map(({ name, valueAt }) => [name, valueAt(row)])),
  )
}

type ValueAt = (row: number) => RecordValue

function reader(data: Data, column: string): ValueAt {
  const valueAt = presentReader(data, column)
  if (data.nullCount === 0) return valueAt
  return (row) => (data.getValid(row) ? valueAt(row) : null)
}

/** Buffers of a slice begin at its first row already, but for bits, which count from `offset`. */
function presentReader(data: Data, column: string): ValueAt {
  const type: DataType = data.type as DataType
  if (DataType.isNull(type)) return () => null
  const fixed = fixedLayout(type)
  const values = data.values as { readonly [index: number]: number | bigint }
  if (fixed !== null) return (row) => fixed.fromRaw(values[row]!)
  if (DataType.isBool(type)) {
    const bits = data.values as Uint8Array
    return (row) => ((bits[(data.offset + row) >> 3]! >> ((data.offset + row) & 7)) & 1) === 1
  }
  if (DataType.isDecimal(type)) {
    const words = type.bitWidth / 32
    const all = data.values as Uint32Array
    return (row) => {
      let value = 0n
      for (let word = words - 1; word >= 0; word--) value = (value << 32n) | BigInt(all[row * words + word]!)
      return rawToDecimal(BigInt.asIntN(type.bitWidth, value), type)
    }
  }
  if (DataType.isFixedSizeBinary(type)) {
    const bytes = data.values as Uint8Array
    return (row) => bytes.slice(row * type.byteWidth, (row + 1) * type.byteWidth)
  }
  if (DataType.isDictionary(type)) {
    const words = data.dictionary!
    const parts = words.data.map((part) => ({ length: part.length, valueAt: reader(part, column) }))
    return (row) => {
      let index = Number(values[row]!)
      for (const part of parts) {
        if (index < part.length) return part.valueAt(index)
        index -= part.length
      }
      return null
    }
  }
  return spanReader(data, type, column)
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Types whose values are spans of something else, by offsets. */
function spanReader(data: Data, type: DataType, column: string): ValueAt {
  if (DataType.isStruct(type)) {
    const children = type.children.map(({ name }, index) => {
      const child = data.children[index]!
      return { name, valueAt: reader(child, `${column}.${name}`) }
    })
    return (row) => Object.fromEntries(children.map(({ name, valueAt }) => [name, valueAt(row)]))
  }
  const child = data.children[0]
  if (DataType.isFixedSizeList(type)) {
    const valueAt = reader(child!, column)
    return (row) => span(row * type.listSize, (row + 1) * type.listSize, valueAt)
  }
  const offsets = data.valueOffsets as unknown as { readonly [index: number]: number | bigint }
  const bounds = (row: number): readonly [number, number] => [Number(offsets[row]!), Number(offsets[row + 1]!)]
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) {
    const bytes = data.values as Uint8Array
    return (row) => decoder.decode(bytes.subarray(...bounds(row)))
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) {
    const bytes = data.values as Uint8Array
    return (row) => bytes.slice(...bounds(row))
  }
  if (DataType.isList(type)) {
    const valueAt = reader(child!, column)
    return (row) => span(...bounds(row), valueAt)
  }
  if (DataType.isMap(type)) {
    const [keyAt, valueAt] = child!.children.map((part) => reader(part, column)) as [ValueAt, ValueAt]
    return (row) => span(...bounds(row), (at) => [keyAt(at), valueAt(at)])
  }
  const message = `records cannot have a column of ${type.toString()}: ${column}`
  throw new PondError('tables.bad-schema', message, { column, type: type.toString() })
}

function span(start: number, end: number, valueAt: ValueAt): RecordValue[] {
  return Array.from({ length: end - start }, (_, index) => valueAt(start + index))
}

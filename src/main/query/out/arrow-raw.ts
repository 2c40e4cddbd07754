/**
 * Arrow columns straight from DuckDB's vectors: the bytes of a vector of a fixed-size type are Arrow's
 * bytes, and its validity is Arrow's bitmap. About ten times as fast as going through values.
 * Relies on chunks that DuckDB has flattened, as a fetched chunk is.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api'
import type { DataChunk, Vector } from '@duckdb/node-bindings'
import { Binary, Bool, makeData, Utf8, type Data, type DataType } from 'apache-arrow'
import { TypeId } from '../engine/duckdb-types'

type Bindings = typeof import('@duckdb/node-bindings')
type NumberArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array
type ArrayType = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => NumberArray

const ARRAYS: Readonly<Record<number, ArrayType & { readonly BYTES_PER_ELEMENT: number }>> = {
  [TypeId.TINYINT]: Int8Array,
  [TypeId.SMALLINT]: Int16Array,
  [TypeId.INTEGER]: Int32Array,
  [TypeId.BIGINT]: BigInt64Array,
  [TypeId.UTINYINT]: Uint8Array,
  [TypeId.USMALLINT]: Uint16Array,
  [TypeId.UINTEGER]: Uint32Array,
  [TypeId.UBIGINT]: BigUint64Array,
  [TypeId.FLOAT]: Float32Array,
  [TypeId.DOUBLE]: Float64Array,
  [TypeId.DATE]: Int32Array,
  [TypeId.TIME]: BigInt64Array,
  [TypeId.TIME_NS]: BigInt64Array,
  [TypeId.TIMESTAMP]: BigInt64Array,
  [TypeId.TIMESTAMP_S]: BigInt64Array,
  [TypeId.TIMESTAMP_MS]: BigInt64Array,
  [TypeId.TIMESTAMP_NS]: BigInt64Array,
  [TypeId.TIMESTAMP_TZ]: BigInt64Array,
}
/** A string of DuckDB: length, then up to 12 bytes in place, or 4 bytes of prefix and a pointer. */
const STRING_BYTES = 16
const INLINE_BYTES = 12

/** The column as Arrow data; undefined for types that have to go through values. */
export function rawColumn(
  bindings: Bindings,
  chunk: DuckDBDataChunk,
  column: number,
  typeId: number,
  type: DataType,
): Data | undefined {
  const rows = chunk.rowCount
  const arrays = ARRAYS[typeId]
  if (arrays === undefined && typeId !== TypeId.BOOLEAN && typeId !== TypeId.VARCHAR && typeId !== TypeId.BLOB) {
    return undefined
  }
  const vector = bindings.data_chunk_get_vector(chunk.chunk as DataChunk, column)
  const validity = validityOf(bindings, vector, rows)
  const common = { length: rows, ...validity }
  if (arrays !== undefined) {
    const bytes = bindings.vector_get_data(vector, rows * arrays.BYTES_PER_ELEMENT)
    return makeData({ ...common, type, data: new arrays(bytes.buffer, bytes.byteOffset, rows) } as never)
  }
  if (typeId === TypeId.BOOLEAN) {
    const data = packBits(bindings.vector_get_data(vector, rows))
    return makeData({ ...common, type: new Bool(), data } as never)
  }
  const text = typeId === TypeId.VARCHAR ? new Utf8() : new Binary()
  return makeData({ ...common, type: text, ...strings(bindings, vector, rows, validity.nullBitmap) } as never)
}

function validityOf(
  bindings: Bindings,
  vector: Vector,
  rows: number,
): { nullCount: number; nullBitmap: Uint8Array | null } {
  const words = bindings.vector_get_validity(vector, Math.ceil(rows / 64) * 8) as Uint8Array | null
  if (words === null || words === undefined) return { nullCount: 0, nullBitmap: null }
  const nullBitmap = words.slice(0, Math.ceil(rows / 8))
  // Bits behind the last row mean nothing to DuckDB, and are 0 for Arrow.
  if (rows % 8 > 0) nullBitmap[nullBitmap.length - 1]! &= (1 << (rows % 8)) - 1
  let valid = 0
  for (const byte of nullBitmap) for (let rest = byte; rest > 0; rest &= rest - 1) valid++
  return { nullCount: rows - valid, nullBitmap }
}

function packBits(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(Math.ceil(bytes.length / 8))
  bytes.forEach((byte, index) => {
    if (byte !== 0) result[index >> 3]! |= 1 << (index & 7)
  })
  return result
}

function strings(
  bindings: Bindings,
  vector: Vector,
  rows: number,
  valid: Uint8Array | null,
): { valueOffsets: Int32Array; data: Uint8Array } {
  const bytes = bindings.vector_get_data(vector, rows * STRING_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isValid = (row: number): boolean => valid === null || (valid[row >> 3]! & (1 << (row & 7))) !== 0
  const valueOffsets = new Int32Array(rows + 1)
  for (let row = 0; row < rows; row++) {
    const length = isValid(row) ? view.getUint32(row * STRING_BYTES, true) : 0
    valueOffsets[row + 1] = valueOffsets[row]! + length
  }
  const data = new Uint8Array(valueOffsets[rows]!)
  for (let row = 0; row < rows; row++) {
    const length = valueOffsets[row + 1]! - valueOffsets[row]!
    if (length === 0) continue
    const at = row * STRING_BYTES
    const source =
      length <= INLINE_BYTES
        ? bytes.subarray(at + 4, at + 4 + length)
        : bindings.get_data_from_pointer(bytes.buffer as ArrayBuffer, bytes.byteOffset + at + 8, length)
    data.set(source, valueOffsets[row])
  }
  return { valueOffsets, data }
}

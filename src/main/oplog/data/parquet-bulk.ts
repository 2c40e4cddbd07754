/**
 * The codec's bulk side: a stream of rows as one zstd Parquet file with a page index, through
 * parquet-wasm. Rows go in by small Arrow batches, so that no step blocks for long and memory holds
 * one row group; parquet-wasm is loaded when the first file is written.
 */
import {
  makeData,
  RecordBatch,
  Struct,
  type Binary,
  type Data,
  type DataType,
  type Int64,
  type Schema,
} from 'apache-arrow'
import type { WriterProperties } from 'parquet-wasm'
import type { World } from '../../platform'
import { arrowSchema, writeParquet } from '../../tables'
import { CREATED_BY, toInt64 } from './parquet-write'
import type { OplogRow } from './row'
import { OPLOG_COLUMNS, OPLOG_TABLE, type OplogColumn } from './oplog-table'

type Wasm = typeof import('parquet-wasm')

const GROUP_ROWS = 20_480
const GROUP_BYTES = 4 * 1024 * 1024
/** Uncompressed: what a reader of one row has to take in of each column. */
const PAGE_BYTES = 16 * 1024
/** Values the writer takes between two looks at the page's size: bounds a page of large contents. */
const WRITE_BATCH_ROWS = 64

/** Hands the file's bytes to `write`, in order. Batches are of bounded size and are taken one at a time. */
export async function writeBulk(
  write: (bytes: Uint8Array) => Promise<void>,
  batches: AsyncIterable<readonly OplogRow[]>,
  clock: World['clock'],
): Promise<void> {
  const schema = arrowSchema(OPLOG_TABLE)
  async function* recordBatches(): AsyncGenerator<RecordBatch> {
    for await (const rows of batches) {
      yield recordBatch(schema, rows)
      await clock.sleep(0)
    }
  }
  for await (const bytes of writeParquet(recordBatches(), properties)) await write(bytes)
}

/** Built for every file: the writer takes them away. */
function properties(wasm: Wasm): WriterProperties {
  let builder = new wasm.WriterPropertiesBuilder()
    .setCompression(wasm.Compression.ZSTD)
    .setWriterVersion(wasm.WriterVersion.V1)
    .setStatisticsEnabled(wasm.EnabledStatistics.Page)
    .setMaxRowGroupSize(GROUP_ROWS)
    .setMaxRowGroupBytes(GROUP_BYTES)
    .setDataPageSizeLimit(PAGE_BYTES)
    // A page of codes has as many rows as its group, and is read together with the dictionary.
    .setDictionaryEnabled(false)
    .setWriteBatchSize(WRITE_BATCH_ROWS)
    .setCreatedBy(CREATED_BY)
  for (const { name, type } of OPLOG_COLUMNS) {
    if (NEVER_ASKED_ABOUT.has(name)) builder = builder.setColumnStatisticsEnabled(name, wasm.EnabledStatistics.Chunk)
    if (type === 'binary') builder = builder.setColumnStatisticsEnabled(name, wasm.EnabledStatistics.None)
  }
  return builder.build()
}

/** Pages are not chosen by these, and their bounds would be most of the page index. */
const NEVER_ASKED_ABOUT = new Set(['sha256', 'extended_attributes', 'name', 'path'])

function recordBatch(schema: Schema, rows: readonly OplogRow[]): RecordBatch {
  const children = OPLOG_COLUMNS.map((column, index) => columnData({ column, type: schema.fields[index]!.type }, rows))
  const struct = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children })
  return new RecordBatch(schema, struct)
}

/**
 * Arrow's buffers, filled directly: its builders take ten times as long. The casts name the layout: text is
 * laid out as bytes are, and instants as integers.
 */
function columnData(
  { column, type }: { readonly column: OplogColumn; readonly type: DataType },
  rows: readonly OplogRow[],
): Data {
  const { length } = rows
  const nullBitmap = new Uint8Array(Math.ceil(length / 8))
  let nullCount = 0
  const values = rows.map((row, index) => {
    const value = row[column.field]
    if (value === null) nullCount++
    else nullBitmap[index >> 3]! |= 1 << (index & 7)
    return value
  })
  const common = { length, nullCount, nullBitmap }
  switch (column.type) {
    case 'string':
    case 'binary':
      return makeData({ type: type as Binary, ...common, ...concatenate(values.map(toBytes)) })
    case 'long':
    case 'timestamp':
      return makeData({ type: type as Int64, ...common, data: int64s(values) })
  }
}

type Value = OplogRow[keyof OplogRow]

const encoder = new TextEncoder()
const NOTHING = new Uint8Array(0)

function toBytes(value: Value): Uint8Array {
  if (value === null) return NOTHING
  return typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array)
}

function concatenate(parts: readonly Uint8Array[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const valueOffsets = new Int32Array(parts.length + 1)
  parts.forEach((part, index) => (valueOffsets[index + 1] = valueOffsets[index]! + part.length))
  const data = new Uint8Array(valueOffsets[parts.length]!)
  parts.forEach((part, index) => data.set(part, valueOffsets[index]))
  return { valueOffsets, data }
}

function int64s(values: readonly Value[]): BigInt64Array {
  return BigInt64Array.from(values, (value) => toInt64(value) ?? 0n)
}

/**
 * Rows of a Parquet file as Arrow batches of bounded size, with the types they were written with: through
 * parquet-wasm over ranged reads, one row group at a time, so that memory holds one row group and one batch.
 * The library is loaded when the first file is read; its memory never shrinks.
 */
import { RecordBatchReader, type RecordBatch, type Schema } from 'apache-arrow'
import type { ColumnChunk } from 'hyparquet'
import type { RecordBatch as WasmBatch } from 'parquet-wasm'
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'
import { PARQUET_MARK, type ByteSource, type ParquetShape } from './parquet-content'
import { encodeFooter, mendFooter, movedChunk } from './parquet-footer'
import { chooseColumns } from './time-range'

export interface ReadBatches {
  /** For messages. */
  readonly path: string
  readonly shape: ParquetShape
  /** Top-level columns, all when absent: those handed out; the library decodes a row group whole. */
  readonly columns?: readonly string[] | undefined
  /** Rows of a batch at most; less where rows are large. */
  readonly batchRows?: number | undefined
}

const BATCH_ROWS = 8_192
/** Of a batch, as far as the file tells what its rows take. */
const BATCH_BYTES = 4 * 1024 * 1024
/** Of what is decoded in one go. */
const DECODED_BYTES = 64 * 1024 * 1024
const MARK = new TextEncoder().encode(PARQUET_MARK)

/** @throws tables.unreadable */
export async function arrowSchemaOf(source: ByteSource, shape: ParquetShape, path: string): Promise<Schema> {
  const wasm = await import('parquet-wasm')
  const footer = await source.read(shape.dataEnd, source.size - shape.dataEnd)
  const file = concatenate([MARK, mendFooter(footer)])
  return reading(path, () => RecordBatchReader.from(wasm.readSchema(file).intoIPCStream()).open().schema)
}

/** Batches of at most `batchRows` rows, in order; a file without rows has none. @throws tables.unreadable */
export async function* readBatches(source: ByteSource, options: ReadBatches): AsyncGenerator<RecordBatch> {
  const { path, shape, columns, batchRows = BATCH_ROWS } = options
  if (shape.rows === 0) return
  const wasm = await import('parquet-wasm')
  const names = new Set(shape.columns.map(({ name }) => name))
  for (const [index, { rows }] of shape.rowGroups.entries()) {
    if (rows === 0) continue
    const file = await groupAsFile(source, options, index)
    const bytesOfRow = bytesOfRows(shape, index)
    const batchSize = Math.max(1, Math.min(batchRows, Math.floor(BATCH_BYTES / bytesOfRow)))
    // A group of ours is decoded at once; one that unfolds to more goes in pieces.
    const limit = Math.max(batchSize, Math.floor(DECODED_BYTES / bytesOfRow))
    for (let offset = 0; offset < rows; offset += limit) {
      const settings = { batchSize, offset, limit }
      const table = reading(path, () => wasm.readParquet(file, settings))
      try {
        for (let batch = 0; batch < table.numBatches; batch++)
          for (const each of taken(table.recordBatch(batch)!, path))
            yield columns === undefined
              ? each
              : chooseColumns(
                  each,
                  columns.filter((name) => names.has(name)),
                )
      } finally {
        table.free()
      }
    }
  }
}

/** Takes a batch out of the library's memory piece by piece: what a row holds may have been packed. */
function* taken(batch: WasmBatch, path: string): Generator<RecordBatch> {
  const rows = batch.numRows
  const step = Math.max(1, Math.ceil(rows / Math.max(1, Math.ceil(batch.getArrayMemorySize() / BATCH_BYTES))))
  try {
    for (let start = 0; start < rows; start += step) {
      const bytes = reading(path, () => batch.slice(start, Math.min(step, rows - start)).intoIPCStream())
      yield* RecordBatchReader.from(bytes)
    }
  } finally {
    batch.free()
  }
}

/**
 * One row group as a file of its own. The library reads it in one
 * call, from which a failure can be caught: its streams leave one in pages that are damaged to nobody.
 */
async function groupAsFile(source: ByteSource, { shape, path }: ReadBatches, index: number): Promise<Uint8Array> {
  const { metadata, rowGroups } = shape
  const { sorting_columns: _sorting, file_offset: _offset, ordinal: _ordinal, ...group } = metadata.row_groups[index]!
  const parts: Uint8Array[] = [MARK]
  let at = MARK.length
  const chunks: ColumnChunk[] = []
  for (const chunk of group.columns) {
    const known = chunk.meta_data!
    const start = Number(known.dictionary_page_offset ?? known.data_page_offset)
    chunks.push(movedChunk(chunk, BigInt(at - start)))
    const length = Number(known.total_compressed_size)
    const bytes = await source.read(start, length)
    if (bytes.length !== length) throw unreadable(path, `it ends after ${start + bytes.length} bytes`)
    parts.push(bytes)
    at += length
  }
  const rows = BigInt(rowGroups[index]!.rows)
  const row_groups = [{ ...group, columns: chunks }]
  // What a footer must have and lacks shows when it is written again.
  parts.push(reading(path, () => encodeFooter({ ...metadata, num_rows: rows, row_groups })))
  return concatenate(parts)
}

/** Bytes of a row on average before compression, as the footer counts them. */
function bytesOfRows({ metadata, rowGroups }: ParquetShape, group: number): number {
  const bytes = Number(metadata.row_groups[group]?.total_byte_size ?? 0)
  return Math.max(1, bytes / Math.max(1, rowGroups[group]?.rows ?? 1))
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function reading<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error)
  }
}

function unreadable(path: string, reason: string, cause?: unknown): PondError {
  const message = `the rows of ${quote(path)} cannot be read: ${reason}`
  return new PondError('tables.unreadable', message, { path, reason }, cause)
}

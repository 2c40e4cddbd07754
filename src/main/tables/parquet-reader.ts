/**
 * Rows of a Parquet file as Arrow batches of bounded size, with the types they were written with: through
 * parquet-wasm over ranged reads, one row group at a time, so that memory holds the chosen columns of one
 * row group and one batch. The library is loaded when the first file is read; its memory never shrinks.
 */
import { RecordBatchReader, type RecordBatch, type Schema } from 'apache-arrow'
import type { RecordBatch as WasmBatch } from 'parquet-wasm'
import { isPondError, PondError } from '../../shared/errors'
import { quote } from '../../shared/path'
import type { ByteSource, ParquetShape } from './parquet-content'

type Wasm = typeof import('parquet-wasm')

export interface ReadBatches {
  /** For messages. */
  readonly path: string
  readonly shape: ParquetShape
  /** Top-level columns; all when absent. */
  readonly columns?: readonly string[] | undefined
  /** Rows of a batch at most; less where rows are large. */
  readonly batchRows?: number | undefined
}

const BATCH_ROWS = 8_192
/** Of a batch, as far as the file tells what its rows take. */
const BATCH_BYTES = 4 * 1024 * 1024

/** @throws tables.unreadable */
export async function arrowSchemaOf(source: ByteSource, path: string): Promise<Schema> {
  return reading(path, async () => {
    const { ParquetFile } = await load()
    const file = await ParquetFile.fromFile(blobOf(source, path))
    try {
      return RecordBatchReader.from(file.schema().intoIPCStream()).open().schema
    } finally {
      file.free()
    }
  })
}

/** Batches of at most `batchRows` rows, in order; a file without rows has none. @throws tables.unreadable */
export async function* readBatches(source: ByteSource, options: ReadBatches): AsyncGenerator<RecordBatch> {
  const { path, shape, columns, batchRows = BATCH_ROWS } = options
  if (shape.rows === 0) return
  const wasm = await reading(path, load)
  const file = await reading(path, () => wasm.ParquetFile.fromFile(blobOf(source, path)))
  try {
    for (const [index, { rows }] of shape.rowGroups.entries()) {
      if (rows === 0) continue
      const batchSize = Math.max(1, Math.min(batchRows, Math.floor(BATCH_BYTES / bytesOfRow(shape, index))))
      const settings = { rowGroups: [index], batchSize, ...(columns && { columns: [...columns] }) }
      const stream = await reading(path, () => file.stream(settings))
      yield* batchesOf(stream as ReadableStream<WasmBatch>, path)
    }
  } finally {
    file.free()
  }
}

async function* batchesOf(stream: ReadableStream<WasmBatch>, path: string): AsyncGenerator<RecordBatch> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reading(path, () => reader.read())
      if (done) return
      const rows = value.numRows
      const step = Math.max(1, Math.ceil(rows / Math.max(1, Math.ceil(value.getArrayMemorySize() / BATCH_BYTES))))
      try {
        for (let start = 0; start < rows; start += step) {
          // Taken out of the library's memory piece by piece: what a row holds may have been packed.
          const piece = value.slice(start, Math.min(step, rows - start))
          for (const batch of RecordBatchReader.from(piece.intoIPCStream())) yield batch
        }
      } finally {
        value.free()
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** Bytes of a row on average before compression, as the footer counts them. */
function bytesOfRow({ metadata, rowGroups }: ParquetShape, group: number): number {
  const bytes = Number(metadata.row_groups[group]?.total_byte_size ?? 0)
  return Math.max(1, bytes / Math.max(1, rowGroups[group]?.rows ?? 1))
}

function load(): Promise<Wasm> {
  return import('parquet-wasm')
}

/** The source as the library takes files: it asks for the size, slices and reads the slices, nothing else. */
function blobOf(source: ByteSource, path: string): Blob {
  const slice = (start = 0, end = source.size): { readonly arrayBuffer: () => Promise<ArrayBuffer> } => ({
    arrayBuffer: async () => {
      const bytes = await source.read(start, end - start)
      if (bytes.length !== end - start) throw unreadable(path, `it ends after ${start + bytes.length} bytes`)
      return new Uint8Array(bytes).buffer
    },
  })
  return Object.defineProperties(new Blob([]), { size: { value: source.size }, slice: { value: slice } })
}

async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isPondError(error)) throw error
    throw unreadable(path, error instanceof Error ? error.message : String(error), error)
  }
}

function unreadable(path: string, reason: string, cause?: unknown): PondError {
  const message = `the rows of ${quote(path)} cannot be read: ${reason}`
  return new PondError('tables.unreadable', message, { path, reason }, cause)
}

/**
 * Arrow batches as the bytes of a Parquet file, through parquet-wasm: zstd, row groups bounded in rows and
 * bytes, the Arrow schema kept inside, so that a reader gets the types that were written. Memory holds one
 * row group. The library is loaded when the first file is written.
 */
import { RecordBatchStreamWriter, type RecordBatch } from 'apache-arrow'
import type { WriterProperties } from 'parquet-wasm'
import { isPondError, PondError } from '../../shared/errors'
import { PRODUCT_VERSION } from '../../shared/version'

type Wasm = typeof import('parquet-wasm')

const GROUP_ROWS = 122_880
/** Packing a group is the longest stretch without a yield. */
const GROUP_BYTES = 4 * 1024 * 1024

/**
 * The file's bytes, in order and in pieces of the library's choosing. `batches` have one schema and are
 * taken one at a time; there is at least one, which may be empty. `properties` are built for each file:
 * the library takes them away. @throws tables.bad-schema, and what the batches throw
 */
export async function* writeParquet(
  batches: AsyncIterable<RecordBatch>,
  properties: (wasm: Wasm) => WriterProperties = tableProperties,
): AsyncGenerator<Uint8Array> {
  const wasm = await import('parquet-wasm')
  const source = batches[Symbol.asyncIterator]()
  let failure: { readonly error: unknown } | undefined
  const stream = new ReadableStream<unknown>(
    {
      async pull(controller) {
        try {
          const { done, value } = await source.next()
          if (done === true) return controller.close()
          controller.enqueue(intoWasm(wasm, value))
        } catch (error) {
          // The writer would turn it into a text.
          failure = { error }
          throw error
        }
      },
      async cancel() {
        await source.return?.()
      },
    },
    { highWaterMark: 0 },
  )
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  try {
    const output = await wasm.transformParquetStream(stream, properties(wasm))
    reader = output.getReader() as ReadableStreamDefaultReader<Uint8Array>
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield value
    }
    // The library ends its output, and not with an error, where a batch could not be had.
    if (failure !== undefined) throw failure.error
  } catch (error) {
    if (failure !== undefined) throw failure.error
    if (isPondError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new PondError('tables.bad-schema', `these columns cannot be written as Parquet: ${reason}`, { reason }, error)
  } finally {
    await reader?.cancel().catch(() => undefined)
    await source.return?.()
  }
}

function intoWasm(wasm: Wasm, batch: RecordBatch) {
  const writer = RecordBatchStreamWriter.writeAll([batch])
  const table = wasm.Table.fromIPCStream(writer.toUint8Array(true))
  try {
    return table.recordBatch(0)
  } finally {
    table.free()
  }
}

function tableProperties(wasm: Wasm): WriterProperties {
  return new wasm.WriterPropertiesBuilder()
    .setCompression(wasm.Compression.ZSTD)
    .setMaxRowGroupSize(GROUP_ROWS)
    .setMaxRowGroupBytes(GROUP_BYTES)
    .setStatisticsEnabled(wasm.EnabledStatistics.Chunk)
    .setCreatedBy(`DuckPond version ${PRODUCT_VERSION}`)
    .build()
}

/**
 * Arrow as bytes: an IPC stream is what every Arrow library reads and writes, whichever copy of it a script
 * has. Streams both ways; memory holds a batch.
 */
import { AsyncByteQueue, RecordBatchReader, RecordBatchStreamWriter, type RecordBatch, type Schema } from 'apache-arrow'
import { isPondError, PondError } from '../../shared/errors'
import { chunksOf, type Content } from './content'

/** Batches as one IPC stream; the schema comes first, also where there is no batch. */
export async function* toArrowStream(schema: Schema, batches: AsyncIterable<RecordBatch>): AsyncGenerator<Uint8Array> {
  const sink = new Sink()
  const writer = new RecordBatchStreamWriter({ autoDestroy: false })
  writer.reset(sink, schema)
  yield* sink.take()
  for await (const batch of batches) {
    writer.write(batch)
    yield* sink.take()
  }
  writer.finish()
  yield* sink.take()
}

/** The batches of an IPC stream or file. @throws tables.bad-schema where the bytes are no Arrow */
export async function fromArrowStream(
  content: Content,
): Promise<{ readonly schema: Schema; readonly batches: AsyncIterable<RecordBatch> }> {
  const reader = await openReader(content)
  // Of what is no Arrow at all there is none, whatever the type says.
  const schema = reader.schema as Schema | undefined
  if (schema === undefined)
    throw new PondError('tables.bad-schema', 'expected an Arrow IPC stream, found something else')
  return { schema, batches: whole(reader) }
}

/** @throws tables.bad-schema where the stream is cut short or damaged */
async function* whole(batches: AsyncIterable<RecordBatch>): AsyncGenerator<RecordBatch> {
  try {
    yield* batches
  } catch (error) {
    if (isPondError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new PondError('tables.bad-schema', `the Arrow stream cannot be read to its end: ${reason}`, { reason }, error)
  }
}

async function openReader(content: Content): Promise<AsyncIterable<RecordBatch> & { readonly schema: Schema }> {
  try {
    const reader = await RecordBatchReader.from(asAsync(chunksOf(content)))
    return await reader.open()
  } catch (error) {
    // Whatever the stream itself was refused with stands.
    if (isPondError(error)) throw error
    throw new PondError('tables.bad-schema', 'expected an Arrow IPC stream, found something else', {}, error)
  }
}

async function* asAsync(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}

/** Collects what the writer writes, which reuses its buffers. */
class Sink extends AsyncByteQueue {
  #pieces: Uint8Array[] = []

  override write(value: Uint8Array): void {
    if (value.byteLength > 0) this.#pieces.push(Uint8Array.from(value))
  }

  take(): Uint8Array[] {
    return this.#pieces.splice(0)
  }
}

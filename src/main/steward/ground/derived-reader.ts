/** A file of the cache as it is read by those who do not know that it is one. */
import type { StorageReader } from '../../platform'
import { CheckedReader, CHUNK_BYTES } from '../../tinyfs'

export class DerivedReader extends CheckedReader {
  readonly #reader: StorageReader

  constructor(reader: StorageReader) {
    super()
    this.#reader = reader
  }

  get size(): number {
    return this.#reader.sizeBytes
  }

  protected readPart(start: number, end: number): Promise<Uint8Array> {
    return this.#reader.read(start, end - start)
  }

  protected async *readChunks(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += CHUNK_BYTES) yield await this.#reader.read(at, Math.min(CHUNK_BYTES, end - at))
  }

  protected release(): Promise<void> {
    return this.#reader.close()
  }
}

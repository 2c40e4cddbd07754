/** A file whose whole content is at hand. Promises what `FileReader` does, except that there is no hash to check. */
import { CheckedReader } from './checked-reader'

/** Chunks of content are at most this long, everywhere. */
export const CHUNK_BYTES = 256 * 1024

export class BytesReader extends CheckedReader {
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    super()
    this.#bytes = bytes
  }

  get size(): number {
    return this.#bytes.length
  }

  protected async readPart(start: number, end: number): Promise<Uint8Array> {
    return this.#copy(start, end)
  }

  protected async *readChunks(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += CHUNK_BYTES) yield this.#copy(at, Math.min(at + CHUNK_BYTES, end))
  }

  protected async release(): Promise<void> {
    // The bytes belong to whoever gave them.
  }

  /** Never a view: what a reader hands out is the caller's to change. */
  #copy(start: number, end: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(start, end))
  }
}

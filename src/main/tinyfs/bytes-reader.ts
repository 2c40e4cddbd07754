/** A file whose whole content is at hand. Promises what `FileReader` does, except that there is no hash to check. */
import { PondError } from '../../shared/errors'
import type { FileReader } from './backend'

/** Chunks of content are at most this long, everywhere. */
export const CHUNK_BYTES = 256 * 1024

export class BytesReader implements FileReader {
  readonly #bytes: Uint8Array
  #open = true

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get size(): number {
    return this.#bytes.length
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#mustBeOpen()
    return this.#copy(offset, offset + length)
  }

  async *chunks(
    { start, end }: { readonly start: number; readonly end: number } = { start: 0, end: this.size },
  ): AsyncGenerator<Uint8Array> {
    const stop = Math.min(end, this.size)
    for (let at = start; at < stop; at += CHUNK_BYTES) {
      this.#mustBeOpen()
      yield this.#copy(at, Math.min(at + CHUNK_BYTES, stop))
    }
  }

  async close(): Promise<void> {
    this.#open = false
  }

  /** Never a view: what a reader hands out is the caller's to change. */
  #copy(start: number, end: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(start, end))
  }

  #mustBeOpen(): void {
    if (!this.#open) throw new PondError('tinyfs.closed', 'this file is not open any more')
  }
}

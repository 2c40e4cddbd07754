/** A journal being read in order: small reads out of larger ones. */
import { crc32c } from '@node-rs/crc32'
import type { StorageReader } from '../../platform'

/** Bytes that are read at once, at least. */
export const READ_WINDOW = 1 << 20

export class JournalWindow {
  readonly reader: StorageReader
  readonly generation: string
  readonly seed: number
  readonly sizeBytes: number
  #offset = 0
  #bytes: Uint8Array = new Uint8Array(0)

  /** Nothing from `sizeBytes` on is looked at: that may still be on its way. Default: what there was at opening. */
  constructor(reader: StorageReader, generation: string, sizeBytes: number = reader.sizeBytes) {
    this.reader = reader
    this.sizeBytes = sizeBytes
    this.generation = generation
    this.seed = seedOf(generation)
  }

  /** What was read already of these bytes, where that is all of them: a wait for each of many frames is most of their cost. */
  known(offset: number, length: number): Uint8Array | undefined {
    const end = offset + length
    if (offset < this.#offset || end > this.#offset + this.#bytes.length) return undefined
    return this.#bytes.subarray(offset - this.#offset, end - this.#offset)
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.sizeBytes)
    if (offset < this.#offset || end > this.#offset + this.#bytes.length) {
      const wanted = Math.min(Math.max(length, READ_WINDOW), this.sizeBytes - offset)
      this.#offset = offset
      this.#bytes = await this.reader.read(offset, Math.max(0, wanted))
    }
    return this.#bytes.subarray(offset - this.#offset, Math.max(offset, end) - this.#offset)
  }
}

/** Most ask for the same again and again. */
let last = { generation: '', seed: crc32c('') }

/** What all checksums of a file begin with, so that a frame of another file (kept as content, say) is no frame of this one. */
export function seedOf(generation: string): number {
  if (last.generation !== generation) last = { generation, seed: crc32c(generation) }
  return last.seed
}

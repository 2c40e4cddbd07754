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
  #bytes: Buffer = Buffer.alloc(0)
  #view: DataView = new DataView(new ArrayBuffer(0))

  /** Nothing from `sizeBytes` on is looked at: that may still be on its way. Default: what there was at opening. */
  constructor(reader: StorageReader, generation: string, sizeBytes: number = reader.sizeBytes) {
    this.reader = reader
    this.sizeBytes = sizeBytes
    this.generation = generation
    this.seed = seedOf(generation)
  }

  /** What was read last: who finds there what it wants need not wait, which for each of many frames is most of its cost. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** The same bytes as numbers. */
  get view(): DataView {
    return this.#view
  }

  /** Where these bytes of the file begin in `bytes`; -1 where they are not all there. */
  indexOf(offset: number, length: number): number {
    const at = offset - this.#offset
    return at >= 0 && at + length <= this.#bytes.length ? at : -1
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.sizeBytes)
    if (offset < this.#offset || end > this.#offset + this.#bytes.length) {
      const wanted = Math.min(Math.max(length, READ_WINDOW), this.sizeBytes - offset)
      const { buffer, byteOffset, byteLength } = await this.reader.read(offset, Math.max(0, wanted))
      this.#offset = offset
      this.#bytes = Buffer.from(buffer, byteOffset, byteLength)
      this.#view = new DataView(buffer, byteOffset, byteLength)
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

/**
 * Checksums (CRC-32C) by which damage of our own files is noticed when it is read, not later: one per
 * block of a data file, kept in the tags of its `add`, and one of every log entry, kept inside it.
 */
import { crc32c } from '@node-rs/crc32'

/** Bytes of a data file that are checked together. */
export const BLOCK_BYTES = 64 * 1024
/** The tag of an `add`: base64 of the blocks' checksums, little endian, in order. */
export const BLOCKS_TAG = 'duckpond.crc32c64k'

/** Of the bytes, or with `before` of those that it is of and these. */
export function checksum(bytes: Uint8Array, before = 0): number {
  return crc32c(bytes, before) >>> 0
}

/** Takes a file's bytes in their order and gives the value of its tag. */
export class BlockChecksums {
  readonly #finished: number[] = []
  #current = 0
  #currentBytes = 0

  update(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length;) {
      const end = Math.min(bytes.length, start + BLOCK_BYTES - this.#currentBytes)
      this.#current = crc32c(bytes.subarray(start, end), this.#current)
      this.#currentBytes += end - start
      start = end
      if (this.#currentBytes === BLOCK_BYTES) this.#finishBlock()
    }
  }

  toTag(): string {
    if (this.#currentBytes > 0) this.#finishBlock()
    const bytes = new DataView(new ArrayBuffer(4 * this.#finished.length))
    this.#finished.forEach((value, index) => bytes.setUint32(4 * index, value, true))
    return Buffer.from(bytes.buffer).toString('base64')
  }

  #finishBlock(): void {
    this.#finished.push(this.#current >>> 0)
    this.#current = 0
    this.#currentBytes = 0
  }
}

/** The blocks' checksums; undefined for a tag that is not one of a file of this size. */
export function parseBlocksTag(tag: string | undefined, sizeBytes: number): readonly number[] | undefined {
  if (tag === undefined) return undefined
  const bytes = Buffer.from(tag, 'base64')
  if (bytes.length !== 4 * Math.ceil(sizeBytes / BLOCK_BYTES)) return undefined
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readUInt32LE(4 * index))
}

const ENTRY_FIELD = '"crc32c":"'
const ENTRY_ZERO = '00000000'

/** The text that stands in a log entry until `sealEntry`. */
export const UNSEALED = ENTRY_ZERO

/** Puts the checksum of an entry's text into its first `crc32c` field, which is `UNSEALED`. */
export function sealEntry(text: string): string {
  const at = text.indexOf(`${ENTRY_FIELD}${ENTRY_ZERO}"`) + ENTRY_FIELD.length
  const value = checksum(Buffer.from(text)).toString(16).padStart(8, '0')
  return text.slice(0, at) + value + text.slice(at + ENTRY_ZERO.length)
}

/** True for a text as `sealEntry` left it. */
export function isSealed(text: string): boolean {
  const at = text.indexOf(ENTRY_FIELD) + ENTRY_FIELD.length
  if (at < ENTRY_FIELD.length) return false
  const unsealed = text.slice(0, at) + ENTRY_ZERO + text.slice(at + ENTRY_ZERO.length)
  return sealEntry(unsealed) === text
}

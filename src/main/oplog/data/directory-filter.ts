/**
 * Which directories have rows of their own in a data file, as a Bloom filter that the file's `add`
 * carries: a directory's rows may be anywhere in a long history, and are in very few of its files. Drawn
 * in docs/formats.md; a file without one may hold rows of any directory.
 */
import { crc32, crc32c } from '@node-rs/crc32'
import type { OplogRow } from './row'

/** The tag of an `add`: base64 of the filter's bits. */
export const DIRECTORIES_TAG = 'duckpond.directories'

const BITS_PER_ID = 16
const PROBES = 8
/** A filter of more ids would weigh on every log entry and checkpoint that names the file. */
const MOST_IDS = 2_048

/** False: none of the file's rows is a directory's own and of this id. */
export type DirectoryFilter = (id: string) => boolean

/** Takes the rows of one data file and gives the value of its tag. */
export class DirectoryFilterBuilder {
  readonly #ids = new Set<string>()

  add(rows: readonly OplogRow[]): void {
    if (this.#ids.size > MOST_IDS) return
    for (const { partId, nodeId } of rows) if (partId === nodeId) this.#ids.add(nodeId)
  }

  /** Undefined where the file has rows of too many directories. */
  toTag(): string | undefined {
    if (this.#ids.size > MOST_IDS) return undefined
    const bytes = new Uint8Array(Math.max(1, (this.#ids.size * BITS_PER_ID) / 8))
    for (const id of this.#ids) for (const bit of bitsOf(id, bytes)) bytes[bit >> 3]! |= 1 << (bit & 7)
    return Buffer.from(bytes).toString('base64')
  }
}

/** Undefined for no tag, and for one that is no filter. */
export function parseDirectoriesTag(tag: string | undefined): DirectoryFilter | undefined {
  if (tag === undefined) return undefined
  const bytes = Buffer.from(tag, 'base64')
  if (bytes.length === 0) return undefined
  return (id) => bitsOf(id, bytes).every((bit) => (bytes[bit >> 3]! & (1 << (bit & 7))) !== 0)
}

/** Of two checksums of different polynomials: one seeded differently would tell nothing new of ids of one length. */
function bitsOf(id: string, { length }: Uint8Array): number[] {
  const first = crc32c(id)
  const step = crc32(id) | 1
  return Array.from({ length: PROBES }, (_, probe) => ((first >>> 0) + probe * (step >>> 0)) % (length * 8))
}

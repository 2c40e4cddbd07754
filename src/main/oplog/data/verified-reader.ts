/**
 * Reads of a data file that cannot return damaged bytes: they go by whole blocks, each compared with
 * its checksum. The blocks read last are kept, because pages of neighbouring columns share them, and
 * because who opens a file again often reads the same of it: its index, and the pages of a directory.
 */
import type { StorageReader } from '../../platform'
import { Malformed } from '../log/action'
import { ByteCache } from './byte-cache'
import { BLOCK_BYTES, checksum } from '../log/checksum'

/** Blocks of a table's files that were found whole; files never change under their name. */
export class VerifiedBlocks {
  readonly #kept = new ByteCache<Uint8Array>(KEPT_BYTES)

  /** @returns a reader over `reader`; its reads reject with `Malformed` where a block is not what was written */
  reader(path: string, reader: StorageReader, checksums: readonly number[]): StorageReader {
    return verifiedReader(reader, checksums, {
      get: (number) => this.#kept.get(`${number} ${path}`),
      set: (number, block) => this.#kept.set(`${number} ${path}`, block, block.length),
    })
  }
}

const KEPT_BYTES = 8 * 1024 * 1024

interface KeptBlocks {
  get(number: number): Uint8Array | undefined
  set(number: number, block: Uint8Array): void
}

function verifiedReader(reader: StorageReader, checksums: readonly number[], kept: KeptBlocks): StorageReader {
  /** Blocks from `first` to before `end`, none of which is kept. */
  const load = async (first: number, end: number): Promise<Uint8Array[]> => {
    const bytes = await reader.read(first * BLOCK_BYTES, (end - first) * BLOCK_BYTES)
    return Array.from({ length: end - first }, (_, index) => {
      const block = bytes.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES)
      const number = first + index
      if (checksum(block) !== checksums[number]) {
        throw new Malformed(damagedFrom(number * BLOCK_BYTES))
      }
      // The ends are what the next read may share; a copy, so that the rest can go.
      if (number === first || number === end - 1) kept.set(number, block.slice())
      return block
    })
  }

  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const end = Math.min(offset + length, reader.sizeBytes)
    if (end <= offset) return new Uint8Array(0)
    const result = new Uint8Array(end - offset)
    const lastBlock = Math.ceil(end / BLOCK_BYTES)
    for (let number = Math.floor(offset / BLOCK_BYTES); number < lastBlock;) {
      let blocks = [kept.get(number)]
      if (blocks[0] === undefined) {
        let until = number + 1
        while (until < lastBlock && kept.get(until) === undefined) until++
        blocks = await load(number, until)
      }
      for (const block of blocks) {
        const blockStart = number++ * BLOCK_BYTES
        const from = Math.max(0, offset - blockStart)
        result.set(block!.subarray(from, Math.min(block!.length, end - blockStart)), blockStart + from - offset)
      }
    }
    return result
  }

  return { sizeBytes: reader.sizeBytes, read, close: () => reader.close() }
}

/** Where the first block begins that is not what was written; undefined for a file that is whole. */
export function findDamage(bytes: Uint8Array, checksums: readonly number[]): number | undefined {
  const block = checksums.findIndex(
    (expected, number) => checksum(bytes.subarray(number * BLOCK_BYTES, (number + 1) * BLOCK_BYTES)) !== expected,
  )
  return block < 0 ? undefined : block * BLOCK_BYTES
}

export function damagedFrom(offset: number): string {
  return `the bytes from ${offset} on are not those that were written`
}

/**
 * The bytes of a simulated file, as they are and as they were when last synced. Files only grow at the
 * end and shrink, so both agree below the lowest size since the last sync.
 */
import type { Prng } from './prng'

const SECTORS = [512, 4_096] as const

export class SimContent {
  #bytes: Uint8Array
  #size: number
  /** Everything below is the same on the disk. */
  #floor: number
  /** What the disk has from `#floor` on. */
  #syncedTail: Uint8Array = new Uint8Array(0)

  /** @param synced whether the disk has these bytes */
  constructor(bytes: Uint8Array, synced: boolean) {
    this.#bytes = bytes
    this.#size = bytes.length
    this.#floor = synced ? bytes.length : 0
  }

  get size(): number {
    return this.#size
  }

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(Math.min(offset, this.#size), Math.min(offset + length, this.#size))
  }

  append(bytes: Uint8Array): void {
    this.#reserve(this.#size + bytes.length)
    this.#bytes.set(bytes, this.#size)
    this.#size += bytes.length
  }

  /** Growing adds zeros, as the system does. */
  truncate(size: number): void {
    if (size > this.#size) return this.append(new Uint8Array(size - this.#size))
    if (size < this.#floor) {
      this.#syncedTail = joined(this.#bytes.subarray(size, this.#floor), this.#syncedTail)
      this.#floor = size
    }
    this.#size = size
  }

  sync(): void {
    this.#floor = this.#size
    this.#syncedTail = new Uint8Array(0)
  }

  live(): Uint8Array {
    return this.#bytes.slice(0, this.#size)
  }

  synced(): Uint8Array {
    return joined(this.#bytes.subarray(0, this.#floor), this.#syncedTail)
  }

  /** What a power loss may leave: every sector written since the last sync is new, old or empty. */
  torn(random: Prng): Uint8Array {
    const synced = this.synced()
    const longest = Math.max(this.#size, synced.length)
    if (longest === this.#floor) return synced
    const sector = random.pick(SECTORS)
    const aligned = Math.ceil((this.#floor + random.below(longest - this.#floor + 1)) / sector) * sector
    const size = random.pick([this.#size, synced.length, Math.min(aligned, longest)])
    const torn = new Uint8Array(size)
    torn.set(synced.subarray(0, Math.min(this.#floor, size)))
    // Either the disk wrote in order up to some sector, or in any order.
    const inOrder = random.chance(0.5) ? this.#floor + random.below(longest - this.#floor + 1) : undefined
    for (let at = this.#floor; at < size;) {
      const end = Math.min((Math.floor(at / sector) + 1) * sector, size)
      const isNew = inOrder === undefined ? random.chance(0.5) : at < inOrder
      const source = isNew ? this.#bytes.subarray(0, this.#size) : synced
      torn.set(source.subarray(Math.min(at, source.length), Math.min(end, source.length)), at)
      at = end
    }
    return torn
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(size, this.#bytes.length * 2, 256))
    grown.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = grown
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

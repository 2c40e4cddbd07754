/**
 * Where the inline content of operations is in one generation of the journal, by sequence number. Kept in
 * columns of numbers: an object and a map entry for each of many would be most of what they take.
 */
import type { JournalContent } from './journal'

const FIRST_ROOM = 64

export class ContentPlaces {
  #generation = ''
  #length = 0
  /** Growing. */
  #seqs = new Float64Array(FIRST_ROOM)
  #offsets = new Float64Array(FIRST_ROOM)
  #bytes = new Uint32Array(FIRST_ROOM)
  #crcs = new Uint32Array(FIRST_ROOM)

  /** Numbers grow through a journal; one that does not is put where it belongs, and counts if it comes again. */
  add(seq: number, { generation, offset, bytes, crc }: JournalContent): void {
    const at = this.#indexOf(seq)
    if (at === this.#length || this.#seqs[at] !== seq) this.#makeRoom(at)
    this.#generation = generation
    this.#seqs[at] = seq
    this.#offsets[at] = offset
    this.#bytes[at] = bytes
    this.#crcs[at] = crc
  }

  get(seq: number): JournalContent | undefined {
    const at = this.#indexOf(seq)
    return at < this.#length && this.#seqs[at] === seq ? this.#at(at) : undefined
  }

  *values(): Generator<JournalContent> {
    for (let at = 0; at < this.#length; at++) yield this.#at(at)
  }

  #at(at: number): JournalContent {
    return {
      generation: this.#generation,
      offset: this.#offsets[at]!,
      bytes: this.#bytes[at]!,
      crc: this.#crcs[at]!,
    }
  }

  /** Of the first number that is not below this one. */
  #indexOf(seq: number): number {
    if (this.#length === 0 || this.#seqs[this.#length - 1]! < seq) return this.#length
    let [low, high] = [0, this.#length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#seqs[middle]! < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  #makeRoom(at: number): void {
    if (this.#length === this.#seqs.length) this.#grow()
    for (const column of [this.#seqs, this.#offsets, this.#bytes, this.#crcs])
      if (at < this.#length) column.copyWithin(at + 1, at, this.#length)
    this.#length++
  }

  #grow(): void {
    const room = this.#seqs.length * 2
    const [seqs, offsets] = [new Float64Array(room), new Float64Array(room)]
    const [bytes, crcs] = [new Uint32Array(room), new Uint32Array(room)]
    seqs.set(this.#seqs)
    offsets.set(this.#offsets)
    bytes.set(this.#bytes)
    crcs.set(this.#crcs)
    this.#seqs = seqs
    this.#offsets = offsets
    this.#bytes = bytes
    this.#crcs = crcs
  }
}

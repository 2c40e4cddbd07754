/**
 * A list that only grows and is copied in a moment: a copy shares its chunks with its original, and either
 * may go on from there. What a copy adds that nobody keeps goes with it, but for what is left of one chunk.
 */
const CHUNK = 256

export class ForkedList<Value> {
  #chunks: Value[][]
  /** Whether nobody else has these chunks; the last may be shared even then. */
  #isOwn: boolean
  #length: number

  constructor(shared?: { readonly chunks: Value[][]; readonly length: number }) {
    this.#chunks = shared?.chunks ?? []
    this.#isOwn = shared === undefined
    this.#length = shared?.length ?? 0
  }

  get length(): number {
    return this.#length
  }

  at(index: number): Value | undefined {
    return index < this.#length ? this.#chunks[Math.floor(index / CHUNK)]?.[index % CHUNK] : undefined
  }

  push(value: Value): void {
    const [index, within] = [Math.floor(this.#length / CHUNK), this.#length % CHUNK]
    if (!this.#isOwn) {
      this.#chunks = this.#chunks.slice(0, Math.ceil(this.#length / CHUNK))
      this.#isOwn = true
    }
    if (within === 0) this.#chunks[index] = []
    // Somebody who shares it went on already.
    else if (this.#chunks[index]!.length !== within) this.#chunks[index] = this.#chunks[index]!.slice(0, within)
    this.#chunks[index]!.push(value)
    this.#length++
  }

  /** Those that there are now, from the one at an index on. */
  *from(index: number): Generator<Value> {
    const [chunks, length] = [this.#chunks, this.#length]
    for (let at = index; at < length; at++) yield chunks[Math.floor(at / CHUNK)]![at % CHUNK]!
  }

  [Symbol.iterator](): Generator<Value> {
    return this.from(0)
  }

  /** A copy; what is added to either does not show in the other. */
  fork(): ForkedList<Value> {
    this.#isOwn = false
    return new ForkedList({ chunks: this.#chunks, length: this.#length })
  }
}

/**
 * UUIDs of version 7 (RFC 9562, section 5.7) that grow within one sequence, also while the clock
 * stands still or goes back: 48 bits of milliseconds, then a counter of 26 bits that starts at random
 * with every new millisecond (method 1 of section 6.2), then 48 random bits.
 */
import type { Micros } from '../../shared/model'

const COUNTER_BITS = 26
const COUNTER_LIMIT = 2 ** COUNTER_BITS
const DIGITS = Buffer.from('0123456789abcdef', 'latin1')

export class UuidSequence {
  readonly #random: (length: number) => Uint8Array
  #ms = -1
  #counter = 0
  /** Written whole: a text that is put together keeps its parts, and there may be many. */
  readonly #text = Buffer.from('00000000-0000-0000-0000-000000000000', 'latin1')

  constructor(random: (length: number) => Uint8Array) {
    this.#random = random
  }

  next(now: Micros): string {
    const bytes = this.#random(10)
    const ms = Math.floor(now / 1000)
    if (ms > this.#ms) {
      this.#ms = ms
      // The upper half stays free for what follows within the same millisecond.
      this.#counter = ((bytes[0]! << 16) | (bytes[1]! << 8) | bytes[2]!) & (COUNTER_LIMIT / 2 - 1)
    } else if (++this.#counter === COUNTER_LIMIT) {
      this.#ms++
      this.#counter = 0
    }
    this.#write(0, Math.floor(this.#ms / 0x1_0000), 4)
    this.#write(9, this.#ms % 0x1_0000, 2)
    this.#write(14, 0x7000 | (this.#counter >> 14), 2)
    this.#write(19, 0x8000 | (this.#counter & 0x3fff), 2)
    for (let i = 0; i < 6; i++) this.#write(24 + 2 * i, bytes[4 + i]!, 1)
    return this.#text.toString('latin1')
  }

  /** As hexadecimal digits, two for each byte. */
  #write(at: number, value: number, bytes: number): void {
    for (let i = at + 2 * bytes - 1, left = value; i >= at; i--, left = Math.floor(left / 16))
      this.#text[i] = DIGITS[left % 16]!
  }
}

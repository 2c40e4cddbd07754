/**
 * UUIDs of version 7 (RFC 9562, section 5.7) that grow within one sequence, also while the clock
 * stands still or goes back: 48 bits of milliseconds, then a counter of 26 bits that starts at random
 * with every new millisecond (method 1 of section 6.2), then 48 random bits.
 */
import type { Micros } from '../../shared/model'

const COUNTER_BITS = 26
const COUNTER_LIMIT = 2 ** COUNTER_BITS

export class UuidSequence {
  readonly #random: (length: number) => Uint8Array
  #ms = -1
  #counter = 0

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
    const time = this.#ms.toString(16).padStart(12, '0')
    const high = (0x7000 | (this.#counter >> 14)).toString(16)
    const low = (0x8000 | (this.#counter & 0x3fff)).toString(16)
    const rest = Array.from(bytes.subarray(4), (byte) => byte.toString(16).padStart(2, '0')).join('')
    return `${time.slice(0, 8)}-${time.slice(8)}-${high}-${low}-${rest}`
  }
}

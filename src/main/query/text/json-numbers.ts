/**
 * Numbers of JSON that its parser makes others of before anybody sees how they are spelt: those that are too small
 * for any number but zero, zeros with a sign, and those with a point that have more digits before it than a DOUBLE keeps. Written as texts, they come through as they are, and are decided
 * like the numbers of CSV.
 */
import { isRobbed } from './kept-digits'
import type { Chunks } from './text-bytes'

const LF = 0x0a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39
/** Bytes of which numbers are made, behind their first. */
const WITHIN_NUMBER = new Set([...'0123456789+-.eE'].map((character) => character.charCodeAt(0)))
/** What such a number has somewhere: seldom found in any other text. */
const SUSPECT = /[eE]-\d{3}|0{300}|-0(?![\d.eE])|\d{16}\./
/** Of a suspect: so much of a chunk is looked at again with the next. */
const OVERLAP = 310

/** @param text as JSON spells a number */
export function isChangedByParser(text: string): boolean {
  return isRobbed(text) || text === '-0' || (Number(text) === 0 && /^-?[\d.]*[1-9]/.test(text))
}

/** Whether there may be such numbers: a text is taken for one as well. */
export class NumberSuspicion {
  isRaised = false
  #end = ''

  feed(chunk: Uint8Array): void {
    if (this.isRaised) return
    const text = this.#end + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
    // What stands at the very end may go on in the next chunk.
    const found = SUSPECT.exec(text)
    this.isRaised = found !== null && found.index + found[0].length < text.length
    this.#end = text.slice(-OVERLAP)
  }

  end(): void {
    this.isRaised ||= SUSPECT.test(this.#end)
  }
}

/** The same JSON with such numbers in quotes. `found` is told of each. */
export async function* withQuotedNumbers(chunks: Chunks, found: () => void = () => {}): AsyncGenerator<Uint8Array> {
  const quoting = new Quoting(found)
  for await (const chunk of chunks) yield* quoting.feed(chunk)
  yield* quoting.end()
}

class Quoting {
  readonly #found: () => void
  #isText = false
  #isEscaped = false
  /** The beginning of a number that the last chunk ended in. */
  #open: Uint8Array = new Uint8Array(0)

  constructor(found: () => void) {
    this.#found = found
  }

  *feed(chunk: Uint8Array): Generator<Uint8Array> {
    const bytes = this.#open.length === 0 ? chunk : Buffer.concat([this.#open, chunk])
    let [isText, isEscaped] = [this.#isText, this.#isEscaped]
    let written = 0
    let at = 0
    while (at < bytes.length) {
      const byte = bytes[at]!
      if (isText) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE || byte === LF) isText = false
        at++
      } else if (byte === MINUS || (byte >= ZERO && byte <= NINE)) {
        let to = at + 1
        while (to < bytes.length && WITHIN_NUMBER.has(bytes[to]!)) to++
        if (to === bytes.length) break
        const quoted = this.#quoted(bytes.subarray(at, to))
        if (quoted !== null) {
          if (at > written) yield bytes.subarray(written, at)
          yield quoted
          written = to
        }
        at = to
      } else {
        isText = byte === QUOTE
        at++
      }
    }
    this.#isText = isText
    this.#isEscaped = isEscaped
    this.#open = bytes.slice(at)
    if (at > written) yield bytes.subarray(written, at)
  }

  *end(): Generator<Uint8Array> {
    if (this.#open.length > 0) yield this.#quoted(this.#open) ?? this.#open
  }

  #quoted(number: Uint8Array): Uint8Array | null {
    const text = Buffer.from(number).toString('latin1')
    if (!isChangedByParser(text)) return null
    this.#found()
    return Buffer.from(`"${text}"`)
  }
}

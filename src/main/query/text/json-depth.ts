/**
 * Measures how deep the values of JSON are nested, chunk by chunk. DuckDB and its parser call themselves for each
 * level, and the stack of a thread may end before some values do. Promises the depth of every text that is JSON; of
 * other text, it promises that no part that is JSON has more levels than it says. It also names the line of two
 * faults for which DuckDB names none: an empty key, and a comma that nothing follows.
 */
import { unreadable } from './refusals'

/** DuckDB survives ten thousand with the stacks of Linux; other systems give a thread a sixteenth of those. */
export const MOST_LEVELS = 1_000

const LF = 0x0a
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const COMMA = 0x2c
const COLON = 0x3a
const SPACE = 0x20
/** Stands for a text without a character. */
const EMPTY = 0

export class JsonDepth {
  /** Levels of the deepest value so far. */
  deepest = 0
  readonly #name: string
  /** Every line is a value of its own. */
  readonly #isLines: boolean
  #depth = 0
  #line = 1
  #isText = false
  #isEscaped = false
  #length = 0
  /** The last byte outside texts that is no space. */
  #last = SPACE

  constructor({ name, isLines }: { readonly name: string; readonly isLines: boolean }) {
    this.#name = name
    this.#isLines = isLines
  }

  /** UTF-8, or what has its ASCII. @throws query.unreadable-file at the first level too many, and with the line */
  feed(chunk: Uint8Array): void {
    let [depth, isText, isEscaped] = [this.#depth, this.#isText, this.#isEscaped]
    let [length, last] = [this.#length, this.#last]
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (byte === LF) {
        this.#line++
        // No text has one: what is not closed here never was one.
        isText = false
        isEscaped = false
        if (this.#isLines) [depth, last] = [0, SPACE]
      } else if (isText) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE) [isText, last] = [false, length === 0 ? EMPTY : QUOTE]
        length++
      } else if (byte <= SPACE) {
        continue
      } else if (byte === QUOTE) {
        isText = true
        length = 0
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        if (++depth > this.deepest) this.#deeper(depth)
        last = byte
      } else {
        if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
          if (last === COMMA) this.#refuse(`a comma stands before ${String.fromCharCode(byte)}`)
          if (depth > 0) depth--
        } else if (byte === COLON && last === EMPTY) {
          this.#refuse('a key has no characters, and SQL has no such name')
        }
        last = byte
      }
    }
    this.#depth = depth
    this.#isText = isText
    this.#isEscaped = isEscaped
    this.#length = length
    this.#last = last
  }

  #refuse(reason: string): never {
    throw unreadable(this.#name, `line ${this.#line}: ${reason}`, { line: this.#line })
  }

  #deeper(depth: number): void {
    this.deepest = depth
    if (depth <= MOST_LEVELS) return
    const reason = `line ${this.#line} has lists or objects in more than ${MOST_LEVELS} levels`
    throw unreadable(this.#name, reason, { line: this.#line, expected: MOST_LEVELS })
  }
}

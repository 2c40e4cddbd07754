/**
 * One pass over all bytes of delimited text: how many records there are, which of them do not fit, how lines end,
 * and what would mislead DuckDB's reader. Nothing is decoded, so that a gigabyte takes seconds. Promises the
 * records of `csv-records`, which a test compares.
 */
import type { Dialect } from './csv-records'

export interface ScanOptions {
  readonly dialect: Dialect
  /** Lines above the first record, whatever is in them. */
  readonly skip: number
  /** Values of a record. */
  readonly width: number
}

export interface Misfit {
  readonly line: number
  readonly values: number
  /** It has a NUL byte, whatever its width. */
  readonly hasNul: boolean
}

export interface CsvShape {
  /** Those that have something, of the table's width or not. */
  readonly records: number
  readonly lines: number
  readonly lineEnds: readonly ('LF' | 'CRLF' | 'CR')[]
  /** Lines without anything, not counting those at the end. */
  readonly blankLines: number
  readonly blanksAtEnd: number
  /** Records of another width, and those with NUL bytes: how many, and the first of them. */
  readonly misfits: { readonly count: number; readonly first: readonly Misfit[] }
  /** The first of them that cannot be filled up: it has more values than the table, or NUL bytes. */
  readonly longer: Misfit | null
  /** Records with one empty value more than the table has. */
  readonly trailingDelimiters: number
  readonly commentLines: number
  /** Line of the first quote that does not close its value; null where there is none. */
  readonly misquotedLine: number | null
  /** Of the first value that is never closed. */
  readonly unclosedLine: number | null
  readonly longestRecord: number
  /** Every record is one line, so that row n is n lines below the first. */
  readonly rowsAreLines: boolean
}

const MOST_MISFITS = 20
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const TAB = 0x09

const START = 0
const PLAIN = 1
const QUOTED = 2
const CLOSED = 3
const ESCAPED = 4
const COMMENT = 5
const ABOVE = 6

export class CsvScan {
  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  readonly #comment: number
  readonly #width: number
  readonly #isSpaced: boolean
  readonly #stops: Uint8Array
  #above: number
  #state: number
  #afterCr = false
  #crOpen = false
  #line = 1
  #startLine = 1
  #values = 0
  #fieldBytes = 0
  #fieldQuoted = false
  #isBlank = true
  #misquoted = false
  #recordBytes = 0
  #records = 0
  #blankRun = 0
  #blankLines = 0
  #ends = { LF: false, CRLF: false, CR: false }
  #misfits = 0
  readonly #first: Misfit[] = []
  #longer: Misfit | null = null
  #trailing = 0
  #comments = 0
  #misquotedLine: number | null = null
  #unclosedLine: number | null = null
  #hasNul = false
  #longest = 0
  #rowsAreLines = true

  constructor({ dialect, skip, width }: ScanOptions) {
    const code = (character: string): number => (character === '' ? -1 : character.charCodeAt(0))
    this.#delimiter = code(dialect.delimiter)
    this.#quote = code(dialect.quote)
    this.#escape = code(dialect.escape)
    this.#comment = code(dialect.comment)
    this.#width = width
    this.#isSpaced = dialect.delimiter === ' '
    this.#above = skip
    this.#state = skip > 0 ? ABOVE : START
    this.#stops = new Uint8Array(256)
    for (const stop of [this.#delimiter, this.#quote, this.#escape, LF, CR, 0, SPACE, TAB])
      if (stop >= 0) this.#stops[stop] = 1
  }

  feed(bytes: Uint8Array): void {
    const stops = this.#stops
    const { length } = bytes
    let at = 0
    while (at < length) {
      const byte = bytes[at]!
      const state = this.#state
      if (this.#afterCr) {
        this.#afterCr = false
        if (byte === LF) {
          if (this.#crOpen) this.#ends.CRLF = true
          at++
          continue
        }
        if (this.#crOpen) this.#ends.CR = true
      }
      if (stops[byte] === 0 && (state === PLAIN || state === QUOTED)) {
        let to = at + 1
        while (to < length && stops[bytes[to]!] === 0) to++
        this.#fieldBytes += to - at
        this.#recordBytes += to - at
        if (state === PLAIN) this.#isBlank = false
        at = to
        continue
      }
      at++
      this.#recordBytes++
      const isEnd = byte === LF || byte === CR
      if (isEnd) {
        this.#line++
        if (byte === CR) {
          this.#afterCr = true
          this.#crOpen = state !== QUOTED && state !== ESCAPED
        } else if (state !== QUOTED && state !== ESCAPED) this.#ends.LF = true
      } else if (byte === 0) this.#hasNul = true
      this.#step(byte, isEnd)
    }
  }

  #step(byte: number, isEnd: boolean): void {
    switch (this.#state) {
      case QUOTED:
        if (byte === this.#escape && this.#escape !== this.#quote) this.#state = ESCAPED
        else if (byte === this.#quote) this.#state = CLOSED
        else this.#fieldBytes++
        return
      case ESCAPED:
        this.#fieldBytes++
        this.#state = QUOTED
        return
      case COMMENT:
        if (isEnd) this.#begin()
        return
      case ABOVE:
        if (isEnd && --this.#above === 0) this.#begin()
        return
      case CLOSED:
        if (byte === this.#quote && this.#escape === this.#quote) {
          this.#fieldBytes++
          this.#state = QUOTED
          return
        }
        break
      case START:
        if (byte === this.#comment && this.#values === 0 && this.#fieldBytes === 0) {
          this.#comments++
          this.#state = COMMENT
          return
        }
        if (byte === this.#quote) {
          this.#fieldQuoted = true
          this.#isBlank = false
          this.#state = QUOTED
          return
        }
        break
    }
    if (isEnd) this.#endRecord()
    else if (byte === this.#delimiter) this.#endField()
    else {
      if (this.#state === CLOSED) {
        if (byte === SPACE) return
        this.#misquoted = true
      } else this.#state = PLAIN
      if (byte !== SPACE && byte !== TAB) this.#isBlank = false
      this.#fieldBytes++
    }
  }

  #endField(): void {
    if (this.#isSpaced && this.#fieldBytes === 0 && !this.#fieldQuoted) return
    this.#values++
    if (!this.#isSpaced) this.#isBlank = false
    this.#fieldBytes = 0
    this.#fieldQuoted = false
    this.#state = START
  }

  #endRecord(): void {
    const isEmpty = this.#fieldBytes === 0 && !this.#fieldQuoted
    if (this.#isBlank && this.#values === 0) {
      this.#blankRun++
      return this.#begin()
    }
    const values = this.#isSpaced && isEmpty ? this.#values : this.#values + 1
    this.#blankLines += this.#blankRun
    this.#blankRun = 0
    this.#records++
    if (this.#recordBytes > this.#longest) this.#longest = this.#recordBytes
    // The line has ended already, unless the text has.
    if (this.#line - this.#startLine > 1) this.#rowsAreLines = false
    if (this.#misquoted && this.#misquotedLine === null) this.#misquotedLine = this.#startLine
    const isTrailing = values === this.#width + 1 && isEmpty
    if (this.#hasNul || (values !== this.#width && !isTrailing)) {
      const misfit = { line: this.#startLine, values, hasNul: this.#hasNul }
      this.#misfits++
      if (values > this.#width || misfit.hasNul) this.#longer ??= misfit
      if (this.#first.length < MOST_MISFITS) this.#first.push(misfit)
    } else if (isTrailing) this.#trailing++
    this.#begin()
  }

  #begin(): void {
    this.#values = 0
    this.#fieldBytes = 0
    this.#fieldQuoted = false
    this.#isBlank = true
    this.#misquoted = false
    this.#hasNul = false
    this.#recordBytes = 0
    this.#state = START
    this.#startLine = this.#line
  }

  end(): CsvShape {
    if (this.#afterCr && this.#crOpen) this.#ends.CR = true
    if (this.#state === QUOTED || this.#state === ESCAPED) this.#unclosedLine = this.#startLine
    const isOpen = this.#values > 0 || this.#fieldBytes > 0 || this.#fieldQuoted
    if (this.#state !== COMMENT && this.#state !== ABOVE && isOpen) this.#endRecord()
    const ends = this.#ends
    return {
      records: this.#records,
      lines: this.#line,
      lineEnds: (['LF', 'CRLF', 'CR'] as const).filter((end) => ends[end]),
      blankLines: this.#blankLines,
      blanksAtEnd: this.#blankRun,
      misfits: { count: this.#misfits, first: this.#first },
      longer: this.#longer,
      trailingDelimiters: this.#trailing,
      commentLines: this.#comments,
      misquotedLine: this.#misquotedLine,
      unclosedLine: this.#unclosedLine,
      longestRecord: this.#longest,
      rowsAreLines: this.#rowsAreLines && this.#blankLines === 0 && this.#comments === 0,
    }
  }
}

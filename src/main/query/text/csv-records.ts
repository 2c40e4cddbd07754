/**
 * The records of delimited text, as they are written: fields with their quotes undone, and the line on which
 * each record begins. It takes everything and judges nothing: what is odd is told beside the record. Lines end
 * with LF, CRLF or CR, also mixed.
 */
export interface Dialect {
  /** One ASCII character; a space stands for any number of them. */
  readonly delimiter: string
  /** One ASCII character, or empty where nothing is quoted. */
  readonly quote: string
  readonly escape: string
  /** One ASCII character, or empty: a line that begins with it is no record. */
  readonly comment: string
}

export interface Field {
  readonly text: string
  readonly isQuoted: boolean
}

export interface CsvRecord {
  /** Of the file, from 1, on which it begins. */
  readonly line: number
  readonly fields: readonly Field[]
  /** The line has nothing, or nothing but spaces. */
  readonly isBlank: boolean
  /** Something stands behind a closing quote, or a quote is not closed. */
  readonly isMisquoted: boolean
}

type State = 'start' | 'plain' | 'quoted' | 'closed' | 'escaped' | 'comment'

export class CsvRecords {
  readonly #dialect: Dialect
  readonly #emit: (record: CsvRecord) => void
  readonly #isSpaced: boolean
  #state: State = 'start'
  #line: number
  #startLine: number
  #fields: Field[] = []
  #text = ''
  #isQuoted = false
  #isMisquoted = false
  #isBlank = true
  /** A CR was the last character: a LF behind it belongs to it. */
  #afterCr = false

  /** @param line of the file, on which the text begins */
  constructor(dialect: Dialect, line: number, emit: (record: CsvRecord) => void) {
    this.#dialect = dialect
    this.#emit = emit
    this.#line = line
    this.#startLine = line
    this.#isSpaced = dialect.delimiter === ' '
  }

  feed(text: string): void {
    const { delimiter, quote, escape, comment } = this.#dialect
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!
      if (this.#afterCr) {
        this.#afterCr = false
        if (character === '\n') {
          if (this.#state === 'quoted') this.#text += '\n'
          continue
        }
      }
      const isEnd = character === '\n' || character === '\r'
      if (isEnd) {
        this.#line++
        this.#afterCr = character === '\r'
      }
      switch (this.#state) {
        case 'quoted':
          if (character === escape && escape !== quote) this.#state = 'escaped'
          else if (character === quote) this.#state = 'closed'
          else this.#text += character
          continue
        case 'escaped':
          this.#text += character
          this.#state = 'quoted'
          continue
        case 'comment':
          if (isEnd) this.#begin()
          continue
        case 'closed':
          if (character === quote && escape === quote) {
            this.#text += character
            this.#state = 'quoted'
            continue
          }
          break
        case 'start':
          if (comment !== '' && character === comment && this.#fields.length === 0 && this.#text === '') {
            this.#state = 'comment'
            continue
          }
          if (character === quote && quote !== '') {
            this.#isQuoted = true
            this.#isBlank = false
            this.#state = 'quoted'
            continue
          }
          break
        case 'plain':
          break
      }
      if (isEnd) this.#endRecord()
      else if (character === delimiter) this.#endField()
      else {
        if (this.#state === 'closed') {
          if (character === ' ') continue
          this.#isMisquoted = true
        } else this.#state = 'plain'
        if (character !== ' ' && character !== '\t') this.#isBlank = false
        this.#text += character
      }
    }
  }

  /** The last record, which needs no end of its line. */
  end(): void {
    if (this.#state === 'quoted' || this.#state === 'escaped') this.#isMisquoted = true
    const isOpen = this.#fields.length > 0 || this.#text !== '' || this.#isQuoted
    if (this.#state !== 'comment' && isOpen) this.#endRecord()
  }

  #endField(): void {
    if (this.#isSpaced && this.#text === '' && !this.#isQuoted) return
    this.#fields.push({ text: this.#text, isQuoted: this.#isQuoted })
    if (!this.#isSpaced) this.#isBlank = false
    this.#text = ''
    this.#isQuoted = false
    this.#state = 'start'
  }

  #endRecord(): void {
    const isBlank = this.#isBlank && this.#fields.length === 0
    // Spaces at the end of a line that is divided by spaces delimit nothing.
    const isDangling = this.#isSpaced && this.#text === '' && !this.#isQuoted && this.#fields.length > 0
    if (!isDangling) this.#fields.push({ text: this.#text, isQuoted: this.#isQuoted })
    const record = { line: this.#startLine, fields: this.#fields, isBlank, isMisquoted: this.#isMisquoted }
    this.#begin()
    this.#emit(record)
  }

  #begin(): void {
    this.#fields = []
    this.#text = ''
    this.#isQuoted = false
    this.#isMisquoted = false
    this.#isBlank = true
    this.#state = 'start'
    this.#startLine = this.#line
  }
}

/** Of a text that is at hand. With `isCut`, it goes on, and its last record is left out. */
export function recordsOf(text: string, dialect: Dialect, { line = 1, isCut = false } = {}): readonly CsvRecord[] {
  const records: CsvRecord[] = []
  const parser = new CsvRecords(dialect, line, (record) => void records.push(record))
  parser.feed(text)
  if (!isCut) parser.end()
  return records
}

/** The lines of a text, whatever they are of. With `isCut`, it goes on, and its last line is left out. */
export function linesOf(text: string, isCut: boolean): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (isCut || lines.at(-1) === '') lines.pop()
  return lines
}

/**
 * Delimited text written again in the one dialect that DuckDB reads without exceptions: UTF-8, commas, double
 * quotes, LF, nothing but the rows. Made of files that have something in them that is to be left out, or that
 * DuckDB would read otherwise than it is meant.
 */
import { CsvRecords, type CsvRecord, type Dialect } from './csv-records'
import type { Chunks } from './text-bytes'

export interface CopyPlan {
  readonly dialect: Dialect
  /** Lines above the first record, whatever is in them. */
  readonly skip: number
  readonly width: number
  /** What is done with records of another width; `refuse` has none. */
  readonly badLines: 'refuse' | 'skip' | 'fill'
}

/** The dialect of a copy. */
export const COPY_DIALECT: Dialect = { delimiter: ',', quote: '"', escape: '"', comment: '' }

const FLUSH = 256 * 1024
const NEEDS_QUOTES = /[",\r\n]/

/** @param chunks UTF-8 */
export async function* copyOf(chunks: Chunks, plan: CopyPlan): AsyncGenerator<Uint8Array> {
  const { width, badLines } = plan
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  let out: string[] = []
  let size = 0
  let blanks = 0
  const write = ({ fields, isBlank }: CsvRecord): void => {
    if (isBlank) {
      // Of one column, a line with nothing is a row without a value, unless nothing follows.
      if (width === 1) blanks++
      return
    }
    for (; blanks > 0; blanks--) out.push('\n')
    const last = fields.at(-1)!
    const isTrailing = fields.length === width + 1 && last.text === '' && !last.isQuoted
    const isLonger = fields.length > width && !isTrailing
    const isMisfit = isLonger || fields.length < width || fields.some(({ text }) => text.includes('\0'))
    if (isMisfit && badLines === 'skip') return
    const line: string[] = []
    for (let column = 0; column < width; column++) {
      const field = fields[column]
      if (field === undefined) line.push('')
      else if (field.text === '') line.push(field.isQuoted ? '""' : '')
      else
        line.push(
          field.isQuoted || NEEDS_QUOTES.test(field.text) || /^\s|\s$/.test(field.text)
            ? `"${field.text.replaceAll('"', '""')}"`
            : field.text,
        )
    }
    const text = `${line.join(',')}\n`
    out.push(text)
    size += text.length
  }
  const records = new CsvRecords(plan.dialect, 1, write)
  const above = new LinesAbove(plan.skip)
  for await (const chunk of chunks) {
    records.feed(above.rest(decoder.decode(chunk, { stream: true })))
    if (size < FLUSH) continue
    yield encoder.encode(out.join(''))
    out = []
    size = 0
  }
  records.feed(above.rest(decoder.decode()))
  records.end()
  if (out.length > 0) yield encoder.encode(out.join(''))
}

/** Takes so many lines from the beginning of a text that comes in pieces. */
class LinesAbove {
  #left: number
  #afterCr = false

  constructor(lines: number) {
    this.#left = lines
  }

  rest(text: string): string {
    let at = 0
    while (at < text.length && (this.#left > 0 || this.#afterCr)) {
      const character = text[at]!
      if (this.#afterCr) {
        this.#afterCr = false
        if (character === '\n') {
          at++
          continue
        }
        if (this.#left === 0) break
      }
      if (character === '\n') this.#left--
      else if (character === '\r') {
        this.#left--
        this.#afterCr = true
      }
      at++
    }
    return at === 0 ? text : text.slice(at)
  }
}

/**
 * Everything a command prints goes through here: one JSON document with `--json`, text for people on a
 * terminal, tab-separated text for programs. Messages and progress go to stderr.
 */
import { styleText } from 'node:util'
import type { WireError, Progress, ChangeKind } from '../../shared/model'
import { count, cut, forTerminal, GLYPHS, jsonText, obeyingColours, oneLine, size, visible, widthOf } from './display'
import type { Io } from './io'

export interface TableColumn {
  readonly title: string
  readonly align?: 'left' | 'right'
}
/** What a cell shows on a terminal, and what programs get where that differs. */
export type Cell =
  string | { readonly text: string; readonly plain: string | readonly string[]; readonly change?: ChangeKind }

const COLOURS = { added: 'green', modified: 'yellow', deleted: 'red', renamed: 'cyan' } as const

const LINES_AT_ONCE = 1_000

export class Output {
  /** Whether stdout carries one JSON document and nothing else. */
  readonly isJson: boolean
  readonly #io: Io
  readonly #colours: boolean
  /** After every error, e.g. where in a script it happened. */
  readonly #place: string
  #progressShown = false
  #answered = false
  #failure: WireError | undefined

  constructor(io: Io, isJson: boolean, place = '') {
    this.#io = io
    this.isJson = isJson
    this.#place = place
    const { NO_COLOR, TERM } = io.env
    this.#colours = io.stdout.isTerminal && !NO_COLOR && TERM !== 'dumb'
  }

  /** The error that ended the command, whatever it had printed before. */
  get failure(): WireError | undefined {
    return this.#failure
  }

  get isTerminal(): boolean {
    return this.#io.stdout.isTerminal
  }

  get columns(): number {
    return this.#io.stdout.columns
  }

  /** The command's answer: the value with `--json`, else what `text` prints. */
  async show(value: unknown, text: () => Promise<void> | void): Promise<void> {
    if (this.isJson) await this.raw(`${jsonText(value)}\n`)
    else await text()
  }

  /** A line on stdout; nothing with `--json`. */
  async line(text: string): Promise<void> {
    if (!this.isJson) await this.raw(`${obeyingColours(text)}\n`)
  }

  /** Many lines on stdout, in few writes; nothing with `--json`. */
  async lines(texts: readonly string[]): Promise<void> {
    if (this.isJson) return
    for (let at = 0; at < texts.length; at += LINES_AT_ONCE) {
      await this.raw(`${obeyingColours(texts.slice(at, at + LINES_AT_ONCE).join('\n'))}\n`)
    }
  }

  /** Text or bytes on stdout as they are. */
  async raw(chunk: string | Uint8Array): Promise<void> {
    await this.clearProgress()
    this.#answered = true
    await this.#io.stdout.write(chunk)
  }

  /** Content on stdout: bytes as they are, except that a terminal is not made to obey them. */
  async content(chunks: AsyncIterable<Uint8Array>, kind: 'text' | 'json' = 'text'): Promise<void> {
    for await (const chunk of this.isTerminal ? forTerminal(chunks, kind) : chunks) await this.raw(chunk)
  }

  /** A message for people, on stderr. */
  async note(text: string): Promise<void> {
    await this.clearProgress()
    await this.#io.stderr.write(`${obeyingColours(text)}\n`)
  }

  /** Aligned, with titles, on a terminal; tab-separated and exact otherwise. */
  async table(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): Promise<void> {
    if (!this.isTerminal) return this.lines(rows.map((row) => row.flatMap(plainOf).join('\t')))
    if (rows.length === 0) return
    const widths = columns.map(({ title }) => widthOf(title))
    for (const row of rows) {
      for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i]!, widthOf(textOf(cell)))
    }
    const print = (cells: readonly Cell[], style: (text: string, cell: Cell) => string): string =>
      cells
        .map((cell, i) => {
          const text = textOf(cell)
          const pad = ' '.repeat(widths[i]! - widthOf(text))
          return columns[i]?.align === 'right' ? pad + style(text, cell) : style(text, cell) + pad
        })
        .join('  ')
        .trimEnd()
    const titles = columns.map(({ title }) => title)
    const heading = titles.some((title) => title !== '') ? [print(titles, (text) => this.dim(text))] : []
    await this.lines([...heading, ...rows.map((row) => print(row, (text, cell) => this.#coloured(text, cell)))])
  }

  dim(text: string): string {
    return this.#styled('dim', text)
  }

  bold(text: string): string {
    return this.#styled('bold', text)
  }

  /** The glyph of a change and its text, in the change's colour. */
  change(kind: ChangeKind, text: string): string {
    const line = `${GLYPHS[kind]} ${text}`
    return this.#styled(COLOURS[kind], line)
  }

  /** One line on stderr; with `--json` also the document on stdout, unless one has begun there. */
  async error({ code, message, detail }: WireError): Promise<void> {
    this.#failure = { code, message, detail }
    await this.errorLine(this.#failure)
    if (this.isJson && !this.#answered) await this.raw(`${jsonText({ error: this.#failure })}\n`)
  }

  /** A mistake in a statement is named with its place. */
  async errorLine({ code, message, detail }: WireError): Promise<void> {
    const { line, column } = detail
    const place = typeof line === 'number' && typeof column === 'number' ? ` (line ${line}, column ${column})` : ''
    await this.note(`pond: ${code}: ${oneLine(message)}${place}${this.#place}`)
  }

  /** How far long work has come: a line that rewrites itself, on a terminal only. */
  readonly progress = (progress: Progress): void => {
    const { stderr } = this.#io
    if (!stderr.isTerminal) return
    this.#progressShown = true
    void stderr.write(`\r\u001b[2K${cut(progressText(progress), stderr.columns - 1)}`).catch(() => undefined)
  }

  async clearProgress(): Promise<void> {
    if (!this.#progressShown) return
    this.#progressShown = false
    await this.#io.stderr.write('\r\u001b[2K')
  }

  /** Whether colours are wanted is decided here, not by the process's own stdout. */
  #styled(style: Parameters<typeof styleText>[0], text: string): string {
    return this.#colours && text !== '' ? styleText(style, text, { validateStream: false }) : text
  }

  #coloured(text: string, cell: Cell): string {
    const kind = typeof cell === 'string' ? undefined : cell.change
    return kind === undefined ? text : this.#styled(COLOURS[kind], text)
  }
}

function textOf(cell: Cell | undefined): string {
  return visible(typeof cell === 'string' ? cell : (cell?.text ?? ''))
}

/** A cell may be several fields to a program. */
function plainOf(cell: Cell): string[] {
  const plain = typeof cell === 'string' ? cell : cell.plain
  return (typeof plain === 'string' ? [plain] : [...plain]).map(visible)
}

function progressText({ done, total, unit, note }: Progress): string {
  const amount = (n: number): string =>
    unit === 'bytes' ? size(n) : unit === 'percent' ? `${Math.round(n)} %` : count(n, unit.slice(0, -1))
  const so = total === null || unit === 'percent' ? amount(done) : `${amount(done)} of ${amount(total)}`
  return note === '' ? so : `${so}  ${visible(note)}`
}

/**
 * The rows of a sheet, one at a time, with what each cell holds (ECMA-376, 18.3.1): cached values of formulas, and
 * nothing that would have to be computed.
 */
import { clockText, instantText } from './number-format'
import { NoWorkbook, type Parts, type XmlHandler } from './parts'
import { plainText, RichText, type Workbook } from './workbook'

export type CellKind = 'text' | 'integer' | 'fraction' | 'boolean' | 'day' | 'instant' | 'clock' | 'span' | 'error'

export interface Cell {
  /** From 1. */
  readonly column: number
  readonly kind: CellKind
  readonly text: string
  /** Its number is shown as another one. */
  readonly shownAs?: 'percent' | 'currency'
}

export interface SheetRow {
  /** From 1. */
  readonly row: number
  readonly isHidden: boolean
  /** Those that hold something, from left to right. */
  readonly cells: readonly Cell[]
  /** Columns of formulas whose value the file does not have. */
  readonly uncomputed: number
}

/** What a sheet says of itself beside its rows. */
export interface SheetFacts {
  merged: number
  hiddenColumns: number
}

const MOST_ROWS = 1_048_576
const MOST_COLUMNS = 16_384
const MS_PER_DAY = 86_400_000

/** @throws NoWorkbook */
export async function* sheetRows(
  parts: Parts,
  part: string,
  {
    workbook,
    facts,
    step,
  }: { readonly workbook: Workbook; readonly facts: SheetFacts; readonly step: () => Promise<void> },
): AsyncGenerator<SheetRow> {
  const reader = new SheetReader(workbook, facts)
  for await (const _piece of parts.parse(part, reader)) {
    yield* reader.take()
    await step()
  }
}

class SheetReader implements XmlHandler {
  readonly #workbook: Workbook
  readonly #facts: SheetFacts
  readonly #inline = new RichText()
  #rows: SheetRow[] = []
  #row = 0
  #isHidden = false
  #cells: Cell[] = []
  #uncomputed = 0
  #column = 0
  #type = 'n'
  #style = 0
  #value: string | null = null
  #isValue = false
  #hasFormula = false

  constructor(workbook: Workbook, facts: SheetFacts) {
    this.#workbook = workbook
    this.#facts = facts
  }

  take(): SheetRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'row':
        this.#row = attributes['r'] === undefined ? this.#row + 1 : within(Number(attributes['r']), MOST_ROWS)
        this.#isHidden = isTrue(attributes['hidden'])
        this.#cells = []
        this.#uncomputed = 0
        this.#column = 0
        break
      case 'c':
        this.#column = attributes['r'] === undefined ? this.#column + 1 : columnOf(attributes['r'])
        within(this.#column, MOST_COLUMNS)
        this.#type = attributes['t'] ?? 'n'
        this.#style = Number(attributes['s'] ?? 0)
        this.#value = null
        this.#hasFormula = false
        this.#inline.begin()
        break
      case 'f':
        this.#hasFormula = true
        break
      case 'v':
        this.#isValue = true
        this.#value = ''
        break
      case 'mergeCell':
        this.#facts.merged++
        break
      case 'col':
        if (isTrue(attributes['hidden'])) {
          const [from, to] = [Number(attributes['min'] ?? 1), Number(attributes['max'] ?? 1)]
          this.#facts.hiddenColumns += Math.max(0, Math.min(to, MOST_COLUMNS) - from + 1)
        }
        break
      default:
        this.#inline.open(name)
    }
  }

  text(text: string): void {
    if (this.#isValue) this.#value += text
    else this.#inline.text(text)
  }

  close(name: string): void {
    if (name === 'v') this.#isValue = false
    else if (name === 'c') this.#endCell()
    else if (name === 'row')
      this.#rows.push({ row: this.#row, isHidden: this.#isHidden, cells: this.#cells, uncomputed: this.#uncomputed })
    else this.#inline.close(name)
  }

  #endCell(): void {
    const value = this.#type === 'inlineStr' ? this.#inline.end() : this.#value
    if (value === null || (value === '' && this.#type !== 'inlineStr' && this.#type !== 'str')) {
      if (this.#hasFormula) this.#uncomputed++
      return
    }
    const cell = this.#cell(value)
    if (cell !== null) this.#cells.push(cell)
  }

  #cell(value: string): Cell | null {
    const column = this.#column
    switch (this.#type) {
      case 's': {
        const text = this.#workbook.texts[Number(value)]
        if (text === undefined) throw new NoWorkbook('it is damaged: a cell refers to a text that is not there')
        return { column, kind: 'text', text }
      }
      case 'inlineStr':
        return { column, kind: 'text', text: value }
      case 'str':
        return { column, kind: 'text', text: plainText(value) }
      case 'b':
        return { column, kind: 'boolean', text: isTrue(value) ? 'true' : 'false' }
      case 'e':
        return { column, kind: 'error', text: value }
      case 'd':
        return isoCell(column, value)
      default:
        return this.#number(column, value.trim())
    }
  }

  #number(column: number, text: string): Cell {
    const number = Number(text)
    if (text === '' || !Number.isFinite(number)) return { column, kind: 'text', text }
    const kind = this.#workbook.kinds[this.#style] ?? 'number'
    if (kind === 'span' && number >= 0)
      return { column, kind: 'span', text: clockText(Math.round(number * MS_PER_DAY)) }
    if (kind === 'time' && number >= 0 && number < 1) {
      const millis = Math.round(number * MS_PER_DAY)
      if (millis < MS_PER_DAY) return { column, kind: 'clock', text: clockText(millis) }
    }
    if (kind === 'date' || kind === 'time') {
      const instant = instantText(number, this.#workbook.is1904)
      if (instant !== null)
        return { column, kind: instant.isDay && kind === 'date' ? 'day' : 'instant', text: instant.text }
    }
    const shown = kind === 'percent' || kind === 'currency' ? { shownAs: kind } : {}
    // As it is spelt: a program may write more digits than Excel keeps.
    if (/^-?\d+$/.test(text)) return { column, kind: 'integer', text, ...shown }
    const isInteger = Number.isSafeInteger(number) && !Object.is(number, -0)
    // Beyond what a double holds, digits written out would be those of no file.
    const isGreat = Number.isInteger(number) && !Number.isSafeInteger(number)
    return { column, kind: isInteger ? 'integer' : 'fraction', text: isGreat ? text : String(number), ...shown }
  }
}

/** ISO 8601, in workbooks of the strict kind. */
function isoCell(column: number, value: string): Cell {
  const [, day, clock] = /^(\d{4}-\d\d-\d\d)?T?(\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?Z?$/.exec(value) ?? []
  if (day !== undefined && (clock === undefined || /^00:00(:00(\.0+)?)?$/.test(clock)))
    return { column, kind: 'day', text: day }
  if (day !== undefined) return { column, kind: 'instant', text: `${day} ${clock!}` }
  return clock === undefined ? { column, kind: 'text', text: value } : { column, kind: 'clock', text: clock }
}

function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true'
}

function within(count: number, most: number): number {
  if (!(Number.isSafeInteger(count) && count >= 1 && count <= most))
    throw new NoWorkbook('it is damaged: a cell has no possible place')
  return count
}

/** Of a reference such as `BC12`. */
export function columnOf(reference: string): number {
  let column = 0
  for (const letter of /^\$?([A-Za-z]{1,3})/.exec(reference)?.[1]?.toUpperCase() ?? '')
    column = column * 26 + letter.charCodeAt(0) - 64
  return column
}

/** `A`, `Z`, `AA`. */
export function columnName(column: number): string {
  let name = ''
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  return name
}

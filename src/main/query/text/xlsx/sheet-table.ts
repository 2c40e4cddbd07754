/**
 * The table on a sheet, as text that every cell is written into by what it is, and what was decided about it: which
 * sheet and which cells, whether a row names the columns, of which types they are. The same rules for texts as
 * for text files follow behind.
 */
import { PondError } from '../../../../shared/errors'
import type { ReadingNote, ReadingOptions, SheetName } from '../../../../shared/model'
import { nearest } from '../../../../shared/nearest'
import { quote } from '../../../../shared/path'
import type { TableBytes } from '../../source'
import { fitting, meantFormats } from '../said-kind'
import { NoWorkbook, Parts } from './parts'
import { rangeOf, type Range } from './range'
import { ColumnFacts } from './sheet-columns'
import { columnName, sheetRows, type Cell, type SheetFacts, type SheetRow } from './sheet'
import { readWorkbook, type Sheet, type Workbook } from './workbook'

export interface SheetTable {
  readonly sheet: string
  /** All that the workbook has. */
  readonly sheets: readonly SheetName[]
  /** Such as `B3:F120`, the header included. */
  readonly range: string
  readonly hasHeader: boolean
  /** Row of the sheet that the first line of the text is. */
  readonly firstRow: number
  readonly names: readonly string[]
  /** Known when the text was written. */
  types(): Readonly<Record<string, string>>
  notes(): readonly ReadingNote[]
  /** CSV with a line of names, to be read once. */
  readonly text: AsyncIterable<Uint8Array>
}

export interface SheetRequest {
  /** Of the file, for messages. */
  readonly name: string
  readonly said: Pick<ReadingOptions, 'sheet' | 'range' | 'header' | 'skip' | 'nulls' | 'types' | 'timestampFormats'>
  /** Called between pieces of work; throws where it is to end. */
  step(): Promise<void>
}

/** Rows by which it is decided where the table begins. */
const LOOKED_AT = 200
/** Lines are written up to it; beyond, a column far to the right would make a text without end. */
const MOST_CELLS = 200_000_000
const PIECE_LENGTH = 64 * 1024

/** @throws query.unreadable-file, query.bad-reading, and what `step` throws */
export async function sheetTable(bytes: TableBytes, request: SheetRequest): Promise<SheetTable> {
  let workbook: Workbook | undefined
  try {
    const parts = await Parts.open(bytes)
    workbook = await readWorkbook(parts, () => request.step())
    return await tableOf(parts, workbook, request)
  } catch (error) {
    throw unreadable(error, request.name, workbook)
  }
}

const namesOf = ({ sheets }: Workbook): SheetName[] => sheets.map(({ name, isHidden }) => ({ name, isHidden }))

/** It says which sheets there are: another one may be the table. */
function unreadable(error: unknown, name: string, workbook: Workbook | undefined): unknown {
  if (!(error instanceof NoWorkbook)) return error
  const message = `${quote(name)} cannot be read as a table: ${error.message}`
  const sheets = workbook === undefined ? {} : { sheets: namesOf(workbook) }
  const detail = { path: name, reason: error.message, options: [], hints: [], candidates: [], ...sheets }
  return new PondError('query.unreadable-file', message, detail, error)
}

async function tableOf(parts: Parts, workbook: Workbook, request: SheetRequest): Promise<SheetTable> {
  const { said, name } = request
  const sheet = chosenSheet(workbook, request)
  const wanted = rangeOf(said.range)
  const survey = await surveyed(rowsOf(parts, workbook, sheet, request), wanted)
  if (survey === null)
    throw new NoWorkbook(
      `its sheet ${quote(sheet.name)} has no values${said.range === undefined ? '' : ` in ${said.range}`}`,
    )
  const start =
    said.skip === undefined ? beginning(survey, said.range !== undefined) : Math.max(wanted.top, said.skip + 1)
  const first = survey.rows.find(({ row }) => row >= start) ?? null
  if (first === null) throw new NoWorkbook(`its sheet ${quote(sheet.name)} has no values below row ${start - 1}`)
  const range = { left: survey.left, right: survey.right, top: first.row, bottom: survey.bottom }
  const hasHeader = said.header ?? looksLikeHeader(first, survey)
  if ((range.bottom - range.top + 1) * (range.right - range.left + 1) > MOST_CELLS)
    throw new NoWorkbook('its table has more than 200 million cells: --range says which are meant')
  const names = columnNames(range, hasHeader ? first : null)
  const formats = said.timestampFormats ?? []
  const columns = names.map((column) => new ColumnFacts(column, fitting(meantFormats(column, formats))))
  const facts: SheetFacts = { merged: 0, hiddenColumns: 0 }
  const losses = new Losses()
  async function* text(): AsyncGenerator<Uint8Array> {
    try {
      let piece = `${names.map(quoted).join(',')}\n`
      let next = range.top + (hasHeader ? 1 : 0)
      for await (const row of rowsOf(parts, workbook, sheet, request, facts)) {
        if (row.row < next || row.row > range.bottom) continue
        // An empty row between others is a row without values.
        for (; next < row.row; next++) {
          piece += line([], range)
          if (piece.length > PIECE_LENGTH) {
            yield Buffer.from(piece)
            piece = ''
            await request.step()
          }
        }
        next = row.row + 1
        losses.row(row)
        piece += line(cellsOf(row, { range, columns, losses, nulls: said.nulls ?? [] }), range)
        if (piece.length < PIECE_LENGTH) continue
        yield Buffer.from(piece)
        piece = ''
      }
      yield Buffer.from(piece)
    } catch (error) {
      throw unreadable(error, name, workbook)
    }
  }
  return {
    sheet: sheet.name,
    sheets: namesOf(workbook),
    range: `${columnName(range.left)}${range.top}:${columnName(range.right)}${range.bottom}`,
    hasHeader,
    firstRow: range.top + (hasHeader ? 0 : -1),
    names,
    text: text(),
    types: () => Object.fromEntries(columns.flatMap((column) => column.type(said.types ?? {}))),
    notes: () => [
      ...decided(workbook, sheet, { said, survey, range, hasHeader }),
      ...losses.notes(),
      ...sheetNotes(facts),
      ...columns.flatMap((column) => column.notes()),
    ],
  }
}

function rowsOf(
  parts: Parts,
  workbook: Workbook,
  sheet: Sheet,
  { step }: SheetRequest,
  facts: SheetFacts = { merged: 0, hiddenColumns: 0 },
): AsyncGenerator<SheetRow> {
  return sheetRows(parts, sheet.part, { workbook, facts, step: () => step() })
}

/** By name or by number from 1; the first that is not hidden where nobody said. */
function chosenSheet(workbook: Workbook, { said, name }: SheetRequest): Sheet {
  const { sheets } = workbook
  if (sheets.length === 0) throw new NoWorkbook('it has no sheets')
  const { sheet: wanted } = said
  if (wanted === undefined) return sheets.find(({ isHidden }) => !isHidden) ?? sheets[0]!
  const found =
    sheets.find((sheet) => sheet.name === wanted) ??
    sheets.find((sheet) => sheet.name.toLowerCase() === wanted.toLowerCase()) ??
    (/^\d+$/.test(wanted) ? sheets[Number(wanted) - 1] : undefined)
  if (found !== undefined) return found
  const names = sheets.map((sheet) => sheet.name)
  const candidates = nearest(wanted, names)
  const message = `${quote(name)} has no sheet ${quote(wanted)}: it has ${names.map(quote).join(', ')}`
  throw new PondError('query.bad-reading', message, {
    option: 'sheet',
    path: name,
    candidates,
    sheets: namesOf(workbook),
  })
}

interface Survey extends Range {
  /** The first ones that hold something. */
  readonly rows: readonly SheetRow[]
  /** Cells that hold something in the widest of them. */
  readonly widest: number
}

async function surveyed(all: AsyncIterable<SheetRow>, range: Range): Promise<Survey | null> {
  const rows: SheetRow[] = []
  let [left, right, bottom] = [Infinity, 0, 0]
  for await (const row of all) {
    if (row.row < range.top || row.row > range.bottom) continue
    const cells = row.cells.filter(({ column }) => column >= range.left && column <= range.right)
    if (cells.length === 0) continue
    left = Math.min(left, cells[0]!.column)
    right = Math.max(right, cells.at(-1)!.column)
    bottom = Math.max(bottom, row.row)
    if (rows.length < LOOKED_AT) rows.push({ ...row, cells })
  }
  if (rows.length === 0) return null
  const widest = Math.max(...rows.map(({ cells }) => cells.length))
  return { rows, left, right, top: rows[0]!.row, bottom, widest }
}

/** A title above a table has one cell, or a few of many. */
function beginning({ rows, widest, top }: Survey, isSaid: boolean): number {
  if (isSaid || widest < 2) return top
  return rows.find(({ cells }) => cells.length * 2 > widest && cells.length >= 2)?.row ?? top
}

/** Texts that differ, above something. */
function looksLikeHeader(first: SheetRow, { rows, bottom }: Survey): boolean {
  if (bottom === first.row) return false
  const texts = first.cells.map(({ text }) => text.trim())
  if (first.cells.some(({ kind }) => kind !== 'text') || texts.includes('')) return false
  if (new Set(texts).size < texts.length) return false
  // A column of texts alone is named by its first only if others are.
  const below = rows.filter(({ row }) => row > first.row)
  return texts.length > 1 || below.some(({ cells }) => cells.some(({ kind }) => kind !== 'text'))
}

/** What a column has no name for is its letter. */
function columnNames({ left, right }: Range, header: SheetRow | null): string[] {
  const said = new Map(header?.cells.map(({ column, text }) => [column, text.trim()]))
  const taken = new Set<string>()
  return Array.from({ length: right - left + 1 }, (_, index) => {
    const wanted = said.get(left + index) || columnName(left + index)
    for (let count = 0; ; count++) {
      const name = count === 0 ? wanted : `${wanted}_${count}`
      if (taken.size < taken.add(name.toLowerCase()).size) return name
    }
  })
}

function cellsOf(
  { row, cells }: SheetRow,
  {
    range,
    columns,
    losses,
    nulls,
  }: { range: Range; columns: readonly ColumnFacts[]; losses: Losses; nulls: readonly string[] },
): Cell[] {
  return cells.filter((cell) => {
    if (cell.column < range.left || cell.column > range.right) return false
    if (nulls.includes(cell.text)) return false
    if (cell.kind === 'error') {
      losses.error(cell, row)
      return false
    }
    columns[cell.column - range.left]!.see(cell, row)
    return true
  })
}

function line(cells: readonly Cell[], { left, right }: Range): string {
  let text = ''
  let column = left
  for (const cell of cells) {
    text += ','.repeat(cell.column - column)
    column = cell.column
    text += cell.kind === 'text' ? quoted(cell.text) : cell.text
  }
  text += ','.repeat(right - column)
  // A line of one column that is empty would be no row.
  return text === '' ? '""\n' : `${text}\n`
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

/** What of the cells is not in the table. */
class Losses {
  #errors = 0
  #firstError: { readonly place: string; readonly text: string } | null = null
  #uncomputed = 0
  #hidden = 0

  row({ isHidden, uncomputed }: SheetRow): void {
    if (isHidden) this.#hidden++
    this.#uncomputed += uncomputed
  }

  error({ column, text }: Cell, row: number): void {
    this.#errors++
    this.#firstError ??= { place: `${columnName(column)}${row}`, text }
  }

  notes(): ReadingNote[] {
    const notes: ReadingNote[] = []
    if (this.#firstError !== null) {
      const { place, text } = this.#firstError
      const message = `${counted(this.#errors, 'cell is an error and is', 'cells are errors and are')} read as no value: the first is ${text} in ${place}`
      notes.push({ message, isLoss: true })
    }
    if (this.#uncomputed > 0) {
      const message = `${counted(this.#uncomputed, 'formula has', 'formulas have')} no value in the file: open and save it in a spreadsheet program`
      notes.push({ message, isLoss: true })
    }
    if (this.#hidden > 0)
      notes.push({ message: `${counted(this.#hidden, 'hidden row is', 'hidden rows are')} read, too` })
    return notes
  }
}

function sheetNotes({ merged, hiddenColumns }: SheetFacts): ReadingNote[] {
  const notes: ReadingNote[] = []
  if (merged > 0)
    notes.push({
      message: `${counted(merged, 'range of cells is', 'ranges of cells are')} merged: the value stands in the first cell of each`,
    })
  if (hiddenColumns > 0 && hiddenColumns < 16_000)
    notes.push({
      message: `${counted(hiddenColumns, 'column is', 'columns are')} hidden in the sheet and read if they hold something`,
    })
  return notes
}

function decided(
  { sheets }: Workbook,
  sheet: Sheet,
  { said, survey, range, hasHeader }: { said: SheetRequest['said']; survey: Survey; range: Range; hasHeader: boolean },
): ReadingNote[] {
  const notes: ReadingNote[] = []
  const others = sheets.filter((each) => each !== sheet)
  if (said.sheet === undefined && others.length > 0) {
    const names = others.map(({ name, isHidden }) => `${quote(name)}${isHidden ? ' (hidden)' : ''}`)
    notes.push({
      message: `the sheet ${quote(sheet.name)} is read, and not ${names.join(', ')} (--sheet says which)`,
      isLoss: true,
    })
  }
  if (range.top > survey.top)
    notes.push({
      message: `what stands in rows ${survey.top} to ${range.top - 1} is above the table and left out (--range says where it is)`,
      isLoss: true,
    })
  if (said.header === undefined)
    notes.push({
      message: hasHeader
        ? `row ${range.top} names the columns`
        : 'no row names the columns: they are called by their letters',
    })
  return notes
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

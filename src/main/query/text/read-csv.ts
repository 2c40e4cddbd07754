/** From the bytes of delimited text to its plan. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import type { ReadingColumn, ReadingNote, ReadingOptions } from '../../../shared/model'
import { quote } from '../../../shared/path'
import { quoteText } from '../engine/quote'
import type { Rules, Seen } from './column-kind'
import { columnNotes, shownColumn } from './column-notes'
import { recordsOf } from './csv-records'
import type { CsvShape } from './csv-scan'
import type { FoundDialect } from './header'
import { FILES, rawSql, type Plan, type PlannedColumn } from './plan'
import { misfitOf, noColumn, refuseShape } from './refusals'
import { mustBeMeant, namedZoneOf, saidKind } from './said-kind'
import { typeColumns, type Typed } from './typing'

export interface CsvFacts {
  readonly name: string
  readonly found: FoundDialect
  readonly shape: CsvShape
  readonly encoding: string
  readonly hasByteOrderMark: boolean
  /** The beginning as text. */
  readonly head: { readonly text: string; readonly isCut: boolean }
  readonly isPacked: boolean
  readonly said: ReadingOptions
  readonly notes: readonly ReadingNote[]
}

/** Host path of what DuckDB reads, and whether it is a copy. */
export type Readable = (plan: Plan) => Promise<string>

/** @throws query.unreadable-file for what is no table as it is and as it was said to be */
export async function planCsv(facts: CsvFacts, connection: DuckDBConnection, readable: Readable): Promise<Plan> {
  const { found, said, name } = facts
  refuseShape(facts)
  const { names, renamed } = columnNames(found)
  const zone = said.timezone ?? 'UTC'
  const draft = draftOf(facts, zone)
  const samples = sampleOf(facts)
  const unknown = Object.keys(said.types ?? {}).find((column) => !names.includes(column))
  if (unknown !== undefined) throw noColumn(name, unknown, names)
  const rules: Rules = { nulls: said.nulls ?? null, decimal: said.decimal ?? null, provenDecimal: null, only: 'any' }
  const columns = names.map((column, index) => ({
    sql: `c${index}`,
    rules: { ...rules, namedZone: namedZoneOf(column, said) },
    sample: samples[index]!,
    said: saidKind(column, samples[index]!, said),
  }))
  mustBeMeant(
    columns.map((column) => column.said),
    said,
  )
  const typed = async (plan: Plan) => {
    const from = rawSql(plan, name).replace(FILES, quoteText(await readable(plan)).replaceAll('$', '$$$$'))
    return typeColumns({ connection, from, zone }, columns)
  }
  let plan = draft
  let result = await typed(plan)
  const expected = rowsOf(facts)
  if (result.rows !== expected && !plan.needsCopy) {
    // DuckDB found other rows than there are: it gets them without anything that may mislead it.
    plan = { ...plan, needsCopy: true }
    result = await typed(plan)
  }
  if (result.rows !== expected) {
    const message = `${quote(name)} cannot be read as a table: it has ${expected} rows, and ${result.rows} of them were read`
    throw new PondError('query.unreadable-file', message, { path: name, candidates: [] })
  }
  return finish(facts, { plan, names, renamed, ...result })
}

function draftOf(facts: CsvFacts, zone: string): Plan {
  const { found, shape, said, encoding, hasByteOrderMark, isPacked } = facts
  const { dialect } = found
  const isOneEnd = shape.lineEnds.length <= 1 && !(shape.lineEnds[0] === 'CR')
  const isWhole = shape.misfits.count === 0 && shape.trailingDelimiters === 0
  const isSimple = shape.commentLines === 0 && dialect.delimiter !== ' ' && shape.misquotedLine === null
  const blanks = found.width === 1 ? shape.blankLines + shape.blanksAtEnd === 0 : true
  const needsCopy = !(
    isOneEnd &&
    isWhole &&
    isSimple &&
    blanks &&
    encoding === 'utf-8' &&
    !isPacked &&
    !quotesAbove(facts)
  )
  return {
    reading: {
      format: 'csv',
      encoding,
      hasByteOrderMark,
      delimiter: dialect.delimiter,
      quote: dialect.quote,
      escape: dialect.escape,
      hasHeader: found.hasHeader,
      skipped: found.above,
      comment: dialect.comment === '' ? null : dialect.comment,
      decimal: null,
      lineEnds: shape.lineEnds,
      timezone: zone,
      columns: [],
      rows: 0,
      leftOut: { count: 0, lines: [] },
      notes: [],
      said,
    },
    columns: [],
    needsCopy,
    skip: found.skip,
    width: found.width,
    longest: shape.longestRecord,
    isBareJson: false,
    rowLine: shape.rowsAreLines && shape.misfits.count === 0 ? found.skip : null,
  }
}

/** Skipped lines with quotes in them are not counted as lines by everybody. */
function quotesAbove({ head, found }: CsvFacts): boolean {
  const { quote: mark } = found.dialect
  if (mark === '' || found.above === 0) return false
  return head.text.split(/\r\n|\n|\r/, found.above).some((line) => line.includes(mark))
}

function rowsOf({ shape, found, said }: CsvFacts): number {
  const blanks = found.width === 1 ? shape.blankLines : 0
  const left = said.badLines === 'skip' ? shape.misfits.count : 0
  return shape.records + blanks - left
}

/** As SQL can have them: none twice, whatever their case, and none empty. */
function columnNames({ names, width }: FoundDialect): {
  names: readonly string[]
  renamed: readonly { from: string; to: string }[]
} {
  const taken = new Set<string>()
  /** The last number that a name was given. */
  const last = new Map<string, number>()
  const renamed: { from: string; to: string }[] = []
  const all = Array.from({ length: width }, (_, index) => {
    const written = (names?.[index] ?? '').trim()
    const base = written === '' ? `column${index}` : written
    let name = base
    const key = base.toLowerCase()
    for (let count = last.get(key) ?? 1; taken.has(name.toLowerCase()); count++) {
      name = `${base}_${count}`
      last.set(key, count)
    }
    taken.add(name.toLowerCase())
    if (names !== null && name !== written) renamed.push({ from: written, to: name })
    return name
  })
  return { names: all, renamed }
}

function sampleOf({ head, found }: CsvFacts): readonly (readonly Seen[])[] {
  const lines = head.text.split(/\r\n|\n|\r/)
  const body = lines.slice(found.skip).join('\n')
  const records = recordsOf(body, found.dialect, { isCut: head.isCut }).filter(
    ({ isBlank, fields }) => !isBlank && fields.length >= 1,
  )
  const rows = records
    .slice(0, 1_000)
    .filter(({ fields }) => fields.length === found.width || fields.length === found.width + 1)
  return Array.from({ length: found.width }, (_, column) =>
    rows.flatMap(({ fields }, index) => {
      const field = fields[column]
      return field === undefined || (field.text === '' && !field.isQuoted) ? [] : [{ row: index + 1, text: field.text }]
    }),
  )
}

function finish(
  facts: CsvFacts,
  result: {
    readonly plan: Plan
    readonly names: readonly string[]
    readonly renamed: readonly { from: string; to: string }[]
    readonly rows: number
    readonly typed: readonly Typed[]
  },
): Plan {
  const { shape, said, found, name } = facts
  const { plan, names, renamed, rows, typed } = result
  const at = (row: number): { readonly line?: number } => (plan.rowLine === null ? {} : { line: row + plan.rowLine })
  const notes: ReadingNote[] = [...facts.notes, ...found.notes]
  if (shape.lineEnds.length > 1) notes.push({ message: `lines end in several ways: ${shape.lineEnds.join(', ')}` })
  const left = said.badLines === 'skip' ? shape.misfits : { count: 0, first: [] }
  if (left.count > 0) {
    const lines = left.first.map(({ line }) => line)
    notes.push({
      message: `${left.count} line${left.count === 1 ? '' : 's'} left out that do${left.count === 1 ? 'es' : ''} not fit: ${lines.slice(0, 5).join(', ')}${left.count > 5 ? ' ...' : ''}`,
      line: lines[0]!,
      isLoss: true,
    })
  }
  if (said.badLines === 'fill' && shape.misfits.count > 0) {
    notes.push({
      message: `${shape.misfits.count} line${shape.misfits.count === 1 ? '' : 's'} with too few values taken, with none for the rest`,
      line: shape.misfits.first[0]!.line,
    })
  }
  if (shape.trailingDelimiters > 0)
    notes.push({
      message: `${shape.trailingDelimiters} line${shape.trailingDelimiters === 1 ? '' : 's'} end with a delimiter`,
    })
  for (const { from, to } of renamed) {
    const why = from === '' ? 'a column without a name' : `a second column called ${quote(from)}`
    notes.push({ message: `${why} is called ${quote(to)}`, column: to })
  }
  const columns: PlannedColumn[] = []
  const shown: ReadingColumn[] = []
  for (const [index, column] of names.entries()) {
    const each = typed[index]!
    if (each.misfit !== null) throw misfitOf(name, column, each, at)
    const isUnnamed = found.names !== null && (found.names[index] ?? '').trim() === ''
    if (isUnnamed && each.kind.is === 'nothing' && index === names.length - 1 && index > 0) {
      const renaming = notes.findIndex((note) => note.column === column)
      notes.splice(renaming, 1, { message: 'the last column has neither a name nor a value, and is left out' })
      continue
    }
    notes.push(...columnNotes(column, each, { at, rows }))
    columns.push({
      name: column,
      key: `c${index}`,
      kind: each.kind,
      nulls: each.nulls,
      jsonType: 'VARCHAR',
      isLong: each.isLong,
      why: each.why,
    })
    shown.push(shownColumn(column, each, plan.reading.timezone))
  }
  const marks = new Set(typed.flatMap(({ kind }) => (kind.is === 'fraction' ? [kind.decimal] : [])))
  const decimal = said.decimal ?? (marks.size === 1 ? [...marks][0]! : null)
  const leftOut = { count: left.count, lines: left.first.map(({ line }) => line) }
  return { ...plan, columns, reading: { ...plan.reading, decimal, columns: shown, rows, leftOut, notes } }
}

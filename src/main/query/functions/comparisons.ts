/**
 * One file at two moments, or at all between them, as views that DuckDB compares. Reads of a series only
 * what was appended where that is all that happened, so that a change feed costs what its versions hold.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import type { Column, ResolvedAt } from '../../../shared/model'
import { changeFeedSql } from './change-feed'
import { readFiles, type ReadableFile } from '../files/path-tables'
import type { PondFiles } from '../files/pond-files'
import { rowDiffSql, unionsOf, type Side, type UnitedTypes } from './row-diff'
import type { TableName } from '../sql/rewriting'
import { quoteName } from '../engine/quote'
import type { Place } from '../sql/scan'
import { schemaDiffSql } from './schema-diff'
import type { FileState, QuerySource, TableFile } from '../source'
import { makeView, type SqlViews } from '../files/sql-views'

export interface Comparison {
  readonly kind: 'diff_rows' | 'changes' | 'schema_diff'
  readonly path: { readonly text: string; readonly place: Place | null }
  readonly from: ResolvedAt
  readonly to: ResolvedAt
  readonly key: readonly string[] | undefined
  readonly keyPlace: Place | null
  /** As the call is written: the view is called so. */
  readonly written: string
  readonly place: Place | null
}

interface Context {
  /** Of the whole statement. */
  readonly source: QuerySource
  readonly files: PondFiles
  readonly views: SqlViews
}

/** @throws query.failed, query.no-such-file */
export async function compare(context: Context, comparison: Comparison): Promise<TableName> {
  const { kind, path, from, to, key, keyPlace, written, place } = comparison
  const isFeed = kind === 'changes'
  if (isFeed && isAfter(from, to)) {
    const message = '"a" is later than "b": changes are told forwards'
    throw new PondError('query.failed', message, { ...place, candidates: [] })
  }
  const states = await context.source.fileStates(path.text, { from, to, between: isFeed })
  // What is there without being a file is told as such; what is not, by what it may have meant.
  if (states.every(({ file }) => file === null)) {
    await context.files.mustBeFile(context.source, path.text, path.place)
    throw await context.files.missing(context.source, path.text, path.place)
  }
  const steps = await planSteps(context, states, comparison)
  const files = steps.flatMap((step) => [...(step.from?.files ?? []), ...(step.to?.files ?? [])])
  const make = async (connection: DuckDBConnection, view: string): Promise<void> => {
    const read = await readSteps(connection, steps)
    const united = await unite(connection, read)
    // Only a key can be wrong by now.
    const sql = placed(keyPlace ?? place, () => {
      if (isFeed) return changeFeedSql(read, key, united)
      const { from: before, to: after } = read[0]!
      return kind === 'schema_diff'
        ? schemaDiffSql(before, after)
        : rowDiffSql({ from: before, to: after, key, united })
    })
    await makeView(connection, view, sql)
  }
  const identity = JSON.stringify([kind, path.text, from, to, key ?? null])
  return context.views.add({ name: written, key: identity, files, place, make })
}

interface SideView {
  readonly view: string
  readonly label: string
  readonly files: readonly ReadableFile[]
}

interface PlannedStep extends Omit<FileState, 'file'> {
  /** Null where there is no row. */
  readonly from: SideView | null
  readonly to: SideView | null
}

async function planSteps(
  context: Context,
  states: readonly FileState[],
  { kind, key, path }: Comparison,
): Promise<PlannedStep[]> {
  // Nothing happened in between: one step from the file to itself has the columns and no rows.
  const ends = states.length > 1 ? states : [states[0]!, states[0]!]
  const isByAppending = kind === 'changes' || (kind === 'diff_rows' && key === undefined)
  const steps: PlannedStep[] = []
  for (const [index, after] of ends.entries()) {
    const before = ends[index - 1]
    if (before === undefined) continue
    const appended = isByAppending ? await appendedTo(before.file, after.file) : undefined
    const from = appended === undefined ? await sideView(context, before, path.place) : null
    const to = await sideView(context, appended === undefined ? after : { ...after, file: appended }, path.place)
    steps.push({ version: after.version, committedAt: after.committedAt, from, to })
  }
  return steps
}

/** What a series gained, as a file of its own; undefined when that is not all that happened. */
async function appendedTo(before: TableFile | null, after: TableFile | null): Promise<TableFile | undefined> {
  const [had, has] = [await before?.parts?.(), await after?.parts?.()]
  if (had === undefined || has === undefined || had.length >= has.length) return undefined
  const isKept = had.every((part, index) => {
    const now = has[index]!
    return now.nodeVersion === part.nodeVersion && now.sha256 === part.sha256
  })
  return isKept ? { ...after!, parts: () => Promise.resolve(has.slice(had.length)) } : undefined
}

async function sideView({ files, views }: Context, state: FileState, place: Place | null): Promise<SideView | null> {
  if (state.file === null) return null
  const readable = await files.asTables(await files.parts(state.file))
  const { name } = views.add({ name: state.file.path, table: readFiles(readable), files: readable, place })
  const when = state.version === null ? 'pending' : `version ${state.version}`
  return { view: name, label: `"${state.file.path}" (${when})`, files: readable }
}

interface Step extends Omit<PlannedStep, 'from' | 'to'> {
  readonly from: Side
  readonly to: Side
}

/** Each step with columns; where there is no file, those of the other side and no rows. */
async function readSteps(connection: DuckDBConnection, steps: readonly PlannedStep[]): Promise<Step[]> {
  const known = new Map<string, readonly Column[]>()
  const read = async (side: SideView | null): Promise<Side | null> => {
    if (side === null) return null
    const table = quoteName(side.view)
    const columns = known.get(side.view) ?? (await columnsOf(connection, `FROM ${table}`))
    known.set(side.view, columns)
    return { table, columns, label: side.label }
  }
  const result: Step[] = []
  for (const { from, to, ...step } of steps) {
    const [before, after] = [await read(from), await read(to)]
    // One of them is there: a step that leads from nothing to nothing is none.
    const some = (before ?? after)!
    const empty = { ...some, table: `(FROM ${some.table} WHERE false)` }
    result.push({ ...step, from: before ?? empty, to: after ?? empty })
  }
  return result
}

/** The types that DuckDB unites nested ones to; those that it does not are compared as text. */
async function unite(connection: DuckDBConnection, steps: readonly Step[]): Promise<UnitedTypes> {
  const united = new Map<string, string>()
  for (const union of unionsOf(steps.flatMap(({ from, to }) => [from, to]))) {
    const [column] = await columnsOf(connection, union).catch(() => [])
    if (column !== undefined) united.set(union, column.type)
  }
  return united
}

/** The columns of a query, in order. */
export async function columnsOf(connection: DuckDBConnection, query: string): Promise<Column[]> {
  const reader = await connection.runAndReadAll(`DESCRIBE ${query}`)
  return reader.getRowsJson().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
}

function isAfter(a: ResolvedAt, b: ResolvedAt): boolean {
  if (a.kind === 'pending') return b.kind !== 'pending'
  return b.kind !== 'pending' && a.version > b.version
}

/** Adds the place to an error that has none. */
function placed(place: Place | null, work: () => string): string {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof PondError)) throw error
    throw new PondError(error.code, error.message, { ...error.detail, ...place }, error)
  }
}

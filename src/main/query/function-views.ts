/**
 * Calls of the functions of the schema `pond` as tables that are made before the statement runs, so that
 * DuckDB does the joining. Relies on the source for what changed between moments and on the views of files
 * for their rows; nothing is read beyond what the arguments name.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../shared/errors'
import type { Column, ResolvedAt } from '../../shared/model'
import { append, appendChange, CHANGE_COLUMNS, text } from './bases'
import { changeFeedSql } from './change-feed'
import type { Moment, Moments } from './moments'
import { formatOf, waysToRead, type ReadableFile } from './path-tables'
import type { Arguments, FunctionName } from './pond-functions'
import type { PondFiles } from './pond-files'
import { HISTORY_READS, nodeHistory } from './relations'
import type { TableName } from './rewriting'
import { rowDiffSql, type Side } from './row-diff'
import { quoteName, type Place } from './scan'
import { schemaDiffSql } from './schema-diff'
import type { FileState } from './source'
import { makeView, type Views } from './views'

export interface FunctionCall {
  readonly name: FunctionName
  readonly args: Arguments
  /** As it is written: the view is called so. */
  readonly written: string
  readonly place: Place | null
}

interface Context {
  readonly moments: Moments
  readonly files: PondFiles
  readonly views: Views
}

/** The table that a call stands for. @throws query.failed, query.no-such-file, steward.* with the place */
export async function functionTable(context: Context, call: FunctionCall): Promise<TableName> {
  const { moments, files, views } = context
  const { args, written, place } = call
  const now = moments.now
  switch (call.name) {
    case 'files_at': {
      const moment = await momentOf(context, call, 'v')
      moment.relations.add('pond.files')
      return { path: [moment.database, 'pond'], name: 'files' }
    }
    case 'history': {
      const path = args.path('path')
      const nodeId = await now.source.nodeId(path.text)
      if (nodeId === null) throw await files.missing(now.source, path.text, path.place)
      for (const name of HISTORY_READS) now.relations.add(name)
      return views.add({ name: written, sql: nodeHistory(now.database, nodeId), files: [], place })
    }
    case 'columns': {
      const path = args.path('path')
      const found = await files.readable(now.source, path.text, path.place)
      const tables = found.length === 1 ? found : found.filter(({ file }) => formatOf(file) !== null)
      return views.add({ name: written, key: `columns ${path.text}`, files: tables, place, make: makeColumns(tables) })
    }
    case 'diff': {
      const [from, to] = await span(context, call)
      const key = `diff ${[from, to].map(({ source }) => JSON.stringify(source.at)).join(' ')}`
      return views.add({ name: written, key, files: [], place, make: makeDiff(from, to) })
    }
    case 'diff_rows':
    case 'changes':
    case 'schema_diff':
      return comparison(context, call)
  }
}

/** What compares the content of one file at two moments, or at all between them. */
async function comparison(context: Context, call: FunctionCall): Promise<TableName> {
  const { name, args, place, written } = call
  const path = args.path('path')
  const key = args.names('key')
  const [from, to] = await span(context, call)
  const isFeed = name === 'changes'
  if (isFeed && isAfter(from.source.at, to.source.at)) {
    throw new PondError('query.failed', `"a" is later than "b": changes are told forwards`, {
      ...place,
      candidates: [],
    })
  }
  const ends = { from: from.source.at, to: to.source.at }
  const states = await context.moments.now.source.fileStates(path.text, { ...ends, between: isFeed })
  if (states.every(({ file }) => file === null)) throw await context.files.missing(to.source, path.text, path.place)
  const sides = await Promise.all(states.map((state) => stateView(context, state, path.place)))
  const files = sides.flatMap((side) => side?.files ?? [])
  const make = async (connection: DuckDBConnection, view: string): Promise<void> => {
    const read = await readSides(connection, sides)
    await makeView(
      connection,
      view,
      placed(place, () => {
        const [first, last] = [read[0]!, read.at(-1)!]
        if (name === 'schema_diff') return schemaDiffSql(first, last)
        if (name === 'diff_rows') return rowDiffSql(first, last, key)
        // Nothing happened in between: one step from the file to itself has the columns and no rows.
        const steps =
          states.length > 1
            ? states.slice(1).map((state, index) => ({ ...state, index }))
            : [{ ...states[0]!, index: -1 }]
        return changeFeedSql(
          steps.map(({ index, version, committedAt }) => ({
            from: read[Math.max(index, 0)]!,
            to: read[index + 1]!,
            version,
            committedAt,
          })),
          key,
        )
      }),
    )
  }
  const identity = [name, path.text, from.database, to.database, JSON.stringify(key ?? null)].join(' ')
  return context.views.add({ name: written, key: identity, files, place, make })
}

interface SideView {
  readonly view: string
  readonly label: string
  readonly files: readonly ReadableFile[]
}

async function stateView({ files, views }: Context, state: FileState, place: Place | null): Promise<SideView | null> {
  if (state.file === null) return null
  const readable = await files.parts(state.file)
  const { name } = views.add({ name: state.file.path, ways: waysToRead(readable), files: readable, place })
  const when = state.version === null ? 'pending' : `version ${state.version}`
  return { view: name, label: `"${state.file.path}" (${when})`, files: readable }
}

/** The columns of each side; where there is no file, those of a neighbour and no rows. */
async function readSides(connection: DuckDBConnection, views: readonly (SideView | null)[]): Promise<Side[]> {
  const known = new Map<string, readonly Column[]>()
  const sides: (Side | null)[] = []
  for (const each of views) {
    if (each === null) {
      sides.push(null)
      continue
    }
    const table = quoteName(each.view)
    const columns = known.get(each.view) ?? (await columnsOf(connection, `FROM ${table}`))
    known.set(each.view, columns)
    sides.push({ table, columns, label: each.label })
  }
  const neighbour = sides.find((side) => side !== null)!
  return sides.map((side, index) => {
    if (side !== null) return side
    const { table, columns, label } = sides[index - 1] ?? sides[index + 1] ?? neighbour
    return { table: `(FROM ${table} WHERE false)`, columns, label }
  })
}

async function columnsOf(connection: DuckDBConnection, query: string): Promise<Column[]> {
  const reader = await connection.runAndReadAll(`DESCRIBE ${query}`)
  return reader.getRowsJson().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
}

function makeColumns(files: readonly ReadableFile[]) {
  return async (connection: DuckDBConnection, name: string): Promise<void> => {
    await connection.run(
      `CREATE TEMP TABLE ${quoteName(name)} (path VARCHAR, column_name VARCHAR, data_type VARCHAR, ordinal BIGINT)`,
    )
    async function* batches() {
      for (const file of files) {
        const columns = await firstThatWorks(waysToRead([file]), (way) => columnsOf(connection, way))
        yield columns.map((column, index) => ({ ...column, path: file.file.path, ordinal: index + 1 }))
      }
    }
    await append({ connection, database: 'temp', schema: 'main', table: name }, batches(), (out, row) => {
      for (const value of [row.path, row.name, row.type]) text(out, value)
      out.appendBigInt(BigInt(row.ordinal))
    })
  }
}

/** A file whose name says nothing may be one thing or the other. */
async function firstThatWorks<Way, T>(ways: readonly Way[], attempt: (way: Way) => Promise<T>): Promise<T> {
  for (const way of ways.slice(0, -1)) {
    const found = await attempt(way).catch(() => undefined)
    if (found !== undefined) return found
  }
  return attempt(ways.at(-1)!)
}

function makeDiff(from: Moment, to: Moment) {
  return async (connection: DuckDBConnection, name: string): Promise<void> => {
    await connection.run(`CREATE TEMP TABLE ${quoteName(name)} (${CHANGE_COLUMNS})`)
    const changes = await from.source.changesUntil(to.source.at)
    await append({ connection, database: 'temp', schema: 'main', table: name }, [changes], appendChange)
  }
}

async function span(context: Context, call: FunctionCall): Promise<readonly [Moment, Moment]> {
  return [await momentOf(context, call, 'a'), await momentOf(context, call, 'b')]
}

/** One that is left out is the statement's own. */
async function momentOf({ moments }: Context, { args }: FunctionCall, name: string): Promise<Moment> {
  const given = args.moment(name)
  return given === undefined ? moments.now : moments.at(given.text, given.place)
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

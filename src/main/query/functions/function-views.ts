/**
 * Calls of the functions of the schema `pond` as tables that are made before the statement runs, so that
 * DuckDB does the joining. Relies on the source for what changed between moments and on the views of files
 * for their rows; nothing is read beyond what the arguments name.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { append, appendChange, CHANGE_COLUMNS, text } from '../relations/bases'
import { columnsOf, compare } from './comparisons'
import type { MomentDatabase, MomentDatabases } from '../relations/moment-databases'
import { formatOf, readFiles, type ReadableFile } from '../files/path-tables'
import type { Arguments, FunctionName } from '../relations/pond-functions'
import type { PondFiles } from '../files/pond-files'
import { HISTORY_READS, nodeHistory } from '../relations/relations'
import type { TableName } from '../sql/rewriting'
import { quoteName } from '../engine/quote'
import type { Place } from '../sql/scan'
import type { SqlViews } from '../files/sql-views'

export interface FunctionCall {
  readonly name: FunctionName
  readonly args: Arguments
  /** As it is written: the view is called so. */
  readonly written: string
  readonly place: Place | null
}

interface Context {
  readonly moments: MomentDatabases
  readonly files: PondFiles
  readonly views: SqlViews
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
      const found = grouped(await files.readable(now.source, path.text, path.place))
      const named = found.length === 1 ? found : found.filter(([{ file }]) => formatOf(file) !== null)
      const tables = await Promise.all(named.map(async (parts) => (await files.asTables(parts)) as unknown as Parts))
      return views.add({
        name: written,
        key: `columns ${path.text}`,
        files: tables.flat(),
        place,
        make: makeColumns(tables),
      })
    }
    case 'diff': {
      const [from, to] = await span(context, call)
      const key = `diff ${[from, to].map(({ source }) => JSON.stringify(source.at)).join(' ')}`
      return views.add({ name: written, key, files: [], place, make: makeDiff(from, to) })
    }
    case 'diff_rows':
    case 'changes':
    case 'schema_diff': {
      const [from, to] = await span(context, call)
      return compare(
        { source: now.source, files, views },
        {
          kind: call.name,
          path: args.path('path'),
          key: args.names('key'),
          keyPlace: args.placeOf('key'),
          from: from.source.at,
          to: to.source.at,
          written,
          place,
        },
      )
    }
  }
}

/** What is at a path: one file, or the versions of a series, which are one table. */
type Parts = readonly [ReadableFile, ...ReadableFile[]]

function grouped(files: readonly ReadableFile[]): Parts[] {
  const groups = new Map<string, [ReadableFile, ...ReadableFile[]]>()
  for (const readable of files) {
    const known = groups.get(readable.file.path)
    if (known === undefined) groups.set(readable.file.path, [readable])
    else known.push(readable)
  }
  return [...groups.values()]
}

function makeColumns(files: readonly Parts[]) {
  return async (connection: DuckDBConnection, name: string): Promise<void> => {
    await connection.run(
      `CREATE TEMP TABLE ${quoteName(name)} (path VARCHAR, column_name VARCHAR, data_type VARCHAR, ordinal BIGINT)`,
    )
    async function* batches() {
      for (const parts of files) {
        const columns = await columnsOf(connection, readFiles(parts))
        yield columns.map((column, index) => ({ ...column, path: parts[0].file.path, ordinal: index + 1 }))
      }
    }
    await append({ connection, database: 'temp', schema: 'main', table: name }, batches(), (out, row) => {
      for (const value of [row.path, row.name, row.type]) text(out, value)
      out.appendBigInt(BigInt(row.ordinal))
    })
  }
}

function makeDiff(from: MomentDatabase, to: MomentDatabase) {
  return async (connection: DuckDBConnection, name: string): Promise<void> => {
    await connection.run(`CREATE TEMP TABLE ${quoteName(name)} (${CHANGE_COLUMNS})`)
    const changes = await from.source.changesUntil(to.source.at)
    await append({ connection, database: 'temp', schema: 'main', table: name }, [changes], appendChange)
  }
}

async function span(context: Context, call: FunctionCall): Promise<readonly [MomentDatabase, MomentDatabase]> {
  return [await momentOf(context, call, 'a'), await momentOf(context, call, 'b')]
}

/** One that is left out is the statement's own. */
async function momentOf({ moments }: Context, { args }: FunctionCall, name: string): Promise<MomentDatabase> {
  const given = args.moment(name)
  return given === undefined ? moments.now : moments.at(given.text, given.place)
}

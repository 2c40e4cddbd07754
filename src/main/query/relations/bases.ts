/**
 * The base relations under the relations that SQL sees, in the hidden schema `$pond`: the live Parquet
 * files as a view, and what exists only in memory as tables filled in bounded batches. Relies on the
 * source to read one moment; promises the same columns whether filled or empty.
 */
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import type { Change } from '../../../shared/model'
import { OPLOG_TABLE } from '../../oplog'
import { duckdbColumns } from '../../tables'
import { CHANGE_TABLE, DIRECTORY_TABLE, INFO_TABLE, LINEAGE_TABLE, RECIPE_TABLE } from './base-tables'
import { othersRows } from './others-rows'
import { quoteName, quoteText } from '../engine/quote'
import type { ComputedRows, DirectoryRow, LineageRow, PendingRow, QuerySource, RecipeRow } from '../source'

export type Base = 'rows' | 'pending' | 'directories' | 'changes' | 'info' | 'recipes' | 'lineage'
export interface Bases extends Pick<
  QuerySource,
  'at' | 'dataFiles' | 'othersFiles' | 'hasLaterRows' | 'pendingRows' | 'directoryRows' | 'changes' | 'info'
> {
  /** Whether somebody may look at the column `content` of what is pending. */
  readonly wantsContent: boolean
  /** Where somebody asks for it, known before. */
  readonly computedRows?: ComputedRows | undefined
}

/** The database that a statement's relations are in, if they have no moment of their own. */
export const MAIN_DATABASE = 'memory'

/** A database of DuckDB's, in memory. */
export interface Target {
  readonly connection: DuckDBConnection
  readonly database: string
}

const TABLES: Readonly<Record<Base, string>> = {
  rows: duckdbColumns(OPLOG_TABLE),
  pending: duckdbColumns(OPLOG_TABLE),
  directories: duckdbColumns(DIRECTORY_TABLE),
  changes: duckdbColumns(CHANGE_TABLE),
  info: duckdbColumns(INFO_TABLE),
  recipes: duckdbColumns(RECIPE_TABLE),
  lineage: duckdbColumns(LINEAGE_TABLE),
}

/** Creates a base in a database of DuckDB's that has the schema `$pond`; empty when `bases` is null. */
export async function fillBase({ connection, database }: Target, base: Base, bases: Bases | null): Promise<void> {
  const name = `${quoteName(database)}."$pond".${base}`
  const isShort = base === 'pending' && bases?.wantsContent === false
  const table = { connection, database, schema: '$pond', table: isShort ? 'pending_rows' : base }
  if (base === 'rows' && bases !== null && bases.dataFiles.length > 0) {
    const where = bases.hasLaterRows ? `WHERE txn_seq <= ${bases.at.version}` : ''
    await connection.run(`CREATE VIEW ${name} AS SELECT * FROM (${await rowsOf(connection, bases)}) ${where}`)
    return
  }
  if (isShort) {
    // Whoever looks at it all the same gets an error, and never NULL for content that is there.
    const left = `error('the content of pending files was left out')::BLOB AS content`
    await connection.run(
      `CREATE TABLE ${quoteName(database)}."$pond".pending_rows (${TABLES.pending});
       CREATE VIEW ${name} AS SELECT * REPLACE (${left}) FROM ${quoteName(database)}."$pond".pending_rows`,
    )
  } else {
    await connection.run(`CREATE TABLE ${name} (${TABLES[base]})`)
  }
  if (bases === null) return
  const { DuckDBTimestampTZValue } = await import('@duckdb/node-api')
  switch (base) {
    case 'rows':
      return
    case 'pending':
      return append(table, bases.pendingRows({ content: bases.wantsContent }), (out, row: PendingRow) => {
        text(out, row.partId)
        text(out, row.nodeId)
        text(out, row.fileType)
        out.appendTimestampTZ(new DuckDBTimestampTZValue(BigInt(row.timestamp)))
        integer(out, row.version)
        if (row.content === null) out.appendNull()
        else out.appendBlob(row.content)
        text(out, row.sha256)
        integer(out, row.size)
        integer(out, row.minEventTime)
        integer(out, row.maxEventTime)
        text(out, row.extendedAttributes)
        out.appendNull()
        text(out, row.operation)
        text(out, row.name)
        text(out, row.path)
      })
    case 'directories':
      return append(table, bases.directoryRows(), (out, row: DirectoryRow) => {
        for (const value of [row.partId, row.name, row.childNodeId, row.nodeType, row.path]) text(out, value)
      })
    case 'changes':
      return append(table, [await bases.changes()], appendChange)
    case 'info':
      return append(table, [Object.entries(await bases.info())], (out, [key, value]: [string, string]) => {
        text(out, key)
        text(out, value)
      })
    case 'recipes':
      return append(table, [bases.computedRows?.recipes ?? []], (out, row: RecipeRow) => {
        for (const value of [row.path, row.output, row.factory, row.kind, row.fileType, row.description, row.state])
          text(out, value)
        text(out, row.problem)
        integer(out, row.line)
        integer(out, row.column)
        text(out, row.key)
        integer(out, row.cachedBytes)
      })
    case 'lineage':
      return append(table, [bases.computedRows?.lineage ?? []], (out, row: LineageRow) => {
        for (const value of [row.output, row.input, row.hash]) text(out, value)
        integer(out, row.nodeVersion)
        text(out, row.via)
      })
  }
}

/** All rows of the live files, in DuckDB's types of the table's columns. */
async function rowsOf(connection: DuckDBConnection, { dataFiles, othersFiles }: Bases): Promise<string> {
  const ours = dataFiles.filter((file) => !Object.hasOwn(othersFiles, file))
  const list = ours.map(quoteText).join(', ')
  const parts = ours.length === 0 ? [] : [`SELECT * FROM read_parquet([${list}], hive_partitioning = false)`]
  for (const [file, partition] of Object.entries(othersFiles)) parts.push(await othersRows(connection, file, partition))
  return parts.join('\nUNION ALL\n')
}

/** The columns of `pond.status`, and of `pond.diff`. */
export const CHANGE_COLUMNS = TABLES.changes

export function appendChange(out: DuckDBAppender, row: Change): void {
  for (const value of [row.path, row.oldPath, row.fileType, row.change]) text(out, value)
  integer(out, row.sizeBefore)
  integer(out, row.sizeAfter)
}

/** Fills a table in bounded batches. */
export async function append<Row>(
  { connection, database, schema, table }: Target & { readonly schema: string; readonly table: string },
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  write: (out: DuckDBAppender, row: Row) => void,
): Promise<void> {
  const out = await connection.createAppender(table, schema, database)
  try {
    for await (const batch of batches) {
      for (const row of batch) {
        write(out, row)
        out.endRow()
      }
      out.flushSync()
    }
  } finally {
    out.closeSync()
  }
}

export function text(out: DuckDBAppender, value: string | null): void {
  if (value === null) out.appendNull()
  else out.appendVarchar(value)
}

function integer(out: DuckDBAppender, value: number | null): void {
  if (value === null) out.appendNull()
  else out.appendBigInt(BigInt(value))
}

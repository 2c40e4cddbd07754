/**
 * The base relations under the relations that SQL sees, in the hidden schema `$pond`: the live Parquet
 * files as a view, and what exists only in memory as tables filled in bounded batches. Relies on the
 * source to read one moment; promises the same columns whether filled or empty.
 */
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api'
import type { Change } from '../../shared/model'
import { OPLOG_TABLE } from '../oplog'
import { duckdbColumns } from '../tables'
import { CHANGE_TABLE, DIRECTORY_TABLE, INFO_TABLE } from './base-tables'
import { quoteText } from './scan'
import type { DirectoryRow, PendingRow, QuerySource } from './source'

export type Base = 'rows' | 'pending' | 'directories' | 'changes' | 'info'
export type Bases = Pick<QuerySource, 'at' | 'dataFiles' | 'pendingRows' | 'directoryRows' | 'changes' | 'info'>

const TABLES: Readonly<Record<Base, string>> = {
  rows: duckdbColumns(OPLOG_TABLE),
  pending: duckdbColumns(OPLOG_TABLE),
  directories: duckdbColumns(DIRECTORY_TABLE),
  changes: duckdbColumns(CHANGE_TABLE),
  info: duckdbColumns(INFO_TABLE),
}

/** Creates a base; empty when `bases` is null. */
export async function fillBase(connection: DuckDBConnection, base: Base, bases: Bases | null): Promise<void> {
  if (base === 'rows' && bases !== null && bases.dataFiles.length > 0) {
    const files = bases.dataFiles.map(quoteText).join(', ')
    await connection.run(
      `CREATE VIEW "$pond".rows AS SELECT * FROM read_parquet([${files}], hive_partitioning = false)
       WHERE txn_seq <= ${bases.at.version}`,
    )
    return
  }
  await connection.run(`CREATE TABLE "$pond".${base} (${TABLES[base]})`)
  if (bases === null) return
  const { DuckDBTimestampTZValue } = await import('@duckdb/node-api')
  switch (base) {
    case 'rows':
      return
    case 'pending':
      return append(connection, base, bases.pendingRows(), (out, row: PendingRow) => {
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
      return append(connection, base, bases.directoryRows(), (out, row: DirectoryRow) => {
        for (const value of [row.partId, row.name, row.childNodeId, row.nodeType, row.path]) text(out, value)
      })
    case 'changes':
      return append(connection, base, [await bases.changes()], (out, row: Change) => {
        for (const value of [row.path, row.oldPath, row.fileType, row.change]) text(out, value)
        integer(out, row.sizeBefore)
        integer(out, row.sizeAfter)
      })
    case 'info':
      return append(connection, base, [Object.entries(await bases.info())], (out, [key, value]: [string, string]) => {
        text(out, key)
        text(out, value)
      })
  }
}

async function append<Row>(
  connection: DuckDBConnection,
  base: Base,
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  write: (out: DuckDBAppender, row: Row) => void,
): Promise<void> {
  const out = await connection.createAppender(base, '$pond')
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

function text(out: DuckDBAppender, value: string | null): void {
  if (value === null) out.appendNull()
  else out.appendVarchar(value)
}

function integer(out: DuckDBAppender, value: number | null): void {
  if (value === null) out.appendNull()
  else out.appendBigInt(BigInt(value))
}

/**
 * `pond.ipc((SELECT content, path FROM ...))`: the Arrow data in a query's one BLOB column as rows, with
 * what the query's other columns say beside each. The query has run, and its rows are kept, before the
 * statement around it begins; a value that is NULL has no rows.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import { TypeId } from '../engine/duckdb-types'
import { IPC_SCHEMA } from '../files/path-tables'
import { quoteName } from '../engine/quote'
import type { Place } from '../sql/scan'
import { makeView, type SqlViewTools } from '../files/sql-views'

export interface IpcCall {
  readonly connection: DuckDBConnection
  /** Of the view to make. */
  readonly name: string
  /** As DuckDB reads it. */
  readonly query: string
  readonly place: Place | null
}

const ROW = '_row'

/** @throws query.failed, query.unreadable-value, and what the query throws */
export async function decodeIpc({ connection, name, query, place }: IpcCall, tools: SqlViewTools): Promise<void> {
  const { sandbox, pace } = tools
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(IPC_SCHEMA)}`)
  const rows = `${quoteName(IPC_SCHEMA)}.${quoteName(`rows of ${name}`)}`
  await connection.run(`CREATE TABLE ${rows} AS SELECT row_number() OVER () - 1 AS ${ROW}, * FROM (${query})`)
  const { content, others } = await columnsOf(connection, rows, place)
  const [{ IpcTables }, { IpcProblem, inMemory }] = await Promise.all([import('./ipc-tables'), import('./ipc-stream')])
  const writer = await sandbox.connect()
  const tables = new IpcTables({
    api: sandbox.api,
    connection: writer,
    prefix: `values of ${name} `,
    hasSources: true,
    pace,
  })
  try {
    const values = await connection.stream(
      `SELECT ${ROW}, ${quoteName(content)} FROM ${rows} WHERE ${quoteName(content)} IS NOT NULL`,
    )
    for (
      let chunk = await values.fetchChunk();
      chunk !== null && chunk.rowCount > 0;
      chunk = await values.fetchChunk()
    ) {
      for (let i = 0; i < chunk.rowCount; i++) {
        // The query above makes them a number and bytes.
        const [row, value] = chunk.getRowValues(i) as [bigint, { readonly bytes: Uint8Array }]
        await tables.add(row, inMemory(Uint8Array.from(value.bytes))).catch((error: unknown) => {
          if (!(error instanceof IpcProblem)) throw error
          const message = `the ${content} of row ${row} (${ROW}, from 0) cannot be read as Arrow data: ${error.message}`
          throw new PondError('query.unreadable-value', message, { ...place, row: Number(row), column: content }, error)
        })
      }
    }
    const decoded = tables.finish()
    const kept = others.map((other) => `r.${quoteName(other)}`)
    const columns = [`d.${ROW}`, ...kept, `d.* EXCLUDE (${ROW})`].join(', ')
    const hasColumns = (await connection.run(`FROM (${decoded}) LIMIT 0`)).columnNames()
    refuseTwins(others, hasColumns, place)
    const own = hasColumns.length > 1 ? columns : [`d.${ROW}`, ...kept].join(', ')
    const joined = kept.length > 0 ? ` JOIN ${rows} r ON r.${ROW} = d.${ROW}` : ''
    await makeView(connection, name, `SELECT ${own} FROM (${decoded}) d${joined}`)
  } finally {
    tables.close()
  }
}

async function columnsOf(
  connection: DuckDBConnection,
  rows: string,
  place: Place | null,
): Promise<{ readonly content: string; readonly others: readonly string[] }> {
  const result = await connection.run(`FROM ${rows} LIMIT 0`)
  const names = result.columnNames()
  const blobs = names.filter((_name, i) => (result.columnTypeId(i) as number) === TypeId.BLOB)
  if (blobs.length !== 1) {
    const found = blobs.length === 0 ? 'none' : blobs.map((blob) => `"${blob}"`).join(', ')
    throw failed(`pond.ipc reads one column of type BLOB: its query has ${found}`, place)
  }
  return { content: blobs[0]!, others: names.filter((each) => each !== ROW && each !== blobs[0]) }
}

function refuseTwins(others: readonly string[], decoded: readonly string[], place: Place | null): void {
  const taken = new Set(decoded.map((each) => each.toLowerCase()))
  const twin = others.find((other) => taken.has(other.toLowerCase()))
  if (twin !== undefined) {
    throw failed(`"${twin}" is a column of the query and of the Arrow data: give the query's another name (AS)`, place)
  }
}

function failed(message: string, place: Place | null): PondError {
  return new PondError('query.failed', message, { ...place, candidates: [] })
}

/**
 * Files of Arrow data (`.arrow`, `.arrows`, `.feather`) as tables: DuckDB does not read them, so their rows
 * are loaded into its instance before the statement runs, once for each content.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import { arrowTable, IPC_SCHEMA, type ReadableFile } from '../files/path-tables'
import { quoteName } from '../engine/quote'
import type { SqlViewTools } from '../files/sql-views'

/**
 * Makes `arrowTable` of a file; with `rows` false it has the columns only.
 * @throws query.unreadable-file, and what reading the content throws
 */
export async function loadArrow(
  connection: DuckDBConnection,
  { file }: ReadableFile,
  { sandbox, pace }: SqlViewTools,
  rows = true,
): Promise<void> {
  const [{ IpcTables }, { IpcProblem }] = await Promise.all([import('./ipc-tables'), import('./ipc-stream')])
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(IPC_SCHEMA)}`)
  const writer = await sandbox.connect()
  const tables = new IpcTables({
    api: sandbox.api,
    connection: writer,
    prefix: `${file.sha256} `,
    hasSources: false,
    pace,
  })
  const bytes = await file.open()
  try {
    await tables.add(0n, bytes, rows)
    await connection.run(`CREATE VIEW ${arrowTable(file)} AS ${tables.finish()}`)
  } catch (error) {
    if (!(error instanceof IpcProblem)) throw error
    const message = `${quote(file.path)} cannot be read as Arrow data: ${error.message}`
    const detail = { path: file.path, reason: error.message, options: [], hints: [], candidates: [] }
    throw new PondError('query.unreadable-file', message, detail, error)
  } finally {
    tables.close()
    await bytes.close()
  }
}

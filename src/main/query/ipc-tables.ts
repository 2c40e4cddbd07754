/**
 * Arrow data as tables of a sandbox: one hidden table for each schema that occurs, and one query that
 * unites them by name as DuckDB unites files. So data written before a column existed reads together
 * with data written after, NULL where it has none. Rows come in bounded batches, and DuckDB spills them.
 */
import type { DuckDBAppender, DuckDBConnection, DuckDBType } from '@duckdb/node-api'
import { DataType, type RecordBatch, type Schema } from 'apache-arrow'
import type { Pace } from '../platform'
import type { Api } from './engine'
import { columnReader, valuesOf, type ColumnReader } from './ipc-columns'
import { IpcProblem, openIpc, type IpcBytes } from './ipc-stream'
import { IPC_SCHEMA } from './path-tables'
import { quoteName } from './scan'

/** The column that says which of several sources a row is from. */
export const SOURCE_COLUMN = '_row'

const ROWS_PER_CHUNK = 2_048

interface Column {
  readonly index: number
  readonly reader: ColumnReader
}

interface IpcTable {
  /** Reads its rows, `_row` first. */
  readonly query: string
  readonly columns: readonly Column[]
  readonly types: readonly DuckDBType[]
  readonly appender: DuckDBAppender
}

export interface IpcTarget {
  readonly api: Api
  /** Its own, as long as rows are added. */
  readonly connection: DuckDBConnection
  /** Of the tables' names, which nothing else may use. */
  readonly prefix: string
  readonly pace: Pick<Pace, 'due' | 'rest'>
}

export class IpcTables {
  readonly #target: IpcTarget
  readonly #tables = new Map<string, IpcTable>()

  /** The schema `$ipc` has to exist. */
  constructor(target: IpcTarget) {
    this.#target = target
  }

  /**
   * Appends the rows of one Arrow stream or file as those of the source of this number; only learns its
   * columns when `rows` is false.
   * @throws IpcProblem
   */
  async add(source: bigint, bytes: IpcBytes, rows = true): Promise<void> {
    const { schema, batches } = await openIpc(bytes)
    const table = await this.#tableOf(schema)
    if (!rows) return
    for await (const batch of batches) {
      for (let from = 0; from < batch.numRows; from += ROWS_PER_CHUNK) {
        if (this.#target.pace.due) await this.#target.pace.rest()
        this.#append(table, { source, batch, from, to: Math.min(from + ROWS_PER_CHUNK, batch.numRows) })
      }
    }
  }

  /** Ends the adding, and returns the query that reads it all, `_row` first. */
  finish(): string {
    this.close()
    const queries = [...this.#tables.values()].map(({ query }) => query)
    if (queries.length === 0) queries.push(`SELECT NULL::BIGINT AS ${SOURCE_COLUMN} WHERE false`)
    return queries.join('\nUNION ALL BY NAME\n')
  }

  /** Idempotent. */
  close(): void {
    for (const { appender } of this.#tables.values()) appender.closeSync()
  }

  async #tableOf(schema: Schema): Promise<IpcTable> {
    const { api, connection, prefix } = this.#target
    const selected = [SOURCE_COLUMN]
    const declared = [`${SOURCE_COLUMN} BIGINT`]
    const columns: Column[] = []
    refuseTwins(schema)
    for (const [index, { name, type }] of schema.fields.entries()) {
      // A column that is all NULL takes the type that others give it.
      if (DataType.isNull(type)) {
        selected.push(`NULL AS ${quoteName(name)}`)
        continue
      }
      const reader = columnReader(api, type as DataType)
      if (reader === null)
        throw new IpcProblem(`its column "${name}" is of type ${String(type)}, which SQL cannot show`)
      selected.push(quoteName(name))
      declared.push(`${quoteName(name)} ${reader.sqlType}`)
      columns.push({ index, reader })
    }
    const key = JSON.stringify([selected, declared])
    const known = this.#tables.get(key)
    if (known !== undefined) return known
    const name = `${prefix}${this.#tables.size}`
    const table = `${quoteName(IPC_SCHEMA)}.${quoteName(name)}`
    await connection.run(`CREATE TABLE ${table} (${declared.join(', ')})`)
    const types = (await connection.run(`FROM ${table} LIMIT 0`)).columnTypes()
    const appender = await connection.createAppender(name, IPC_SCHEMA)
    const made = { query: `SELECT ${selected.join(', ')} FROM ${table}`, columns, types, appender }
    this.#tables.set(key, made)
    return made
  }

  #append({ columns, types, appender }: IpcTable, rows: Rows): void {
    const { source, batch, from, to } = rows
    const chunk = this.#target.api.DuckDBDataChunk.create(types, to - from)
    chunk.setColumnValues(0, new Array<bigint>(to - from).fill(source))
    for (const [i, { index, reader }] of columns.entries()) {
      chunk.setColumnValues(i + 1, valuesOf(reader, batch.data.children[index]!, from, to))
    }
    appender.appendDataChunk(chunk)
  }
}

interface Rows {
  readonly source: bigint
  readonly batch: RecordBatch
  readonly from: number
  readonly to: number
}

/** SQL does not tell names apart by case. */
function refuseTwins({ fields }: Schema): void {
  const taken = new Set<string>()
  for (const { name } of fields) {
    const lower = name.toLowerCase()
    if (lower === SOURCE_COLUMN) throw new IpcProblem(`it has a column "${name}", whose name is taken`)
    if (taken.has(lower)) throw new IpcProblem(`it has two columns "${name}"`)
    taken.add(lower)
  }
}

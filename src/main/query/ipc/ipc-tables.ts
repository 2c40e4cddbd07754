/**
 * Arrow data as tables of a sandbox: one hidden table for each schema that occurs, and one query that
 * unites them by name as DuckDB unites files. So data written before a column existed reads together
 * with data written after, NULL where it has none. Rows come in bounded batches, and DuckDB spills them.
 */
import type { DuckDBAppender, DuckDBConnection, DuckDBType } from '@duckdb/node-api'
import type { Pace } from '../../platform'
import type { Api } from '../engine/engine'
import { columnReader, valuesOf } from './ipc-nested'
import type { IpcField, IpcSchema } from './ipc-schema'
import { IpcProblem, openIpc, type IpcBatch, type IpcBytes } from './ipc-stream'
import { Unfit, type ColumnReader } from './ipc-values'
import { IPC_SCHEMA } from '../files/path-tables'
import { quoteName } from '../engine/quote'

/** The column that says which of several sources a row is from. */
const SOURCE_COLUMN = '_row'

const ROWS_PER_CHUNK = 2_048

interface Column {
  readonly index: number
  readonly name: string
  readonly reader: ColumnReader
}

interface IpcTable {
  /** Reads its rows, `_row` first where it is wanted. */
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
  /** Whether the rows of several sources are to be told apart by a column `_row`, whose name is then taken. */
  readonly hasSources: boolean
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
    let before = 0
    for await (const batch of batches) {
      for (let from = 0; from < batch.rows; from += ROWS_PER_CHUNK) {
        if (this.#target.pace.due) await this.#target.pace.rest()
        this.#append(table, { source, batch, before, from, to: Math.min(from + ROWS_PER_CHUNK, batch.rows) })
      }
      before += batch.rows
    }
  }

  /** Ends the adding, and returns the query that reads it all. */
  finish(): string {
    this.close()
    const queries = [...this.#tables.values()].map(({ query }) => query)
    if (queries.length === 0 && this.#target.hasSources)
      queries.push(`SELECT NULL::BIGINT AS ${SOURCE_COLUMN} WHERE false`)
    return queries.join('\nUNION ALL BY NAME\n')
  }

  /** Idempotent. */
  close(): void {
    for (const { appender } of this.#tables.values()) appender.closeSync()
  }

  async #tableOf(schema: IpcSchema): Promise<IpcTable> {
    const { api, connection, prefix, hasSources } = this.#target
    const names = distinctNames(schema.fields)
    if (hasSources && names.some((name) => name.toLowerCase() === SOURCE_COLUMN))
      throw new IpcProblem(`it has a column "${SOURCE_COLUMN}", whose name is taken`)
    if (!hasSources && names.length === 0) throw new IpcProblem('it has no columns')
    // A table has a column even where all others are NULL.
    const own = freeName(SOURCE_COLUMN, new Set(names.map((each) => each.toLowerCase())))
    const selected = hasSources ? [quoteName(own)] : []
    const declared = [`${quoteName(own)} BIGINT`]
    const columns: Column[] = []
    for (const [index, field] of schema.fields.entries()) {
      const name = names[index]!
      // A column that is all NULL takes the type that others give it.
      if (field.type.kind === 'null' && field.dictionary === null) {
        selected.push(`NULL AS ${quoteName(name)}`)
        continue
      }
      const reader = columnReader(api, field)
      if (reader === null)
        throw new IpcProblem(`its column "${name}" is of a type that SQL does not have: ${typeText(field)}`)
      selected.push(quoteName(name))
      declared.push(`${quoteName(name)} ${reader.sqlType}`)
      columns.push({ index, name, reader })
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
    const { source, batch, before, from, to } = rows
    const chunk = this.#target.api.DuckDBDataChunk.create(types, to - from)
    chunk.setColumnValues(0, new Array<bigint>(to - from).fill(source))
    for (const [i, { index, name, reader }] of columns.entries()) {
      try {
        chunk.setColumnValues(i + 1, valuesOf(reader, batch.columns[index]!, from, to))
      } catch (error) {
        if (!(error instanceof Unfit)) throw error
        const row = before + (error.row ?? from) + 1
        throw new IpcProblem(`row ${row} of its column "${name}" has no place in SQL: ${error.message}`, {
          cause: error,
        })
      }
    }
    appender.appendDataChunk(chunk)
  }
}

interface Rows {
  readonly source: bigint
  readonly batch: IpcBatch
  /** Rows of the batches before it. */
  readonly before: number
  readonly from: number
  readonly to: number
}

/** As DuckDB calls the columns of a file: SQL does not tell names apart by case, and has none without a letter. */
function distinctNames(fields: readonly IpcField[]): readonly string[] {
  const taken = new Set<string>()
  return fields.map((field, index) => freeName(field.name === '' ? `column${index}` : field.name, taken))
}

/** Takes it, too. */
function freeName(name: string, taken: Set<string>): string {
  for (let count = 0; ; count++) {
    const free = count === 0 ? name : `${name}_${count}`
    if (taken.size < taken.add(free.toLowerCase()).size) return free
  }
}

function typeText({ type, children }: IpcField): string {
  const name = type.kind === 'decimal' ? `decimal${type.bits}(${type.precision}, ${type.scale})` : type.kind
  return children.length === 0
    ? name
    : `${name}<${children.map((child) => `${child.name}: ${typeText(child)}`).join(', ')}>`
}

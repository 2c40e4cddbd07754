/**
 * Which relations there are, and what may be written next in an editor. Served by one instance that
 * has every relation's columns and no rows.
 */
import type { Column } from '../../shared/model'
import { isPondError } from '../../shared/errors'
import type { Engine, Sandbox } from './engine'
import { createRelations, RELATION_NAMES, SHAPES } from './relations'
import { scan } from './scan'
import type { QuerySource } from './source'

export interface Relation {
  /** As SQL writes it, e.g. `pond.files`. */
  readonly name: string
  readonly columns: readonly Column[]
}

export interface Completion {
  readonly label: string
  /** UTF-16 offset in the text at which the suggestion replaces. */
  readonly from: number
}

const MOST_SUGGESTIONS = 50

export class Catalog {
  readonly #engine: Engine
  #sandbox: Promise<Sandbox> | undefined

  constructor(engine: Engine) {
    this.#engine = engine
  }

  async relations(): Promise<Relation[]> {
    const { connection } = await this.#shapes()
    const reader = await connection.runAndReadAll(
      `SELECT CASE schema_name WHEN 'main' THEN table_name ELSE schema_name || '.' || table_name END, column_name, data_type
       FROM duckdb_columns() WHERE schema_name IN ('main', 'pond') AND NOT internal ORDER BY column_index`,
    )
    const rows = reader.getRows() as [string, string, string][]
    return RELATION_NAMES.map((name) => ({
      name,
      columns: rows.filter((row) => row[0] === name).map((row) => ({ name: row[1], type: row[2] })),
    }))
  }

  /** Suggestions at a UTF-16 offset: pond paths inside a quoted path, else DuckDB's own. */
  async complete(source: QuerySource, sql: string, position: number): Promise<Completion[]> {
    const before = sql.slice(0, position)
    const open = openPath(before)
    if (open !== null) return completePath(source, open.path, open.from)
    const { connection } = await this.#shapes()
    const { VARCHAR } = await import('@duckdb/node-api')
    const reader = await connection.runAndReadAll(
      `SELECT suggestion, suggestion_start FROM sql_auto_complete($1::VARCHAR) LIMIT ${MOST_SUGGESTIONS}`,
      [before],
      [VARCHAR],
    )
    return reader.getRows().map((row) => ({ label: String(row[0]), from: Number(row[1]) }))
  }

  async close(): Promise<void> {
    const sandbox = await this.#sandbox
    this.#sandbox = undefined
    sandbox?.close()
  }

  #shapes(): Promise<Sandbox> {
    this.#sandbox ??= (async () => {
      const sandbox = await this.#engine.sandbox()
      await createRelations(sandbox.connection, SHAPES, null)
      return sandbox
    })()
    return this.#sandbox
  }
}

/** The path that is being written at the end of the text, in quotes that are not closed yet. */
function openPath(before: string): { readonly path: string; readonly from: number } | null {
  const last = scan(before).at(-1)
  if (last === undefined || (last.kind !== 'string' && last.kind !== 'quoted') || last.end < before.length) return null
  const quote = before[last.start]
  const isClosed = last.end - last.start > 1 && before[last.end - 1] === quote
  const path = before.slice(last.start + 1)
  return isClosed || !path.startsWith('/') ? null : { path, from: last.start + 1 }
}

async function completePath(source: QuerySource, path: string, from: number): Promise<Completion[]> {
  // What is written so far is taken literally, whatever a glob would make of it.
  const literal = path.replaceAll(/[\\*?[\]{}]/g, '?')
  try {
    const [here, below] = await Promise.all([source.tables(`${literal}*`), source.tables(`${literal}*/**/*`)])
    const files = here.map((file) => file.path)
    const folders = below.map((file) => file.path.slice(0, file.path.indexOf('/', path.length) + 1))
    const labels = new Set([...folders, ...files].filter((label) => label.startsWith(path)))
    return [...labels].slice(0, MOST_SUGGESTIONS).map((label) => ({ label, from }))
  } catch (error) {
    if (isPondError(error)) return []
    throw error
  }
}

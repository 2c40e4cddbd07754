/**
 * Which relations there are, and what may be written next in an editor. Served by one instance that
 * has every relation's columns and no rows.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../../shared/model'
import { isPondError } from '../../../shared/errors'
import { MAIN_DATABASE } from '../relations/bases'
import { describeFile } from '../convert/describe'
import type { Engine, Sandbox } from '../engine/engine'
import { stopIf } from '../engine/failure'
import { formatOfName } from '../formats'
import { FUNCTION_NAMES } from '../relations/pond-functions'
import { createRelations, RELATION_NAMES, SHAPES } from '../relations/relations'
import { quoteName } from '../engine/quote'
import { fromByteOffset, scan } from '../sql/scan'
import type { QuerySource } from '../source'

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
const MOST_PATHS = 4

export class Catalog {
  readonly #engine: Engine
  #sandbox: Promise<Sandbox> | undefined
  #completing: Promise<unknown> = Promise.resolve()
  /** Paths whose columns are known, with the hash of the content they came from. */
  readonly #named = new Map<string, string>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  relations(): Promise<Relation[]> {
    return this.#with(async (connection) => {
      const reader = await connection.runAndReadAll(
        `SELECT CASE schema_name WHEN 'main' THEN table_name ELSE schema_name || '.' || table_name END, column_name, data_type
       FROM duckdb_columns() WHERE schema_name IN ('main', 'pond') AND NOT internal ORDER BY column_index`,
      )
      const rows = reader.getRows() as [string, string, string][]
      return RELATION_NAMES.map((name) => ({
        name,
        columns: rows.filter((row) => row[0] === name).map((row) => ({ name: row[1], type: row[2] })),
      }))
    })
  }

  /** Suggestions at a UTF-16 offset: pond paths inside a quoted path, else what DuckDB's grammar and the named tables allow. */
  complete(source: QuerySource, sql: string, position: number, signal?: AbortSignal): Promise<Completion[]> {
    const before = sql.slice(0, position)
    const path = openPath(before)
    if (path !== null) return completePath(source, path)
    const relation = /(?<![\w."])pond\.(\w*)$/i.exec(before)
    if (relation !== null) {
      // A function is left open for its arguments.
      const all = [...RELATION_NAMES, ...FUNCTION_NAMES.map((name) => `${name}(`)]
      const labels = all.filter((name) => name.startsWith(`pond.${relation[1]!.toLowerCase()}`))
      return Promise.resolve(labels.map((label) => ({ label, from: relation.index })))
    }
    // One at a time: the columns of named files are views of the one instance.
    const next = this.#completing.then(
      () => this.#completeSyntax(source, sql, before, signal),
      () => this.#completeSyntax(source, sql, before, signal),
    )
    this.#completing = next
    return next
  }

  async close(): Promise<void> {
    const sandbox = await this.#sandbox
    this.#sandbox = undefined
    sandbox?.close()
  }

  #completeSyntax(source: QuerySource, sql: string, before: string, signal?: AbortSignal): Promise<Completion[]> {
    stopIf(signal)
    return this.#with(async (connection) => {
      for (const path of namedPaths(sql)) {
        await this.#nameColumns(connection, source, path, signal)
        stopIf(signal)
      }
      const { VARCHAR } = await import('@duckdb/node-api')
      const reader = await connection.runAndReadAll(
        `SELECT suggestion, suggestion_start, suggestion_type FROM sql_auto_complete($1::VARCHAR) LIMIT ${MOST_SUGGESTIONS}`,
        [before],
        [VARCHAR],
      )
      return reader.getRows().map(([suggestion, start, type]) => {
        const from = fromByteOffset(before, Number(start))
        const label = String(suggestion).trimEnd()
        const isShouted = /^[A-Z]+$/.test(before.slice(from))
        return { label: type === 'keyword' && isShouted ? label.toUpperCase() : label, from }
      })
    })
  }

  /** Gives the editor's instance a view with the columns of a file, and no rows. */
  async #nameColumns(
    connection: DuckDBConnection,
    source: QuerySource,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const file = (await source.tables(path).catch(noFile))[0]
    if (!file?.fileType.startsWith('file:') || this.#named.get(path.toLowerCase()) === file.sha256) return
    const options = { format: formatOfName(file.path) ?? undefined, signal }
    const shape = await describeFile(this.#engine, file, options).catch(noFile)
    if (!('columns' in shape) || shape.columns.length === 0) return
    const columns = shape.columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`)
    // A type may be too much for DuckDB to read as text, hundreds of lists in each other say: then there are no columns to suggest.
    await connection
      .run(`CREATE OR REPLACE TEMP VIEW ${quoteName(path)} AS SELECT ${columns.join(', ')}`)
      .catch(() => undefined)
    this.#named.set(path.toLowerCase(), file.sha256)
  }

  /** After an internal error DuckDB refuses to go on: the next call gets a new instance. */
  async #with<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const sandbox = this.#shapes()
    try {
      return await work((await sandbox).connection)
    } catch (error) {
      if (this.#sandbox === sandbox) {
        this.#sandbox = undefined
        this.#named.clear()
      }
      throw error
    }
  }

  #shapes(): Promise<Sandbox> {
    this.#sandbox ??= (async () => {
      const sandbox = await this.#engine.sandbox()
      await createRelations({ connection: sandbox.connection, database: MAIN_DATABASE }, SHAPES, null)
      return sandbox
    })()
    return this.#sandbox
  }
}

/** Paths that stand in the text in quotes, as far as they may be files. */
function namedPaths(sql: string): string[] {
  const quoted = scan(sql).filter(({ kind, text }) => (kind === 'string' || kind === 'quoted') && text.startsWith('/'))
  return [...new Set(quoted.map(({ text }) => text))].slice(0, MOST_PATHS)
}

function noFile(error: unknown): [] {
  if (isPondError(error)) return []
  throw error
}

interface OpenPath {
  readonly text: string
  readonly quote: string
  /** UTF-16 offset of the path in the SQL. */
  readonly from: number
}

/** The path that is being written at the end of the text, in quotes that are not closed yet. */
function openPath(before: string): OpenPath | null {
  const last = scan(before).at(-1)
  if (last === undefined || (last.kind !== 'string' && last.kind !== 'quoted') || last.end < before.length) return null
  const quote = before[last.start]!
  const isClosed = last.end - last.start > 1 && before[last.end - 1] === quote
  const text = before.slice(last.start + 1).replaceAll(quote + quote, quote)
  return isClosed || !text.startsWith('/') ? null : { text, quote, from: last.start + 1 }
}

async function completePath(source: QuerySource, { text, quote, from }: OpenPath): Promise<Completion[]> {
  const directory = text.slice(0, text.lastIndexOf('/') + 1)
  const written = text.slice(directory.length)
  const which = { prefix: written, limit: MOST_SUGGESTIONS }
  const entries = await source.list(directory.length > 1 ? directory.slice(0, -1) : '/', which).catch(noFile)
  return entries.map(({ name, fileType }) => {
    const path = directory + name + (fileType === 'directory' ? '/' : '')
    return { label: path.replaceAll(quote, quote + quote), from }
  })
}

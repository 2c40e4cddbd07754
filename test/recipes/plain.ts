/** The second opinion: a DuckDB that knows no pond, over the files that were put into one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { csvOf, type Part } from './history'

/** A table as texts, with its columns as `name TYPE`. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export class Plain {
  readonly #folder: string
  readonly #duckdb: DuckDBConnection
  readonly #files = new Map<Part, string>()

  private constructor(folder: string, duckdb: DuckDBConnection) {
    this.#folder = folder
    this.#duckdb = duckdb
  }

  static async open(): Promise<Plain> {
    const duckdb = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    await duckdb.run("SET TimeZone = 'UTC'")
    return new Plain(await mkdtemp(join(tmpdir(), 'duckpond-plain-')), duckdb)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#duckdb.closeSync()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** A view of all rows of the parts, numbered in their order by `r`; the types are said, not found. */
  async view(name: string, parts: readonly Part[]): Promise<void> {
    const rows: string[] = []
    for (const [i, part] of parts.entries()) {
      const types = [
        "'timestamp': 'TIMESTAMPTZ', 'level': 'DOUBLE'",
        `'n': '${part.isFractional ? 'DOUBLE' : 'BIGINT'}', 'ph': 'DOUBLE'`,
        ...(part.hasNotes ? ["'note': 'VARCHAR'"] : []),
      ]
      const read = `read_csv('${await this.#file(part)}', header = true, auto_detect = false, columns = {${types.join()}})`
      rows.push(`SELECT *, ${i} * 1000000 + row_number() OVER () AS r FROM ${read}`)
    }
    await this.#duckdb.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${rows.join(' UNION ALL BY NAME ')}`)
  }

  async table(sql: string): Promise<Table> {
    const described = await this.#duckdb.runAndReadAll(`DESCRIBE ${sql}`)
    const reader = await this.#duckdb.runAndReadAll(`SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql})`)
    return {
      columns: described.getRows().map(([name, type]) => `${String(name)} ${String(type)}`),
      rows: reader.getRows() as (string | null)[][],
    }
  }

  async #file(part: Part): Promise<string> {
    const known = this.#files.get(part)
    if (known !== undefined) return known
    const path = join(this.#folder, `${this.#files.size}.csv`)
    await writeFile(path, csvOf(part))
    this.#files.set(part, path)
    return path
  }
}

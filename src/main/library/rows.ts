/** The rows of a query, streamed as plain objects. */
import { PondError } from '../../shared/errors'
import type { Column } from '../../shared/model'
import { toJson, type RowStream } from '../pond'

/** A value of a row: nothing is rounded, a number that JavaScript cannot hold is text. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

/**
 * A row by column name; a name that comes again gets `_1`, `_2`, ... 64-bit integers beyond 2^53, HUGEINT
 * and DECIMAL are text, dates and times ISO 8601 text (UTC where they have a zone), BLOB base64.
 */
export type Row = Readonly<Record<string, Value>>

/**
 * To be read once, and soon: until then it holds one of the few places for statements of this pond. Leaving the
 * iteration early, or `close`, frees everything.
 */
export class Rows implements AsyncIterable<Row> {
  readonly columns: readonly Column[]
  readonly #stream: RowStream
  readonly #keys: readonly string[]
  #taken = false

  /** @internal */
  constructor(stream: RowStream) {
    this.columns = stream.columns
    this.#stream = stream
    this.#keys = keysOf(stream.columns)
  }

  /** @throws library.read-once */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row> {
    for await (const batch of this.#take()) for (const row of batch) yield this.#row(row)
  }

  /** All rows at once: for results that fit in memory. @throws library.read-once */
  async all(): Promise<Row[]> {
    const rows: Row[] = []
    for await (const batch of this.#take()) for (const row of batch) rows.push(this.#row(row))
    return rows
  }

  /** For who does not iterate to the end. Idempotent. */
  close(): Promise<void> {
    return this.#stream.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #take(): RowStream['batches'] {
    if (this.#taken) throw new PondError('library.read-once', 'the rows of a query can be read once: ask again')
    this.#taken = true
    return this.#stream.batches
  }

  #row(values: readonly unknown[]): Row {
    return Object.fromEntries(values.map((value, i) => [this.#keys[i], toJson(value, this.columns[i]?.type)]))
  }
}

function keysOf(columns: readonly Column[]): string[] {
  const taken = new Set(columns.map(({ name }) => name))
  const used = new Set<string>()
  return columns.map(({ name }) => {
    let key = name
    for (let n = 1; used.has(key); n++) if (!taken.has(`${name}_${n}`)) key = `${name}_${n}`
    used.add(key)
    return key
  })
}

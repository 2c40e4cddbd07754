/**
 * The table that the rows of a running statement go to while they come, chunk by chunk, so that windows of them can be
 * read from the first chunk on. DuckDB makes the next chunk while the last one is written, and rows become readable
 * some at a time: a row group is the cheapest, a slow statement and wide rows get fewer.
 */
import type { DuckDBAppender, DuckDBDataChunk } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import type { Column } from '../../../shared/model'
import type { Clock } from '../../platform'
import type { Rows, Execution } from './execution'

/** Rows of a row group: as many become readable without being copied once more. */
const ROW_GROUP = 122_880
/** Of rows times columns that are made readable at once: it blocks for some 20 ms. */
const MOST_VALUES = 500_000
/** For so long rows that are there may be unreadable. */
const LONGEST_UNREADABLE_US = 100_000
/** A step that took longer was too large. */
const LONGEST_STEP_US = 25_000

export interface SpoolTold {
  /** The table is there, without rows. */
  begun(): void
  /** So many rows can be read. */
  rowsReady(rows: number): void
}

/** Creates `"$run".result`, whose columns are c0, c1, ..., and fills it. @throws query.*, and what DuckDB throws */
export async function spool(execution: Execution, stream: Rows, clock: Clock, told: SpoolTold): Promise<void> {
  const { columns, types } = stream
  const writer = await execution.sandbox.connect()
  const declared = types.map((type, index) => `c${index} ${type.toString()}`)
  await writer.run('CREATE SCHEMA "$run"')
  await writer.run(`CREATE TABLE "$run".result (${declared.join(', ')})`).catch((error: unknown) => {
    throw /depth/i.test(String(error)) ? tooNested(columns) : error
  })
  const appender = await writer.createAppender('result', '$run')
  try {
    const steps = new Steps(appender, clock, Math.min(ROW_GROUP, Math.floor(MOST_VALUES / Math.max(types.length, 1))))
    told.begun()
    try {
      for await (const chunk of oneAhead(execution.chunks(stream))) if (steps.add(chunk)) told.rowsReady(steps.rows)
    } finally {
      // Those of a statement that fails in the middle, too.
      steps.end()
      told.rowsReady(steps.rows)
    }
  } finally {
    appender.closeSync()
  }
}

/** How many rows become readable at once. */
class Steps {
  readonly #appender: DuckDBAppender
  readonly #clock: Clock
  #most: number
  #waiting = 0
  #since: number
  rows = 0

  constructor(appender: DuckDBAppender, clock: Clock, most: number) {
    this.#appender = appender
    this.#clock = clock
    this.#most = most
    this.#since = clock.elapsed()
  }

  /** True when all rows so far can be read. */
  add(chunk: DuckDBDataChunk): boolean {
    this.#appender.appendDataChunk(chunk)
    const isFirst = this.rows === 0
    this.rows += chunk.rowCount
    this.#waiting += chunk.rowCount
    const isEnough = this.#waiting >= this.#most || this.#clock.elapsed() - this.#since >= LONGEST_UNREADABLE_US
    if (!isFirst && !isEnough) return false
    this.end()
    return true
  }

  end(): void {
    const before = this.#clock.elapsed()
    this.#appender.flushSync()
    this.#waiting = 0
    this.#since = this.#clock.elapsed()
    if (this.#since - before > LONGEST_STEP_US) this.#most = Math.ceil(this.#most / 2)
  }
}

/** The same items; the next one is asked for before the last is handed over, and nothing is under way when it ends. */
async function* oneAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = items.next()
  try {
    for (;;) {
      const { done, value } = await next
      if (done === true) return
      next = items.next()
      // Heard by whoever awaits it.
      next.catch(() => undefined)
      yield value
    }
  } finally {
    await items.return(undefined)
  }
}

/** DuckDB takes types as text, up to a depth, and has read rows of one that is beyond it. */
function tooNested(columns: readonly Column[]): PondError {
  const [deepest] = columns.toSorted((a, b) => b.type.length - a.type.length)
  const name = deepest?.name ?? ''
  const message = `the column "${name}" is of a type that is nested too deep to be shown: choose a part of it, or cast it to JSON`
  return new PondError('query.failed', message, { column: name, candidates: [] })
}

/**
 * One statement for a grid. It runs once: its rows are spooled into a table of its own instance while
 * they come, and windows of that table are served from the first chunk on. Relies on rowids counting
 * up from 0 in the order of insertion; promises that a window costs the same wherever it is.
 */
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api'
import type { World } from '../../platform'
import { isPondError, PondError } from '../../../shared/errors'
import type { Micros, QueryState, SortKey } from '../../../shared/model'
import type { Engine } from '../engine/engine'
import type { ExportResult } from './export'
import { exportRun, type RunExportOptions } from './export-run'
import { cancelled, toQueryError } from '../engine/failure'
import { Execution } from './execution'
import { spool } from './spool'
import { Signal } from '../engine/signal'
import type { Slots } from '../engine/slots'
import type { QuerySource } from '../source'
import { statesOf } from './states'

export interface Run {
  readonly id: string
  /** The text that runs. It is in no state: states are told many times, and a text may be long. */
  readonly sql: string
  /** The state now and every later one, at most about ten a second; ends after `done`, `failed` or `cancelled`. */
  states(): AsyncIterable<QueryState>
  current(): QueryState
  /**
   * Rows from `offset` as an Arrow IPC stream; fewer where the result, or what is ready of it, ends, and where
   * they would be more than 4 MiB, but at least one: ask again for the rest.
   * Types that Arrow does not have come as text (docs/sql.md).
   * @throws query.closed when closed
   */
  page(offset: number, limit: number): Promise<Uint8Array>
  /**
   * Resolves when the pages are in this order; `[]` is the order in which DuckDB gave the rows.
   * @throws query.cancelled, query.failed when the rows are not all there
   */
  sort(keys: readonly SortKey[]): Promise<QueryState>
  /**
   * Writes the rows into a file, once all of them are there. @throws query.failed where they never will be,
   * query.closed, and what an export throws
   */
  export(options: RunExportOptions): Promise<ExportResult>
  /** Stops the statement, or a sort, at once. */
  cancel(): void
  /** Frees everything. Idempotent. */
  close(): Promise<void>
}

export interface RunContext {
  readonly world: World
  readonly engine: Engine
  readonly slots: Slots
  readonly closed: (run: GridRun) => void
}

const STATE_INTERVAL_MS = 100

export class GridRun implements Run {
  readonly id: string
  readonly sql: string
  readonly #context: RunContext
  readonly #source: QuerySource
  readonly #startedAt: Micros
  readonly #abort = new AbortController()
  readonly #work: Promise<void>
  #state: QueryState
  readonly #changed = new Signal()
  #execution: Execution | undefined
  #reader: DuckDBConnection | undefined
  #types: readonly DuckDBType[] = []
  #table = 'result'
  /** What the table is sorted by, as SQL. */
  #order: readonly string[] = []
  #sorts = 0
  #sortAbort: AbortController | undefined
  #sorting: Promise<unknown> = Promise.resolve()
  /** Pages being read: a table is dropped after them. */
  readonly #pages = new Set<Promise<unknown>>()
  /** Aborts what is still written when the run is closed. */
  readonly #closing = new AbortController()
  #isClosed = false

  constructor(context: RunContext, source: QuerySource, sql: string) {
    const { clock, random } = context.world
    this.id = random.uuid(clock.now())
    this.sql = sql
    this.#context = context
    this.#source = source
    this.#startedAt = clock.elapsed()
    this.#state = {
      queryId: this.id,
      state: 'running',
      at: source.at,
      columns: null,
      rowsReady: 0,
      percent: null,
      elapsedMs: 0,
      resultsDropped: 0,
      notes: [],
      error: null,
    }
    this.#work = this.#run(sql)
    void this.#tick()
  }

  current(): QueryState {
    return this.#state
  }

  states(): AsyncGenerator<QueryState> {
    return statesOf(() => this.#state, this.#changed)
  }

  page(offset: number, limit: number): Promise<Uint8Array> {
    return this.#reading(this.#readPage(offset, limit))
  }

  export(options: RunExportOptions): Promise<ExportResult> {
    const { signal } = options
    const either = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    return this.#reading(this.#export({ ...options, signal: either }))
  }

  /** What reads a table, which is not dropped before it ends. */
  async #reading<T>(reading: Promise<T>): Promise<T> {
    this.#pages.add(reading)
    try {
      return await reading
    } finally {
      this.#pages.delete(reading)
    }
  }

  sort(keys: readonly SortKey[]): Promise<QueryState> {
    const next = this.#sorting.then(
      () => this.#sort(keys),
      () => this.#sort(keys),
    )
    this.#sorting = next
    return next
  }

  cancel(): void {
    if (this.#state.state === 'running') this.#abort.abort()
    this.#sortAbort?.abort()
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true
      this.#closing.abort()
      this.cancel()
      this.#context.closed(this)
    }
    await this.#work
    await Promise.allSettled([this.#sorting, ...this.#pages])
    const execution = this.#execution
    this.#execution = undefined
    if (execution === undefined) return
    // Freed on a thread of DuckDB's: closing an instance that still holds much blocks the loop.
    await execution.sandbox.connection.run('DROP SCHEMA IF EXISTS "$run" CASCADE').catch(() => undefined)
    execution.close()
  }

  async #run(sql: string): Promise<void> {
    let release: (() => void) | undefined
    try {
      const { signal } = this.#abort
      const bound = async (): Promise<void> => {
        release ??= await this.#context.slots.take(signal)
      }
      const execution = await Execution.open(this.#context.engine, this.#source, sql, { signal, bound })
      this.#execution = execution
      await this.#spool(execution)
      this.#update({ state: 'done', percent: 100 })
    } catch (error) {
      const failure = this.#execution?.failure(error) ?? error
      const known = isPondError(failure)
        ? failure
        : new PondError('internal', 'the query ended in an unexpected way', {}, failure)
      if (known.code === 'internal') this.#context.world.log.error('query.internal', { error: String(known.cause) })
      const state = known.code === 'query.cancelled' ? 'cancelled' : 'failed'
      this.#update({ state, error: toQueryError(known) })
    } finally {
      release?.()
    }
  }

  async #spool(execution: Execution): Promise<void> {
    const stream = await execution.run()
    const { columns, types, resultsDropped, notes } = stream
    this.#reader = await execution.sandbox.connect()
    this.#types = types
    let hasRows = false
    await spool(execution, stream, this.#context.world.clock, {
      begun: () => this.#update({ columns, resultsDropped, notes }),
      rowsReady: (rowsReady) => {
        // The first ones are told at once, the others with what is told now and then.
        this.#update({ rowsReady, ...this.#progress() }, hasRows)
        hasRows = true
      },
    })
  }

  async #sort(keys: readonly SortKey[]): Promise<QueryState> {
    const execution = this.#execution
    if (execution === undefined || this.#isClosed) throw closed(this.id)
    if (this.#state.state !== 'done') {
      throw new PondError('query.failed', 'rows can be sorted when all of them are there', { candidates: [] })
    }
    const order = this.#orderOf(keys)
    const before = this.#table
    if (order.length === 0) {
      this.#table = 'result'
    } else {
      this.#table = await this.#writeSorted(execution, order)
    }
    this.#order = order
    if (before !== 'result' && before !== this.#table) {
      await Promise.allSettled(this.#pages)
      await execution.sandbox.connection.run(`DROP TABLE "$run".${before}`)
    }
    return this.#state
  }

  #mustHave(column: number): void {
    const columns = this.#state.columns ?? []
    if (columns[column] !== undefined) return
    throw new PondError('query.failed', `there is no column ${column}, the result has ${columns.length}`, {})
  }

  #orderOf(keys: readonly SortKey[]): readonly string[] {
    return keys.map(({ column, descending }) => {
      this.#mustHave(column)
      return `c${column} ${descending ? 'DESC' : 'ASC'} NULLS LAST`
    })
  }

  async #export(options: RunExportOptions): Promise<ExportResult> {
    await Promise.race([this.#work, aborted(options.signal)])
    const execution = this.#execution
    if (execution === undefined || this.#isClosed) throw closed(this.id)
    const { state, columns, rowsReady, resultsDropped, notes } = this.#state
    if (state !== 'done' || columns === null)
      throw new PondError('query.failed', 'the query did not end, so that not all of its rows are there', {})
    for (const column of options.columns) this.#mustHave(column)
    const order = this.#orderOf(options.keys)
    const isShown = order.length > 0 && order.join() === this.#order.join()
    const release = await this.#context.slots.take(options.signal)
    try {
      const rows = {
        sandbox: execution.sandbox,
        table: `"$run".${isShown ? this.#table : 'result'}`,
        isSorted: isShown || order.length === 0,
        order,
        columns,
        types: this.#types,
        rows: rowsReady,
        resultsDropped,
        notes,
        failure: (error: unknown) => execution.failure(error),
      }
      return await exportRun(this.#context, rows, options)
    } finally {
      release()
    }
  }

  /** Returns the sorted table's name. */
  async #writeSorted(execution: Execution, order: readonly string[]): Promise<string> {
    const abort = (this.#sortAbort = new AbortController())
    const interrupt = (): void => execution.sandbox.connection.interrupt()
    const release = await this.#context.slots.take(abort.signal)
    abort.signal.addEventListener('abort', interrupt)
    try {
      const table = `sorted_${++this.#sorts}`
      await execution.sandbox.connection.run(
        `CREATE TABLE "$run".${table} AS SELECT * FROM "$run".result ORDER BY ${order.join(', ')}, rowid`,
      )
      return table
    } catch (error) {
      throw execution.failure(error)
    } finally {
      abort.signal.removeEventListener('abort', interrupt)
      this.#sortAbort = undefined
      release()
    }
  }

  async #readPage(offset: number, limit: number): Promise<Uint8Array> {
    const execution = this.#execution
    const [{ encodePage }, { endOfPage }] = await Promise.all([import('../out/arrow'), import('./page-window')])
    if (this.#isClosed) throw closed(this.id)
    if (execution === undefined || this.#reader === undefined || this.#state.columns === null) {
      return encodePage(this.#state.columns ?? [], [], [])
    }
    const table = `"$run".${this.#table}`
    const ready = Math.min(offset + limit, this.#state.rowsReady)
    const end = await endOfPage(this.#reader, { table, types: this.#types, from: offset, to: ready })
    const result = await this.#reader.run(`SELECT * FROM ${table} WHERE rowid >= ${offset} AND rowid < ${end}`)
    return encodePage(this.#state.columns, this.#types, await result.fetchAllChunks())
  }

  /** Keeps percent and time moving while DuckDB is silent. */
  async #tick(): Promise<void> {
    while (this.#state.state === 'running') {
      await this.#context.world.clock.sleep(STATE_INTERVAL_MS)
      if (this.#state.state === 'running') this.#update(this.#progress())
    }
  }

  /** DuckDB starts over with each pipeline; what is shown only grows. */
  #progress(): { percent: number | null } {
    const percentage = this.#execution?.sandbox.connection.progress.percentage ?? -1
    const before = this.#state.percent
    return { percent: percentage <= 0 ? before : Math.max(before ?? 0, Math.min(Math.round(percentage), 99)) }
  }

  /** Quiet updates are told with the next loud one. */
  #update(change: Partial<QueryState>, quiet = false): void {
    const elapsedMs = Math.round((this.#context.world.clock.elapsed() - this.#startedAt) / 1000)
    this.#state = { ...this.#state, ...change, elapsedMs }
    if (!quiet) this.#changed.ring()
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(cancelled())
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}

function closed(id: string): PondError {
  return new PondError('query.closed', 'this result is closed; run the query again', { queryId: id })
}

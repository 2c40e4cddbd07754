/**
 * SQL over a pond: the one way to DuckDB. It owns every instance that is open, runs at most three statements at
 * once and queues the rest, and frees everything on `close`. What is read comes from a `QuerySource`; nothing is
 * ever written except a named export.
 */
import type { Column, FileNote } from '../../../shared/model'
import { Pace, type World } from '../../platform'
import { readBatches, type RowBatch } from '../out/batches'
import { Catalog, type Completion, type Relation } from './catalog'
import { convertToParquet, type Conversion, type ConversionSource, type Converted } from '../convert/convert'
import { describeFile, type DescribeOptions, type TableDescription } from '../convert/describe'
import { Engine, type EngineOptions } from '../engine/engine'
import { exportRows, type ExportOptions, type ExportResult } from './export'
import { cancelled } from '../engine/failure'
import { resultBytes, type BytesOptions, type ByteStream } from './result-bytes'
import { GridRun, type Run } from './run'
import { Execution, type Rows } from './execution'
import { Slots } from '../engine/slots'
import { splitRows, type SplitOptions } from './split'
import { stoppablePace } from '../files/sql-views'
import { mustBeWholeArrow, type NamedBytes } from '../ipc/whole-arrow'
import { readsOf, type Reads } from '../bind/reads'
import { rowOriginOf, type RowOrigin } from '../bind/row-origin'
import type { QuerySource, TableFile } from '../source'

export type QueriesOptions = EngineOptions

export interface RowStream {
  readonly columns: readonly Column[]
  /** Results of earlier statements of the same text: the last one's rows are the result. */
  readonly resultsDropped: number
  /** What of the files that were read is not in their tables. */
  readonly notes: readonly FileNote[]
  /** To be read once. Leaving the iteration early frees everything, too. */
  readonly batches: AsyncIterable<RowBatch>
  /** For who does not iterate at all. Idempotent. */
  close(): Promise<void>
}

const STATEMENTS_AT_ONCE = 3
/** Beside those: however long what is computed takes, somebody else's query has its turn. */
const MAKINGS_AT_ONCE = 2

export class Queries {
  readonly #world: World
  readonly #engine: Engine
  readonly #catalog: Catalog
  readonly #slots = new Slots(STATEMENTS_AT_ONCE)
  readonly #makings = new Slots(MAKINGS_AT_ONCE)
  readonly #runs = new Set<Run>()
  /** Work that holds an instance, with what stops it. */
  readonly #work = new Map<Promise<unknown>, AbortController>()
  #isClosed = false

  constructor(world: World, options: QueriesOptions) {
    this.#world = world
    this.#engine = new Engine(world, options)
    this.#catalog = new Catalog(this.#engine)
  }

  /** A run for the app's grid. Resolves at once: what is wrong with the statement is in its states. */
  async start(source: QuerySource, sql: string): Promise<Run> {
    if (this.#isClosed) throw cancelled()
    const context = { world: this.#world, engine: this.#engine, slots: this.#slots }
    const run: Run = new GridRun({ ...context, closed: () => this.#runs.delete(run) }, source, sql)
    this.#runs.add(run)
    return run
  }

  /** Rows in batches of bounded size. @throws query.*, also while iterating */
  async stream(source: QuerySource, sql: string, signal?: AbortSignal): Promise<RowStream> {
    const { rows, items, close } = await this.#streamed(source, sql, signal, readBatches)
    const { columns, resultsDropped, notes } = rows
    return { columns, resultsDropped, notes, batches: items, close }
  }

  /** Rows as the bytes of a file of that format. @throws query.*, also while iterating */
  async bytes(source: QuerySource, sql: string, options: BytesOptions): Promise<ByteStream> {
    const count = { rows: 0 }
    const { rows, items, close } = await this.#streamed(source, sql, options.signal, (execution, result) =>
      resultBytes(execution, result, { ...options, count }),
    )
    return {
      columns: rows.columns,
      resultsDropped: rows.resultsDropped,
      notes: rows.notes,
      get rows() {
        return count.rows
      },
      chunks: items,
      close,
    }
  }

  /** What a text depends on; it is not run. @throws query.* */
  async reads(source: QuerySource, sql: string): Promise<Reads> {
    return this.#track(undefined, () => readsOf(this.#engine, source, sql))
  }

  /** Where a query's rows and one of its columns come from, if row by row; it is not run. @throws query.* */
  async rowOrigin(sql: string, column: string): Promise<RowOrigin | null> {
    return this.#track(undefined, () => rowOriginOf(this.#engine, sql, column))
  }

  /** Runs a statement into several Parquet files, by the value of its first column. @throws query.* */
  async split(source: QuerySource, sql: string, options: SplitOptions): Promise<void> {
    return this.#track(options.signal, (signal) =>
      this.#makings.within(signal, (bound) => splitRows(this.#engine, source, sql, { ...options, signal, bound })),
    )
  }

  /** Runs a statement into a file; a failed or cancelled one leaves none. @throws query.* */
  async export(source: QuerySource, sql: string, options: ExportOptions): Promise<ExportResult> {
    return this.#track(options.signal, async (signal) => {
      const context = { world: this.#world, engine: this.#engine }
      const slots = options.isMaking === true ? this.#makings : this.#slots
      return slots.within(signal, (bound) => exportRows(context, source, sql, { ...options, signal, bound }))
    })
  }

  /** How a file reads as a table; a file that does not is described by its problem. */
  async describe(file: TableFile, options: DescribeOptions = {}): Promise<TableDescription> {
    return this.#track(options.signal, (signal) => describeFile(this.#engine, file, { ...options, signal }))
  }

  /** Text tables as Parquet, all rows of them. @throws query.unreadable-file, query.bad-reading */
  async convert(conversion: Conversion, bytes: ConversionSource): Promise<Converted> {
    return this.#track(conversion.signal, (signal) =>
      this.#slots.hold(signal, () => convertToParquet(this.#engine, { ...conversion, signal }, bytes)),
    )
  }

  /** Reads Arrow data through. @throws query.unreadable-file for what is damaged, cut or none */
  async checkArrow(arrow: NamedBytes, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return this.#track(options.signal, (signal) =>
      mustBeWholeArrow(arrow, stoppablePace(new Pace(this.#world.clock), signal)),
    )
  }

  /** Absolute host path of a folder for files of this process; it goes on `close`, or once the process is dead. */
  workFolder(): Promise<string> {
    return this.#engine.workFolder()
  }

  /** The relations that SQL can name beside the pond's files. */
  async catalog(): Promise<Relation[]> {
    return this.#track(undefined, () => this.#catalog.relations())
  }

  /** What may be written at a UTF-16 offset of the text. */
  async complete(source: QuerySource, sql: string, position: number, signal?: AbortSignal): Promise<Completion[]> {
    return this.#track(signal, (own) => this.#catalog.complete(source, sql, position, own))
  }

  /** What `read` makes of a statement's rows, item by item; the instance is freed at the end of the iteration. */
  #streamed<T>(
    source: QuerySource,
    sql: string,
    signal: AbortSignal | undefined,
    read: (execution: Execution, rows: Rows) => AsyncGenerator<T>,
  ): Promise<{ readonly rows: Rows; readonly items: AsyncGenerator<T>; close(): Promise<void> }> {
    return new Promise((resolve, reject) => {
      // Tracked from the first step to the end of the iteration.
      this.#track(signal, async (own) => {
        let execution: Execution | undefined
        try {
          const rows = await this.#slots.within(own, async (bound) => {
            execution = await Execution.open(this.#engine, source, sql, { signal: own, bound })
            return execution.run()
          })
          const items = read(execution!, rows)
          const ended = new Promise<void>((finished) => {
            // Waits for a read that is under way: nothing may run when the execution is closed.
            const end = async (): Promise<void> => void (await items.return(undefined).finally(finished))
            own.addEventListener('abort', () => void end())
            // A reader may pause for ever, and wait for other statements meanwhile: only its reads hold a slot.
            const next = () => this.#slots.hold(own, () => items.next())
            resolve({ rows, items: guarded(next, own, end), close: end })
          })
          await ended
        } finally {
          // Whoever reads hears of the end before that: an instance takes some milliseconds to close.
          if (execution !== undefined) await this.#world.clock.sleep(0)
          execution?.close()
        }
      }).catch(reject)
    })
  }

  /** Runs work that `close` can cancel and waits for. */
  async #track<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw cancelled()
    const abort = new AbortController()
    const running = work(signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]))
    this.#work.set(running, abort)
    try {
      return await running
    } finally {
      this.#work.delete(running)
    }
  }

  /** Cancels what runs and frees everything. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const abort of this.#work.values()) abort.abort()
    await Promise.all([...this.#runs].map((run) => run.close()))
    await Promise.allSettled(this.#work.keys())
    await this.#catalog.close()
    await this.#engine.close()
  }
}

/** The same items; ends with an error, and never early, when the work behind them was stopped. */
async function* guarded<T>(
  next: () => Promise<IteratorResult<T, unknown>>,
  signal: AbortSignal,
  end: () => Promise<void>,
): AsyncGenerator<T> {
  try {
    for (;;) {
      const item = await next()
      if (signal.aborted) throw cancelled()
      if (item.done) return
      yield item.value
    }
  } finally {
    await end()
  }
}

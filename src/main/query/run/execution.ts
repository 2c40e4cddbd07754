/**
 * One SQL text made ready to run: parsed, its names bound to a moment of the pond, in a locked DuckDB
 * of its own. Promises that every failure from here on is a coded error with a place in the text as
 * the user wrote it.
 */
import type { DuckDBDataChunk, DuckDBResult, DuckDBType } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import type { Column, FileNote } from '../../../shared/model'
import { Pace } from '../../platform'
import { loadArrow } from '../ipc/arrow-files'
import { bindText, type BindOptions, type BoundText, type Ready } from '../bind/bound-text'
import { withColumns } from '../functions/column-candidates'
import type { Engine, Sandbox } from '../engine/engine'
import { cancelled, stopIf, toPondError, type FailureContext } from '../engine/failure'
import { aroundQuery } from '../out/parquet-types'
import { FUNCTION_NAMES } from '../relations/pond-functions'
import { createRelations, RELATION_NAMES } from '../relations/relations'
import { quoteName, quoteText } from '../engine/quote'
import { fromByteOffset, lineAndColumn, type Place } from '../sql/scan'
import type { QuerySource } from '../source'
import { hidePaths } from '../engine/host-paths'
import type { Statement } from '../sql/statement'
import { stoppableSource } from '../files/stoppable-source'
import { tableOfTexts } from '../out/text-columns'
import { hasTextType } from '../out/type-text'
import { mustBeExact } from '../files/exact-parquet'
import { blamed } from '../files/unreadable'
import { withTextColumns } from './text-blame'
import { makeOrTell, stoppablePace, type SqlView, type SqlViewTools } from '../files/sql-views'

/** DuckDB's numbers for them. */
const SELECT_STATEMENT = 1
const INVALID_RESULT = 0
const INTERRUPT_INTERVAL_MS = 20
const COPY_HEAD = 'COPY (\n'
const CREATE_HEAD = 'CREATE TEMP TABLE "$rows" AS '

type Prepared = Awaited<ReturnType<Sandbox['connection']['prepare']>>

export interface ExecutionOptions extends BindOptions {
  /** Absolute host paths that `copyTo` and `copyApart` may write. */
  readonly writable?: readonly string[]
  /** Awaited once all that is read is there, and DuckDB has work to do: before, it may have to be computed by other statements. */
  readonly bound?: () => Promise<void>
}

export interface Rows {
  readonly columns: readonly Column[]
  readonly types: readonly DuckDBType[]
  readonly result: DuckDBResult
  /** Results of earlier statements of the same text, which nobody sees. */
  readonly resultsDropped: number
  /** What is remarkable about how files were read. */
  readonly notes: readonly FileNote[]
}

export class Execution {
  readonly sandbox: Sandbox
  /** The statement whose rows are the result: the last one. */
  readonly last: Statement
  readonly #engine: Engine
  readonly #text: BoundText
  readonly #signal: AbortSignal | undefined
  readonly #pace: Pace
  /** Content of Arrow files that has been loaded, by hash. */
  readonly #loaded = new Set<string>()
  readonly #onAbort = (): void => void this.#interrupt()
  /** True from the first statement to the last row. */
  #isRunning = true
  /** What runs now, for the places of errors, and how many bytes of our own stand before it. */
  #active: { readonly ready: Ready; readonly prefix: number } | { readonly place: Place | null } = { place: null }

  /** @throws query.*, and what the source throws */
  static async open(
    engine: Engine,
    source: QuerySource,
    sql: string,
    options: ExecutionOptions = {},
  ): Promise<Execution> {
    const { signal, writable = [] } = options
    const read = signal === undefined ? source : stoppableSource(source, signal)
    const text = await bindText(engine, read, sql, options)
    await options.bound?.().catch((error: unknown) => {
      text.pondFiles.release()
      throw error
    })
    const paths = [...text.files.keys(), ...text.dataFiles.keys(), ...writable]
    const sandbox = await engine.sandbox(paths).catch((error: unknown) => {
      text.pondFiles.release()
      throw error
    })
    const execution = new Execution(engine, sandbox, text, signal)
    try {
      for (const { moment, plan, isUsed, computedRows } of text.plans) {
        const { source: bases, database } = moment
        const target = { connection: sandbox.connection, database }
        if (isUsed) await createRelations(target, plan, { ...bases, wantsContent: text.wantsContent, computedRows })
      }
      for (const view of text.views) await execution.#create(view)
      // What is left out may be all that has a column that is named.
      if (!text.hasSkipped || (await execution.#isBound())) return execution
    } catch (error) {
      const failure = await execution.#explained(error).finally(() => execution.close())
      throw failure
    }
    execution.close()
    return Execution.open(engine, source, sql, { ...options, wholeSeries: true })
  }

  private constructor(engine: Engine, sandbox: Sandbox, text: BoundText, signal: AbortSignal | undefined) {
    this.sandbox = sandbox
    this.last = text.ready.at(-1)!.statement
    this.#engine = engine
    this.#pace = new Pace(engine.world.clock)
    this.#text = text
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort)
  }

  /** Runs every statement and streams the rows of the last one. Once only. @throws query.* */
  async run(): Promise<Rows> {
    try {
      await this.#runAllButLast()
      const { prepared } = await this.#prepareLast()
      return await this.#rowsOf(prepared)
    } catch (error) {
      throw await withColumns(await this.#explained(error), this.last.references, this.sandbox.connection)
    }
  }

  /** Whether the rows may be about the views themselves, or about how files are read. */
  get #showsPaths(): boolean {
    return this.#text.ready.some(({ statement: { kind, references } }) => kind === 'explain' || references.catalog)
  }

  get isAborted(): boolean {
    return this.#signal?.aborted ?? false
  }

  /** The chunks of a result, each once, until it ends. @throws query.* */
  async *chunks({ result }: Rows): AsyncGenerator<DuckDBDataChunk> {
    try {
      for (;;) {
        const chunk = await result.fetchChunk()
        if (this.isAborted) throw cancelled()
        if (chunk === null || chunk.rowCount === 0) break
        if (this.#showsPaths) hidePaths(chunk, [...this.#text.files, ...this.#text.dataFiles])
        yield chunk
      }
      // A stream that fails ends like one that is complete; only the type of its result tells.
      if ((result.returnType as number) === INVALID_RESULT) throw await this.#explained(await this.#streamFailure())
    } finally {
      this.#isRunning = false
    }
  }

  /** Runs every statement and copies the rows of the last one into a Parquet file; returns their number. @throws query.* */
  async copyTo(target: string, options: string): Promise<number> {
    try {
      await this.#runAllButLast()
      // Prepared as it is first: a mistake in it is reported as if nothing stood around it.
      const { ready, prepared } = await this.#prepareLast()
      const columns = columnsOf(prepared)
      // EXPLAIN, DESCRIBE and the like cannot stand inside a COPY, nor can text that is decided here.
      if (!this.last.isQuery || columns.some(({ type }) => hasTextType(type))) {
        const rows = await this.#rowsOf(prepared)
        return await this.#copyTable(await tableOfTexts(this.sandbox, columns, this.chunks(rows)), target, options)
      }
      const { head, tail } = aroundQuery(columns)
      this.#active = { ready, prefix: COPY_HEAD.length + Buffer.byteLength(head) }
      return await this.#copyTable(head + ready.text + tail, target, options)
    } catch (error) {
      throw await withColumns(await this.#explained(error), this.last.references, this.sandbox.connection)
    }
  }

  /** Runs every statement and copies the rows of the last one into Parquet files, by the value of its first column. @throws query.* */
  async copyApart(
    targets: readonly { readonly value: number; readonly target: string }[],
    options: string,
  ): Promise<void> {
    try {
      await this.#runAllButLast()
      const { ready, prepared } = await this.#prepareLast()
      const [by, ...rest] = columnsOf(prepared)
      const column = quoteName(by!.name)
      this.#active = { ready, prefix: CREATE_HEAD.length }
      await this.sandbox.connection.run(CREATE_HEAD + ready.text)
      const { head, tail } = aroundQuery(rest)
      for (const { value, target } of targets) {
        const rows = `SELECT * EXCLUDE (${column}) FROM "$rows" WHERE ${column} = ${value}`
        await this.#copyTable(head + rows + tail, target, options)
      }
    } catch (error) {
      throw await this.#explained(error)
    } finally {
      this.#isRunning = false
    }
  }

  async #copyTable(query: string, target: string, options: string): Promise<number> {
    stopIf(this.#signal)
    this.#isRunning = true
    try {
      const copied = await this.sandbox.connection.run(`${COPY_HEAD}${query}\n) TO ${quoteText(target)} (${options})`)
      return copied.rowsChanged
    } finally {
      this.#isRunning = false
    }
  }

  /** Any error of this execution as a coded one. */
  failure(error: unknown): PondError {
    this.#isRunning = false
    if (this.isAborted && !(error instanceof PondError)) return cancelled()
    const { sql, pondFiles } = this.#text
    return withTextColumns(toPondError(error, this.#context), sql, pondFiles.texts)
  }

  /** What is remarkable about how files were read. */
  get notes(): readonly FileNote[] {
    return this.#text.pondFiles.notes
  }

  /** As `failure`, with the file that is to blame where DuckDB does not say. */
  async #explained(error: unknown): Promise<PondError> {
    return blamed(this.failure(error), { engine: this.#engine, views: this.#text.views, signal: this.#signal })
  }

  /** Results of the statements before the last one, which nobody sees. */
  get resultsDropped(): number {
    return this.#text.ready.slice(0, -1).filter(({ statement }) => statement.kind !== 'create-view').length
  }

  /** Idempotent. */
  close(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.sandbox.close()
    this.#text.pondFiles.release()
  }

  /** Again and again: DuckDB forgets an interrupt that comes just before a statement begins. */
  async #interrupt(): Promise<void> {
    while (this.#isRunning && !this.sandbox.isClosed) {
      this.sandbox.connection.interrupt()
      await this.#engine.world.clock.sleep(INTERRUPT_INTERVAL_MS)
    }
  }

  async #runAllButLast(): Promise<void> {
    for (const ready of this.#text.ready.slice(0, -1)) {
      stopIf(this.#signal)
      this.#active = { ready, prefix: 0 }
      await this.sandbox.connection.run(ready.text)
    }
  }

  async #rowsOf(prepared: Prepared): Promise<Rows> {
    stopIf(this.#signal)
    const result = await prepared.stream()
    const columns = Array.from({ length: result.columnCount }, (_, index) => ({
      name: result.columnName(index),
      type: result.columnLogicalType(index).alias ?? result.columnType(index).toString(),
    }))
    return { columns, types: result.columnTypes(), result, resultsDropped: this.resultsDropped, notes: this.notes }
  }

  async #prepareLast(): Promise<{ readonly ready: Ready; readonly prepared: Prepared }> {
    stopIf(this.#signal)
    const ready = this.#text.ready.at(-1)!
    this.#active = { ready, prefix: 0 }
    const extracted = await this.sandbox.connection.extractStatements(ready.text)
    // Only a PIVOT becomes several: what makes its types runs first.
    for (let index = 0; index < extracted.count - 1; index++) await (await extracted.prepare(index)).run()
    const prepared = await extracted.prepare(extracted.count - 1)
    if (ready.statement.kind === 'pivot' && prepared.statementType !== SELECT_STATEMENT) {
      throw new PondError('query.not-allowed', 'a query can only read, and this one would write', { candidates: [] })
    }
    if (prepared.parameterCount > 0) {
      throw new PondError('query.failed', 'the statement has parameters, and there are no values for them', {
        candidates: [],
      })
    }
    return { ready, prepared }
  }

  /** DuckDB keeps the error of a failed stream to itself: the statement is run again to hear it. */
  async #streamFailure(): Promise<PondError> {
    const ready = this.#text.ready.at(-1)!
    const { isQuery, kind } = ready.statement
    const explain = isQuery && kind === 'select' ? 'EXPLAIN ANALYZE ' : ''
    this.#active = { ready, prefix: explain.length }
    try {
      await this.sandbox.connection.run(explain + ready.text)
    } catch (error) {
      return this.failure(error)
    }
    return new PondError('query.failed', 'the statement failed while its rows were read; run it again', {
      candidates: [],
    })
  }

  /** Whether DuckDB knows every name of the last statement; one that needs those before it is not asked. */
  async #isBound(): Promise<boolean> {
    if (this.#text.ready.length > 1 || this.last.kind === 'pivot') return false
    return this.sandbox.connection.prepare(this.#text.ready[0]!.text).then(
      () => true,
      () => false,
    )
  }

  async #create(view: SqlView): Promise<void> {
    stopIf(this.#signal)
    this.#active = { place: view.place }
    const { sandbox } = this
    for (const file of view.loaded) {
      if (this.#loaded.has(file.file.sha256)) continue
      this.#loaded.add(file.file.sha256)
      await loadArrow(sandbox.connection, file, this.#tools)
    }
    const { connection } = sandbox
    await mustBeExact(view.parquet, { engine: this.#engine, connection, signal: this.#signal, place: view.place })
    await makeOrTell(view, connection, { tools: this.#tools, failure: (error) => this.failure(error) })
  }

  get #tools(): SqlViewTools {
    return { sandbox: this.sandbox, pace: stoppablePace(this.#pace, this.#signal) }
  }

  get #context(): FailureContext {
    const active = this.#active
    return {
      files: this.#text.files,
      dataFiles: this.#text.dataFiles,
      relations: RELATION_NAMES,
      functions: FUNCTION_NAMES,
      place: (byteOffset) => {
        if ('place' in active) return active.place
        const { statement, text, original } = active.ready
        const offset = original(fromByteOffset(text, Math.max(byteOffset - active.prefix, 0)))
        return lineAndColumn(this.#text.sql, statement.start + offset)
      },
    }
  }
}

function columnsOf(prepared: Prepared): { readonly name: string; readonly type: DuckDBType }[] {
  const count = prepared.columnCount
  return Array.from({ length: count }, (_, i) => ({ name: prepared.columnName(i), type: prepared.columnType(i) }))
}

/**
 * A pond as scripts see it: files by path (from `Files`, `Tables` and `Nodes`), commits, time travel, SQL, care. A thin face
 * over the engine that every host uses. Semantics in docs/engine.md, relations and functions in docs/sql.md.
 */
import type { CommitOptions } from '../../shared/commit-options'
import type {
  At,
  Change,
  ChangeCounts,
  Column,
  CommitOutcome,
  GarbageReport,
  OperationRecord,
  PondChanged,
  PondConfig,
  PondInfo,
  Progress,
  ResolvedAt,
  RestoreOutcome,
  UndoOutcome,
  Setting,
  Status,
  VerifyReport,
  Version,
} from '../../shared/model'
import type { Pond as Engine } from '../pond'
import { badArgument, optionalCount, paths as pathList, text, withMessage } from './arguments'
import { exportRows, type ExportOptions, type ExportResult } from './export'
import { Files } from './files'
import { asTime, Nodes } from './nodes'
import type { ReadOptions } from './options'
import { Rows, type Row } from './rows'
import { stageScope } from './scope'

export type { CommitOptions }

export interface QueryOptions extends ReadOptions {
  /** Stops the query at once: query.cancelled. */
  readonly signal?: AbortSignal
}

/** To be read once. Leaving the iteration early, or `close`, frees everything. */
export interface ArrowStream {
  readonly columns: readonly Column[]
  /** At most 256 KiB each. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Idempotent. */
  close(): Promise<void>
}

/** Made by `openPond` and `createPond`. Close it: `await using pond = await openPond(...)` does. */
export class Pond extends Nodes {
  /** UUID, for good. */
  readonly id: string
  readonly #engine: Engine

  /** @internal */
  constructor(engine: Engine) {
    super(engine)
    this.#engine = engine
    this.id = engine.pondId
  }

  /**
   * Stops queries, waits for maintenance under way, and frees everything. What is pending stays pending. Every call
   * afterwards is steward.closed. Idempotent.
   */
  close(): Promise<void> {
    return this.#engine.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  info(): Promise<PondInfo> {
    return this.#engine.info()
  }

  /** Version, last commit (microseconds since 1970, UTC), and what is pending. */
  status(): Promise<Status> {
    return this.#engine.status()
  }

  /** The settings of this pond, defaults filled in. */
  config(): Promise<PondConfig> {
    return this.#engine.config()
  }

  /** Changes one setting for everybody; null gives it its default back. @throws steward.unknown-setting, steward.bad-setting */
  setConfig(key: string, value: Setting | null): Promise<PondConfig> {
    return this.#engine.setConfig(key, value)
  }

  /**
   * Calls back once before this returns, with the state as it is, and after every change of this pond by any
   * process, within a second. What the listener throws stops nothing. Returns what ends it.
   */
  onChange(listener: (event: PondChanged) => void): Promise<() => void> {
    return this.#engine.onChange(listener)
  }

  // ---- several changes, and by node -------------------------------------------------------------

  /**
   * Stages what `work` does as one: all of it is durable and pending when this returns; when `work` throws,
   * nothing happened. With `commit` it is committed as well, and nothing else that is pending, except what
   * it depends on. What `work` reads, it reads with what it did so far. The pond's lock is held meanwhile: have content
   * ready. @throws steward.locked, steward.read-only, and whatever `work` throws
   */
  async stage<T>(
    work: (staging: Files) => Promise<T>,
    options: { readonly signal?: AbortSignal; readonly commit?: CommitOptions } = {},
  ): Promise<{
    readonly result: T
    readonly operations: readonly OperationRecord[]
    readonly commit: CommitOutcome | null
  }> {
    const { result, operations, commit } = await this.#engine.stage(
      (fs) => work(new Files(stageScope(this.#engine, fs), '/')),
      options,
    )
    return { result, operations, commit }
  }

  // ---- commits ----------------------------------------------------------------------------------

  /** Net changes between two moments, by path. */
  diff(
    from: At = 'head',
    to: At = 'pending',
  ): Promise<{
    readonly from: ResolvedAt
    readonly to: ResolvedAt
    readonly changes: readonly Change[]
    readonly counts: ChangeCounts
  }> {
    return this.#engine.diff(from, to)
  }

  /**
   * Makes a version of everything that is pending. Durable when it returns. A conflict is an outcome, not an
   * error, and names the operations; a failed commit leaves pending as it was.
   * @throws steward.locked, steward.read-only, steward.not-known-durable
   */
  async commit(options: string | CommitOptions = {}): Promise<CommitOutcome> {
    return this.#engine.commit(withMessage(options))
  }

  /**
   * Commits a part of what is pending: the oldest so many operations, or those at or below some paths. What
   * those depend on comes along (`alsoCommitted` names it), the rest stays pending.
   * @throws steward.conflict where the rest would not hold alone, tinyfs.not-found, steward.bad-count
   */
  async commitPartial(
    chosen: number | readonly string[],
    options: string | CommitOptions = {},
  ): Promise<CommitOutcome> {
    const only = typeof chosen === 'number' ? { first: chosen } : { paths: pathList(chosen) }
    return this.#engine.commit({ ...withMessage(options), only })
  }

  /** Drops pending operations at or below some paths (all without any), and what depends on them. */
  async discard(
    paths: string | readonly string[] = [],
  ): Promise<{ readonly discarded: number; readonly paths: readonly string[] }> {
    return this.#engine.discard(pathList(paths))
  }

  /**
   * Brings back what the last discard since the last commit took, or what gave way to a restore; again,
   * the one before. @throws steward.nothing-to-undo, steward.conflict
   */
  undo(): Promise<UndoOutcome> {
    return this.#engine.undo()
  }

  // ---- time travel ------------------------------------------------------------------------------

  /** Stages the way back to a version, of one path or of the whole pond: commit it to keep it. @throws steward.unknown-version */
  async restoreToVersion(version: Version, path: string | null = null): Promise<RestoreOutcome> {
    if (version === undefined) throw badArgument('version', 'a version', version)
    optionalCount('version', version)
    return this.#engine.restoreToVersion(version, path)
  }

  /**
   * As `restoreToVersion`, to the last version not later than a time.
   * @param time a Date, or text: without a zone it is local time, a bare date means the end of that day
   * @throws steward.bad-time
   */
  restoreToTimestamp(time: Date | string, path: string | null = null): Promise<RestoreOutcome> {
    return this.#engine.restoreToTimestamp(asTime(time), path)
  }

  /** Forgets everything that was read or derived, and reads the pond anew from its table and its journal. */
  restoreFromOplog(): Promise<RestoreOutcome> {
    return this.#engine.restoreFromOplog()
  }

  // ---- SQL --------------------------------------------------------------------------------------

  /** Rows as they come, in bounded memory. @throws query.* with line, column and candidates; also while iterating */
  async query(sql: string, { at = 'pending', signal }: QueryOptions = {}): Promise<Rows> {
    return new Rows(await this.#engine.queries.stream(await this.#engine.source(at), text('sql', sql), signal))
  }

  /**
   * Rows as one Arrow IPC stream, in chunks: `tableFromIPC(stream.chunks)`, or batch by batch with
   * `RecordBatchReader.from(stream.chunks)`, of whatever Arrow library is at hand. @throws query.*
   */
  async queryArrow(sql: string, { at = 'pending', signal }: QueryOptions = {}): Promise<ArrowStream> {
    const source = await this.#engine.source(at)
    return this.#engine.queries.bytes(source, text('sql', sql), {
      format: 'arrow',
      signal,
      metadata: { 'pond.id': this.id },
    })
  }

  /** All rows of a query on what is committed. */
  async queryHistory(sql: string, options: { readonly signal?: AbortSignal } = {}): Promise<Row[]> {
    return (await this.query(sql, { ...options, at: 'head' })).all()
  }

  /** All rows of a query on what is committed, with what is pending (the default) or without. */
  async queryWithPending(
    sql: string,
    includePending = true,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Row[]> {
    return (await this.query(sql, { ...options, at: includePending ? 'pending' : 'head' })).all()
  }

  /**
   * Writes the rows of a query to a file of this machine, replacing one that is there when it is whole.
   * The formats are `parquet` (zstd), `csv`, `json`, `jsonl` and `arrow` (IPC stream).
   * @throws query.*, host.exists where a folder is at the path
   */
  export(sql: string, hostPath: string, options: ExportOptions): Promise<ExportResult> {
    return exportRows(this.#engine, { sql, hostPath, ...options })
  }

  // ---- care -------------------------------------------------------------------------------------

  /** Checks every hash, row and reference (`quick`: sizes and references only) and names each damaged file. */
  verify(
    options: {
      readonly quick?: boolean
      readonly signal?: AbortSignal
      readonly onProgress?: (progress: Progress) => void
    } = {},
  ): Promise<VerifyReport> {
    return this.#engine.verify(options)
  }

  /** Repairs what a crash left, and says what. */
  recover(): Promise<{ readonly repaired: readonly string[] }> {
    return this.#engine.recover()
  }

  /**
   * Removes files that no version, no pending operation and no undo can ask for, and that are older than
   * `graceMs` (default 7 days). `dryRun` only says what would go.
   * @throws oplog.foreign-commit, and whatever keeps it from reading what could name a file
   */
  gc(
    options: { readonly graceMs?: number; readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<GarbageReport> {
    return this.#engine.gc(options)
  }

  /** Merges small data files now; it also happens by itself. Every version reads the same afterwards. */
  compact(): Promise<{ readonly filesBefore: number; readonly filesAfter: number }> {
    return this.#engine.compact()
  }
}

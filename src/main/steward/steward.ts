/**
 * The one place that changes a pond. Promises: an acknowledged commit is never lost, doubled or half
 * visible, and a pending change is durable when its call returns. This is its face; each noun of it
 * has a file of its own.
 */
import { closeAll } from '../../shared/close-all'
import { PondError } from '../../shared/errors'
import type {
  At,
  Change,
  ChangeCounts,
  CommitOutcome,
  Entry,
  FileVersion,
  GarbageReport,
  LogEntry,
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
import { baseName, parsePath, quote } from '../../shared/path'
import type { Snapshot } from '../oplog'
import type { Storage, World } from '../platform'
import {
  changesOf,
  countChanges,
  differences,
  type ContentSpool,
  type NodeState,
  type Overlay,
  type PreparedContent,
  type View,
} from '../tlogfs'
import { ContentCache, type CachePlace } from './ground/cache'
import { Changing } from './change/changing'
import type { PartialCommitOptions, StageOptions } from './change/options'
import { entryPaths, type EntryPaths } from './change/entry-paths'
import { findPond, makePond, type Ground } from './ground/found'
import { collectGarbage, type GarbageOptions } from './care/gc'
import { findEntries, type FindCriteria } from './read/find'
import { nodeAt, nodeById } from './read/former'
import { History, operationsOf, pendingOperation, type TransactionRecord } from './read/history'
import { Keeper } from './state/keeper'
import { Maintenance } from './care/maintenance'
import type { PondMoment } from './read/moment'
import { Moments } from './read/moments'
import { News } from './news'
import { nodeVersions } from './read/node-history'
import type { Staged, StagingFileSystem } from './types'
import { verifyPond } from './care/verify'

export interface StewardOptions {
  readonly readOnly?: boolean
  readonly lockTimeoutMs?: number
  /** Where derived files go; default `cache/` in the pond. */
  readonly cache?: CachePlace
}

export interface RecoverOptions {
  /** Put a damaged journal aside, keeping the file, and go on with what can be read of it before the damage. */
  readonly setJournalAside?: boolean
  /** Move what other programs wrote into the table out of its log, keeping the files. */
  readonly setForeignAside?: boolean
}

const DEFAULT_LOCK_TIMEOUT_MS = 10_000

export class Steward {
  readonly pondId: string
  readonly world: World
  readonly keeper: Keeper
  readonly #history = new History()
  readonly #moments: Moments
  readonly #changing: Changing
  readonly #maintenance: Maintenance
  readonly #news: News
  readonly #cache: ContentCache

  private constructor(world: World, { table, file }: Ground, options: StewardOptions) {
    this.world = world
    this.pondId = file.pondId
    this.keeper = new Keeper(world, table, file, {
      readOnly: options.readOnly ?? false,
      lockTimeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
    })
    const place = options.cache ?? { storage: world.storage, folder: 'cache' }
    this.#cache = new ContentCache(place, this.keeper.blobs, world)
    this.#moments = new Moments(this.keeper, this.#history)
    this.#changing = new Changing(this.keeper, this.#history, this.#moments)
    this.#maintenance = new Maintenance(this.keeper)
    this.#news = new News(this.keeper)
  }

  static async create(world: World, options: StewardOptions): Promise<Steward> {
    return new Steward(world, await makePond(world), options)
  }

  static async open(world: World, options: StewardOptions): Promise<Steward> {
    return new Steward(world, await findPond(world), options)
  }

  async close(): Promise<void> {
    await closeAll(
      () => this.#news.close(),
      () => this.#maintenance.settled(),
      () => this.keeper.close(),
      () => this.#cache.close(),
    )
  }

  /** Absolute host path of a folder for files of this process, which no clean-up takes; it goes on `close`. */
  workFolder(): Promise<string> {
    return this.#cache.workFolder()
  }

  get cacheHostFolder(): string {
    return this.#cache.hostPath
  }

  /** What the cache folder is in: this pond's, or that of the machine's user where the pond cannot be written. */
  get cacheStorage(): Storage {
    return this.#cache.storage
  }

  /** Absolute host path of a file with this content. @throws tlogfs.corrupt-content, tlogfs.missing-content */
  materialise(state: NodeState, backend: View | Overlay): Promise<string> {
    return this.#cache.hostFile(state, () => backend.openState(state))
  }

  async info(): Promise<PondInfo> {
    const { snapshot } = await this.keeper.state()
    const path = this.world.storage.hostPath ?? ''
    const { createdAt, format } = this.keeper.pondFile
    return {
      pondId: this.pondId,
      path,
      name: baseName(path.replace(/[\\/]+$/, '').replaceAll('\\', '/')),
      createdAt,
      format,
      version: snapshot.pondVersion,
      deltaVersion: snapshot.deltaVersion,
      readOnly: await this.keeper.readOnlyReason(),
    }
  }

  /** What people should hear of what was done on the way; each thing once. */
  takeNotices(): readonly string[] {
    return this.keeper.notices.take()
  }

  /** Adds something that people should hear, unless it waits to be told already. */
  notice(text: string): void {
    this.keeper.notices.add(text)
  }

  /** Tells what waits to be heard before it returns, and everything that comes. Returns the unsubscriber. */
  onNotice(listener: (notice: string) => void): () => void {
    return this.keeper.notices.listen(listener)
  }

  async status(): Promise<Status> {
    const state = await this.keeper.state()
    const { snapshot, overlay } = state
    const last =
      snapshot.pondVersion === 0 ? undefined : await this.#history.transaction(snapshot, snapshot.pondVersion)
    const { counts, nodesDelta, withoutEffect } = overlay.summary
    return {
      version: snapshot.pondVersion,
      transactionId: last?.transactionId ?? null,
      pendingOperations: state.pendingCount,
      totalNodes: (last?.totalNodes ?? 0) + nodesDelta,
      lastCommit: last?.committedAt ?? null,
      memoryUsageBytes: state.pendingBytes,
      counts,
      withoutEffect,
      conflicts: state.conflicts,
      undoable: state.undoable,
    }
  }

  moment(at: At): Promise<PondMoment> {
    return this.#moments.at(at)
  }

  /** The settings of the pond, defaults filled in. @throws steward.corrupt-config */
  async config(): Promise<PondConfig> {
    this.keeper.mustBeOpen()
    return this.keeper.config.read()
  }

  /** Durable when it returns. @throws steward.unknown-setting, steward.bad-setting, steward.corrupt-config */
  setConfig(key: string, value: Setting | null): Promise<PondConfig> {
    return this.keeper.hold(() => this.keeper.config.set(key, value))
  }

  // ---- changing --------------------------------------------------------------------------------

  async prepare(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<PreparedContent> {
    this.keeper.mustBeOpen()
    return this.#changing.prepare(chunks, signal)
  }

  spool(): ContentSpool {
    return this.#changing.spool()
  }

  discardPrepared(content: PreparedContent): Promise<void> {
    return this.#changing.discardPrepared(content)
  }

  async stage<T>(work: (fs: StagingFileSystem) => Promise<T>, options: StageOptions = {}): Promise<Staged<T>> {
    const staged = await this.#changing.stage(work, options)
    if (staged.commit?.outcome === 'committed') this.#maintenance.soon()
    return staged
  }

  async commit(options: PartialCommitOptions): Promise<CommitOutcome> {
    const outcome = await this.#changing.commit(options)
    if (outcome.outcome === 'committed') this.#maintenance.soon()
    return outcome
  }

  discard(paths: readonly string[]): Promise<{ discarded: number; paths: readonly string[] }> {
    return this.#changing.discard(paths)
  }

  undo(): Promise<UndoOutcome> {
    return this.#changing.undo()
  }

  restore(path: string | null, to: At, options: { readonly refuseToDisplace?: boolean } = {}): Promise<RestoreOutcome> {
    return this.#changing.restore(path, to, options)
  }

  /** Forgets everything that was read or derived, and reads the pond anew from its table. */
  async rebuild(): Promise<RestoreOutcome> {
    this.keeper.mustBeOpen()
    const started = this.world.clock.elapsed()
    await this.#cache.clear()
    this.#history.forget()
    this.#moments.forget()
    await this.keeper.rebuild()
    const { totalNodes } = await this.status()
    return {
      nodesRestored: totalNodes,
      staged: 0,
      durationUs: this.world.clock.elapsed() - started,
      target: 'the table',
      displaced: [],
    }
  }

  // ---- looking back ----------------------------------------------------------------------------

  async diff(
    from: At,
    to: At,
  ): Promise<{ from: ResolvedAt; to: ResolvedAt; changes: readonly Change[]; counts: ChangeCounts }> {
    const [a, b] = [await this.moment(from), await this.moment(to)]
    const changes = await changesOf(await differences(a.backend, b.backend), this.keeper.pace)
    return { from: a.at, to: b.at, changes, counts: countChanges(changes) }
  }

  /** Where the entry at a path was at one moment, and is at another. */
  async entryPaths(path: string, from: At, to: At): Promise<EntryPaths> {
    return entryPaths(parsePath(path), await this.moment(from), await this.moment(to))
  }

  async log(options: {
    readonly path?: string
    readonly before?: Version
    readonly limit?: number
  }): Promise<readonly LogEntry[]> {
    const { snapshot } = await this.keeper.state()
    const limit = options.limit ?? Number.POSITIVE_INFINITY
    const before = Math.min(snapshot.pondVersion + 1, options.before ?? Number.POSITIVE_INFINITY)
    const records = await this.#transactionsBefore(snapshot, { before, limit, ...options })
    return records.map(({ totalNodes: _totalNodes, ...record }) => ({
      ...record,
      isHead: record.version === snapshot.pondVersion,
    }))
  }

  /** Newest first. */
  async #transactionsBefore(
    snapshot: Snapshot,
    { path, before, limit }: { readonly path?: string; readonly before: Version; readonly limit: number },
  ): Promise<TransactionRecord[]> {
    if (path === undefined) {
      return (await this.#history.range(snapshot, Math.max(0, before - 1 - limit), before - 1)).reverse()
    }
    const touching = new Set((await this.fileVersions(path)).map(({ version }) => version ?? before))
    const versions = [...touching].filter((version) => version < before).slice(0, limit)
    return [...(await this.#history.of(snapshot, versions)).values()].reverse()
  }

  async show(version: Version | null): Promise<readonly OperationRecord[]> {
    const state = await this.keeper.state()
    if (version === null) return Array.from(state.overlay.applied, pendingOperation)
    if (version === 0) return []
    await this.#history.transaction(state.snapshot, version)
    return operationsOf(state.snapshot, version)
  }

  /** Of the entry at a path now; else of the one that was there last. @throws tinyfs.not-found */
  async fileVersions(path: string): Promise<readonly FileVersion[]> {
    const place = parsePath(path)
    const state = await this.keeper.state()
    return nodeVersions(state, this.#history, await nodeAt(place, state, await this.keeper.views()))
  }

  /** Of a node, be it live or not. @throws tinyfs.not-found where there never was one */
  async nodeHistory(nodeId: string): Promise<readonly FileVersion[]> {
    const state = await this.keeper.state()
    const versions = await nodeVersions(state, this.#history, await nodeById(nodeId, state))
    if (versions.length > 0) return versions
    throw new PondError('tinyfs.not-found', `there never was a node ${quote(nodeId)}`, { nodeId })
  }

  async find(criteria: FindCriteria, at: At): Promise<readonly Entry[]> {
    return findEntries(await this.moment(at), criteria, this.keeper.pace)
  }

  onChange(listener: (event: PondChanged) => void): Promise<() => void> {
    return this.#news.listen(listener)
  }

  // ---- care ------------------------------------------------------------------------------------

  compact(): Promise<{ filesBefore: number; filesAfter: number }> {
    return this.#maintenance.compact()
  }

  checkpoint(): Promise<{ deltaVersion: number }> {
    return this.#maintenance.checkpoint()
  }

  /** Resolves when maintenance that earlier commits made due is done. */
  settled(): Promise<void> {
    return this.#maintenance.settled()
  }

  /** Taking the lock repairs; this takes it and says what was found since the pond was opened. */
  async recover(options: RecoverOptions = {}): Promise<{ repaired: readonly string[] }> {
    if (options.setForeignAside === true) await this.keeper.setForeignAside()
    if (options.setJournalAside === true) await this.keeper.setJournalAside()
    await this.keeper.hold(async () => undefined)
    return { repaired: [...this.keeper.notices.repairs] }
  }

  gc(options: GarbageOptions): Promise<GarbageReport> {
    return collectGarbage(this.keeper, options)
  }

  async verify(options: {
    readonly quick?: boolean
    readonly signal?: AbortSignal
    readonly onProgress?: (progress: Progress) => void
  }): Promise<VerifyReport> {
    return verifyPond(this.keeper, options)
  }
}

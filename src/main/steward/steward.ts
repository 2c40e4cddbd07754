/**
 * The one place that changes a pond: staging, commit, discard, undo, restore, and what reads need to
 * know where they are. Promises: an acknowledged commit is never lost, doubled or half visible, and a
 * pending change is durable when its call returns.
 */
import { isPondError, PondError } from '../../shared/errors'
import type {
  At,
  Change,
  ChangeCounts,
  CommitOutcome,
  FileVersion,
  LogEntry,
  OperationRecord,
  PondChanged,
  PondInfo,
  Progress,
  ResolvedAt,
  RestoreOutcome,
  Status,
  VerifyReport,
  Version,
} from '../../shared/model'
import { baseName, isWithin, parsePath } from '../../shared/path'
import { fromIsoTime, toIsoTime } from '../../shared/time'
import { OplogTable } from '../oplog'
import type { World } from '../platform'
import {
  changesOf,
  countChanges,
  dependents,
  differences,
  StagingBackend,
  summarise,
  View,
  type NodeState,
  type Operation,
  type Overlay,
  type PreparedContent,
} from '../tlogfs'
import { parseAt, resolveAt } from './at'
import { ContentCache, type CachePlace } from './cache'
import { commitPending, mustReplay } from './commit'
import { commitTimes, History, nodeVersions, operationsOf, pendingOperation } from './history'
import { DATA_FOLDER, Keeper, type Hold } from './keeper'
import { changeIndex, PondMoment } from './moment'
import { findPondFile, FORMAT, readPondFile, writePondFile, type PondFile } from './pond-file'
import { stageRestore } from './restore'
import { StewardStagingFileSystem } from './staging-filesystem'
import type { State } from './state'
import type { Moment, Staged, StagingFileSystem } from './types'
import { verifyPond } from './verify'

export interface StewardOptions {
  readonly readOnly?: boolean
  readonly lockTimeoutMs?: number
  /** Where derived files go; default `cache/` in the pond. */
  readonly cache?: CachePlace
}

export interface StewardCommitOptions {
  readonly message: string
  readonly author?: string
  readonly command?: string
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

const DEFAULT_LOCK_TIMEOUT_MS = 10_000
/** Views of past versions that are kept with what they have read. */
const KEPT_VIEWS = 8

export class Steward {
  readonly pondId: string
  readonly world: World
  readonly keeper: Keeper
  readonly #history = new History()
  readonly #views = new Map<Version, View>()
  readonly #listeners = new Set<(event: PondChanged) => void>()
  readonly #cache: ContentCache
  #watch: Promise<{ close(): Promise<void> }> | null = null
  #maintenance: Promise<void> = Promise.resolve()
  #tick = 0
  #lastKey = ''

  private constructor(world: World, table: OplogTable, file: PondFile, options: StewardOptions) {
    this.world = world
    this.pondId = file.pondId
    this.keeper = new Keeper(world, table, file, {
      readOnly: options.readOnly ?? false,
      lockTimeoutMs: options.lockTimeoutMs ?? DEFAULT_LOCK_TIMEOUT_MS,
    })
    const place = options.cache ?? { storage: world.storage, folder: 'cache' }
    this.#cache = new ContentCache(place, world.storage, this.keeper.blobs, world.random)
    this.keeper.onPublish((state) => this.#announce(state))
  }

  static async create(world: World, options: StewardOptions): Promise<Steward> {
    const { storage, random, clock } = world
    const where = storage.hostPath ?? 'this folder'
    await storage.makeFolder('')
    if ((await findPondFile(storage)) !== undefined)
      throw new PondError('steward.already-a-pond', `${where} is a pond already`, { path: where })
    const now = clock.now()
    const table = await Steward.#freshTable(world, where)
    // The table's folder must not be lost behind the file that says it is there.
    await storage.syncFolder('')
    const file: PondFile = { format: FORMAT, pondId: random.uuid(now), createdAt: toIsoTime(now) }
    await writePondFile(storage, file)
    return new Steward(world, table, file, options)
  }

  /** The table of a new pond; one that a crashed attempt left empty is taken over. */
  static async #freshTable(world: World, where: string): Promise<OplogTable> {
    const { storage } = world
    const names = (await storage.list('')).map(({ name }) => name).filter((name) => !name.startsWith('.'))
    const strange = names.filter((name) => name !== DATA_FOLDER)
    if (strange.length > 0) {
      throw new PondError(
        'steward.folder-not-empty',
        `${where} is not empty (it has ${strange.slice(0, 3).join(', ')}); a pond needs a folder of its own`,
        { path: where },
      )
    }
    if (!names.includes(DATA_FOLDER)) return OplogTable.create(storage, DATA_FOLDER, world)
    try {
      const table = await OplogTable.open(storage, DATA_FOLDER, world)
      const snapshot = await table.snapshot()
      if (snapshot.deltaVersion === 0) return table
    } catch (error) {
      if (isPondError(error, 'oplog.not-found')) return OplogTable.create(storage, DATA_FOLDER, world)
      throw error
    }
    throw new PondError(
      'steward.folder-not-empty',
      `${where} has a data folder with a history but no pond.json: it looks like a damaged pond`,
      { path: where },
    )
  }

  static async open(world: World, options: StewardOptions): Promise<Steward> {
    const { storage } = world
    const where = storage.hostPath ?? 'this folder'
    const file = await readPondFile(storage)
    let table: OplogTable
    try {
      table = await OplogTable.open(storage, DATA_FOLDER, world)
    } catch (error) {
      if (!isPondError(error, 'oplog.not-found')) throw error
      throw new PondError(
        'steward.corrupt-pond',
        `${where} is a pond without its table: the folder ${DATA_FOLDER}/ is missing or empty`,
        { path: where },
        error,
      )
    }
    return new Steward(world, table, file, options)
  }

  async close(): Promise<void> {
    const watch = await this.#watch
    await watch?.close()
    await this.#maintenance
    await this.keeper.close()
  }

  get cacheHostFolder(): string {
    return this.#cache.hostPath
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

  async status(): Promise<Status> {
    const state = await this.keeper.state()
    const { snapshot, overlay } = state
    const last =
      snapshot.pondVersion === 0 ? undefined : await this.#history.transaction(snapshot, snapshot.pondVersion)
    const { changes } = await changeIndex(overlay)
    const { nodesDelta } = state.pendingCount === 0 ? { nodesDelta: 0 } : await summarise(overlay)
    return {
      version: snapshot.pondVersion,
      transactionId: last?.transactionId ?? null,
      pendingOperations: state.pendingCount,
      totalNodes: (last?.totalNodes ?? 0) + nodesDelta,
      lastCommit: last?.committedAt ?? null,
      memoryUsageBytes: state.pendingBytes,
      counts: countChanges(changes),
      undoable: state.undoable,
    }
  }

  // ---- moments ---------------------------------------------------------------------------------

  async moment(at: At): Promise<PondMoment> {
    const parsed = parseAt(at)
    const state = await this.keeper.state()
    const resolved = await this.#resolve(parsed, state)
    if (resolved.kind === 'version') return new PondMoment(resolved, this.#view(state, resolved.version))
    if (state.problem !== null) throw state.problem
    return new PondMoment(resolved, state.overlay)
  }

  #resolve(parsed: ReturnType<typeof parseAt>, { snapshot }: State): Promise<ResolvedAt> {
    return resolveAt(parsed, {
      head: snapshot.pondVersion,
      createdAt: fromIsoTime(this.keeper.pondFile.createdAt),
      commitTimes: async () => commitTimes(await this.#history.transactions(snapshot)),
    })
  }

  #view(state: State, version: Version): View {
    if (version === state.snapshot.pondVersion) return state.head
    const known = this.#views.get(version)
    if (known !== undefined && known.snapshot === state.snapshot) return known
    const view = new View(state.snapshot, version, this.keeper.blobs)
    this.#views.delete(version)
    this.#views.set(version, view)
    const oldest = this.#views.keys().next().value
    if (this.#views.size > KEPT_VIEWS && oldest !== undefined) this.#views.delete(oldest)
    return view
  }

  // ---- changing --------------------------------------------------------------------------------

  /** Takes content in; a cancelled or failed one leaves nothing. */
  async prepare(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<PreparedContent> {
    this.keeper.mustBeOpenedForWriting()
    const writer = this.keeper.blobs.writer()
    try {
      for await (const chunk of chunks) {
        signal?.throwIfAborted()
        await writer.write(chunk)
      }
      return await writer.finish()
    } catch (error) {
      await writer.abandon()
      throw error
    }
  }

  /** Blobs that nothing names are left for gc: another pending change may have the same content. */
  async discardPrepared(_content: PreparedContent): Promise<void> {}

  async stage<T>(
    work: (fs: StagingFileSystem) => Promise<T>,
    options: { readonly signal?: AbortSignal; readonly commit?: StewardCommitOptions } = {},
  ): Promise<Staged<T>> {
    const staged = await this.keeper.hold(async (hold) => {
      const { result, operations } = await this.#stageIn(
        hold,
        (staging) => work(new StewardStagingFileSystem(staging)),
        options.signal,
      )
      const commit = options.commit === undefined ? null : await this.#commitIn(hold, options.commit)
      return { result, operations, commit }
    })
    if (staged.commit?.outcome === 'committed') this.#maintainSoon()
    return staged
  }

  async commit(options: StewardCommitOptions): Promise<CommitOutcome> {
    const outcome = await this.keeper.hold((hold) => this.#commitIn(hold, options))
    if (outcome.outcome === 'committed') this.#maintainSoon()
    return outcome
  }

  async discard(paths: readonly string[]): Promise<{ discarded: number; paths: readonly string[] }> {
    const wanted = paths.map((path) => parsePath(path))
    return this.keeper.hold(async (hold) => {
      const state = hold.state()
      const operations = hold.pending.operations(state.committed)
      const chosen = await chooseOperations(state.overlay, operations, wanted)
      if (chosen.size === 0) {
        const what = wanted.length === 0 ? 'nothing is pending' : `nothing is pending at ${wanted.join(', ')}`
        throw new PondError('steward.nothing-pending', what, { paths: wanted })
      }
      const seqs = dependents(operations, chosen)
      const left = operations.filter(({ seq }) => !seqs.has(seq))
      await mustReplay(this.#overlayOn(state, hold), left, 'cannot discard this alone')
      await hold.pending.appendDiscard(seqs, this.world.clock.now())
      const touched = new Set(
        state.overlay.applied.filter(({ operation }) => seqs.has(operation.seq)).map(({ path }) => path),
      )
      await hold.refresh()
      this.keeper.markDurable()
      return { discarded: seqs.size, paths: [...touched] }
    })
  }

  async undo(): Promise<{ restored: number }> {
    return this.keeper.hold(async (hold) => {
      const state = hold.state()
      const last = hold.pending.lastDiscard()
      if (last === undefined)
        throw new PondError('steward.nothing-to-undo', 'no discard since the last commit can be undone')
      const operations = hold.pending.operationsWithout(last.seq, state.committed)
      await mustReplay(this.#overlayOn(state, hold), operations, 'cannot bring this discard back')
      await hold.pending.appendUndo(last.seq, this.world.clock.now())
      await hold.refresh()
      this.keeper.markDurable()
      return { restored: last.seqs.size }
    })
  }

  async restore(path: string | null, to: At): Promise<RestoreOutcome> {
    const started = this.world.clock.elapsed()
    const place = path === null ? null : parsePath(path)
    return this.keeper.hold(async (hold) => {
      const state = hold.state()
      const at = await this.#resolve(parseAt(to), state)
      if (at.kind === 'pending')
        throw new PondError('steward.bad-time', 'cannot restore to what is pending: name a version or a time', {
          at: to,
        })
      const target = this.#view(state, at.version)
      if (place !== null)
        await mustExistSomewhere(place, at, [
          new PondMoment(at, target),
          new PondMoment({ kind: 'pending', version: at.version }, state.overlay),
        ])
      const { result, operations } = await this.#stageIn(hold, (staging) =>
        stageRestore(staging, state.head, target, place),
      )
      return {
        nodesRestored: result,
        staged: operations.length,
        durationUs: this.world.clock.elapsed() - started,
        target: `version ${at.version}`,
      }
    })
  }

  async #stageIn<T>(
    hold: Hold,
    work: (staging: StagingBackend) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<{ result: T; operations: OperationRecord[] }> {
    const { clock, random } = this.world
    const state = hold.state()
    const contents = { staged: new Map<number, Uint8Array>(), journal: hold.pending.contentReader() }
    const overlay = state.overlay.fork(async (seq) => contents.staged.get(seq) ?? contents.journal(seq))
    const staging = new StagingBackend(overlay, {
      blobs: this.keeper.blobs,
      now: () => clock.now(),
      newId: () => random.uuid(clock.now()),
      nextSeq: hold.pending.nextSeq,
      contents: contents.staged,
    })
    const result = await work(staging)
    signal?.throwIfAborted()
    if (staging.operations.length > 0) {
      await this.keeper.blobs.syncFolders()
      await hold.pending.appendOperations(staging.operations, contents.staged)
      contents.staged.clear()
      hold.publish({
        ...state,
        overlay,
        pendingCount: state.pendingCount + staging.operations.length,
        pendingBytes: hold.pending.memoryBytes,
        key: hold.keyOf(state.snapshot),
      })
      this.keeper.markDurable()
    }
    const operations = overlay.applied.slice(state.overlay.applied.length).map(pendingOperation)
    return { result, operations }
  }

  #commitIn(hold: Hold, options: StewardCommitOptions): Promise<CommitOutcome> {
    const { user, command } = this.world.process
    return commitPending(this.keeper, this.#history, hold, {
      ...options,
      author: options.author ?? user,
      command: options.command ?? command,
    })
  }

  #overlayOn(state: State, hold: Hold): Overlay {
    return this.keeper.overlayOn(state.head, hold.pending)
  }

  // ---- looking back ----------------------------------------------------------------------------

  async diff(
    from: At,
    to: At,
  ): Promise<{ from: ResolvedAt; to: ResolvedAt; changes: readonly Change[]; counts: ChangeCounts }> {
    const [a, b] = [await this.moment(from), await this.moment(to)]
    const changes = changesOf(await differences(a.backend, b.backend))
    return { from: a.at, to: b.at, changes, counts: countChanges(changes) }
  }

  async log(options: {
    readonly path?: string
    readonly before?: Version
    readonly limit?: number
  }): Promise<readonly LogEntry[]> {
    const { snapshot } = await this.keeper.state()
    const transactions = await this.#history.transactions(snapshot)
    const versions =
      options.path === undefined ? null : new Set((await this.fileVersions(options.path)).map(({ version }) => version))
    const limit = options.limit ?? Number.POSITIVE_INFINITY
    const entries: LogEntry[] = []
    for (
      let i = Math.min(transactions.length, (options.before ?? Number.POSITIVE_INFINITY) - 1) - 1;
      i >= 0 && entries.length < limit;
      i--
    ) {
      const { totalNodes: _totalNodes, ...record } = transactions[i] as (typeof transactions)[number]
      if (versions === null || versions.has(record.version))
        entries.push({ ...record, isHead: record.version === snapshot.pondVersion })
    }
    return entries
  }

  async show(version: Version | null): Promise<readonly OperationRecord[]> {
    const state = await this.keeper.state()
    if (version === null) return state.overlay.applied.map(pendingOperation)
    if (version === 0) return []
    await this.#history.transaction(state.snapshot, version)
    return operationsOf(state.snapshot, version)
  }

  /** Of the entry at a path now; else of the one that was there last. @throws tinyfs.not-found */
  async fileVersions(path: string): Promise<readonly FileVersion[]> {
    const place = parsePath(path)
    const state = await this.keeper.state()
    const nodeId = await this.#nodeAt(place, state)
    return nodeVersions(state.snapshot, this.#history, state.overlay, nodeId)
  }

  async #nodeAt(place: string, state: State): Promise<string> {
    for (const backend of [state.overlay, state.head]) {
      try {
        return (await new PondMoment({ kind: 'pending', version: 0 }, backend).fs.find(place, { follow: false })).node
          .id
      } catch (error) {
        if (!isPondError(error, 'tinyfs.not-found') && !isPondError(error, 'tinyfs.not-a-directory')) throw error
      }
    }
    let last: { id: string; version: number } | undefined
    for await (const rows of state.snapshot.scan({ operations: ['delete', 'rename'] })) {
      for (const row of rows) {
        const former = row.operation === 'delete' ? row.path : null
        if (former === place && (last === undefined || row.txnSeq > last.version))
          last = { id: row.nodeId, version: row.txnSeq }
      }
    }
    if (last === undefined)
      throw new PondError('tinyfs.not-found', `${place} does not exist and never did`, { path: place })
    return last.id
  }

  // ---- news ------------------------------------------------------------------------------------

  async onChange(listener: (event: PondChanged) => void): Promise<() => void> {
    this.#listeners.add(listener)
    this.#watch ??= this.world.storage.watch('', () => {
      this.keeper.state().catch((error: unknown) => this.world.log.warn('steward.watch', { error: String(error) }))
    })
    await this.#watch
    const state = await this.keeper.state()
    listener(this.#eventOf(state))
    return () => this.#listeners.delete(listener)
  }

  #announce(state: State): void {
    if (state.key === this.#lastKey) return
    this.#lastKey = state.key
    this.#tick++
    for (const listener of this.#listeners) listener(this.#eventOf(state))
  }

  #eventOf(state: State): PondChanged {
    return { type: 'pond.changed', version: state.snapshot.pondVersion, pending: state.pendingCount, tick: this.#tick }
  }

  // ---- care ------------------------------------------------------------------------------------

  /** Checkpoints and compacts when due, after a commit and off its path. A failure waits for the next time. */
  #maintainSoon(): void {
    this.#maintenance = this.#maintenance.then(async () => {
      try {
        const { snapshot } = await this.keeper.state()
        if (this.keeper.table.compactionDue(snapshot)) await this.compact()
        const after = (await this.keeper.state()).snapshot
        if (this.keeper.table.checkpointDue(after)) await this.keeper.table.checkpoint(after)
      } catch (error) {
        this.world.log.warn('steward.maintenance', { error: String(error) })
      }
    })
  }

  /** Resolves when maintenance that earlier commits made due is done. */
  async settled(): Promise<void> {
    await this.#maintenance
  }

  async compact(): Promise<{ filesBefore: number; filesAfter: number }> {
    const { snapshot } = await this.keeper.state()
    const result = await this.keeper.table.compact(snapshot, { underLock: (work) => this.keeper.underLock(work) })
    if (typeof result === 'string') return { filesBefore: snapshot.files.length, filesAfter: snapshot.files.length }
    return { filesBefore: result.filesBefore, filesAfter: result.filesAfter }
  }

  async checkpoint(): Promise<{ deltaVersion: number }> {
    const { snapshot } = await this.keeper.state()
    const { deltaVersion } = await this.keeper.table.checkpoint(snapshot)
    return { deltaVersion }
  }

  /** Taking the lock repairs; this takes it and says what was found since the pond was opened. */
  async recover(): Promise<{ repaired: readonly string[] }> {
    await this.keeper.hold(async () => undefined)
    return { repaired: [...this.keeper.repairs] }
  }

  async verify(options: {
    readonly quick?: boolean
    readonly signal?: AbortSignal
    readonly onProgress?: (progress: Progress) => void
  }): Promise<VerifyReport> {
    return verifyPond(this.world.storage, this.keeper.blobs, await this.keeper.state(), options)
  }
}

/** Sequence numbers of the operations behind some paths, now or before; all when no path is given. */
async function chooseOperations(
  overlay: Overlay,
  operations: readonly Operation[],
  paths: readonly string[],
): Promise<Set<number>> {
  if (paths.length === 0) return new Set(operations.map(({ seq }) => seq))
  const nodes = new Set<string>()
  for (const { id, before, after } of await overlay.differences()) {
    if ([before, after].some((side) => side !== null && paths.some((path) => isWithin(side.path, path)))) nodes.add(id)
  }
  const chosen = new Set<number>()
  for (const { operation, path, formerPath } of overlay.applied) {
    const here = paths.some((wanted) => isWithin(path, wanted) || (formerPath !== null && isWithin(formerPath, wanted)))
    if (here || nodes.has(operation.nodeId)) chosen.add(operation.seq)
  }
  return chosen
}

async function mustExistSomewhere(path: string, at: ResolvedAt, moments: readonly Moment[]): Promise<void> {
  for (const moment of moments) if (await moment.fs.exists(path, { follow: false })) return
  throw new PondError('tinyfs.not-found', `${path} exists neither in version ${at.version} nor now`, {
    path,
    version: at.version,
  })
}

/** What changes a pond, each act in one hold of the lock: staging, commit, discard, undo, restore. */
import { untilCancelled } from '../../../shared/cancellation'
import { isPondError, PondError, type ErrorCode } from '../../../shared/errors'
import { OPERATION_KINDS, type At, type CommitOutcome, type ResolvedAt, type UndoOutcome } from '../../../shared/model'
import { parsePath, type PondPath } from '../../../shared/path'
import { cleanUp } from '../../diagnostics'
import { ReadFileSystem, type ReadBackend } from '../../tinyfs'
import { dependents, type ContentSpool, type PreparedContent } from '../../tlogfs'
import { chooseForCommit, operationsNamed } from './choice'
import { commitPending, refreshAfter, type CommitParts } from './commit'
import { canCommitAtOnce, commitAtOnce, followHead } from './commit-at-once'
import type { PartialCommitOptions, Restored, RestoreOptions, StageCommitOptions, StageOptions } from './options'
import type { History } from '../read/history'
import type { Hold } from '../state/hold'
import type { PondStore } from '../state/pond-store'
import type { ParsedAt } from '../read/at'
import type { Moments } from '../read/moments'
import { mustReplay } from '../state/replay'
import { doWork, keepWork, type DoneWork } from './work'
import { stageRestore } from './restore'
import { StewardStagingFileSystem } from './staging-filesystem'
import type { Staged, StagingFileSystem } from '../types'

/** Failures of a commit after which nothing has happened. */
const MAY_WAIT: ReadonlySet<ErrorCode> = new Set([
  'platform.no-space',
  'platform.io',
  'platform.denied',
  'platform.read-only',
])

export class Changing {
  readonly #store: PondStore
  readonly #history: History
  readonly #moments: Moments
  /** Called when a version was made. */
  readonly #committed: () => void
  /** The journal follows an earlier version than the last, for this process committed at once. */
  #isBehind = false

  constructor(parts: {
    readonly store: PondStore
    readonly history: History
    readonly moments: Moments
    readonly committed: () => void
  }) {
    this.#store = parts.store
    this.#history = parts.history
    this.#moments = parts.moments
    this.#committed = parts.committed
  }

  /** Takes content in; a cancelled or failed one leaves nothing. */
  async prepare(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<PreparedContent> {
    this.#store.mustBeOpenedForWriting()
    // Small content is taken in without a wait: thousands of them would hold the event loop.
    if (this.#store.pace.due) await this.#store.pace.rest()
    const writer = this.#store.blobs.writer()
    try {
      for await (const chunk of untilCancelled(chunks, signal)) await writer.write(chunk)
      return await writer.finish()
    } catch (error) {
      await cleanUp(this.#store.world.log, 'content that was not taken in', () => writer.abandon())
      throw error
    }
  }

  /** Where small content waits until it is staged, so that much of it needs no memory. Close it. */
  spool(): ContentSpool {
    this.#store.mustBeOpenedForWriting()
    return this.#store.blobs.spool()
  }

  /** What cannot be removed is left to gc, and said. */
  async discardPrepared(content: PreparedContent): Promise<void> {
    const what = `the file ${content.temp ?? ''} of content that was taken in`
    await cleanUp(this.#store.world.log, what, () => this.#store.blobs.drop(content))
  }

  async stage<T>(work: (fs: StagingFileSystem) => Promise<T>, options: StageOptions = {}): Promise<Staged<T>> {
    const staged = await this.#store.hold(async (hold) => {
      const { 'autocommit.bytes': limit } = await this.#store.config.read()
      const done = await doWork(
        this.#store,
        hold,
        async (staging) => {
          const views = await this.#store.views()
          const shown = views.overWritable(this.#moments.writable(staging, staging.overlay))
          return work(new StewardStagingFileSystem(staging, shown))
        },
        { signal: options.signal, ...(options.undoable === true && { displacing: ['update', 'delete'] }) },
      )
      const { result, operations, displaced } = done
      const commit =
        options.commit === undefined
          ? await keepWork(this.#store, hold, done).then(() => this.#commitWhenLarge(hold, limit))
          : await this.#commitWork(hold, done, options.commit)
      return { result, operations, commit, displaced }
    }, options.signal)
    this.#told(staged.commit)
    return staged
  }

  async commit(options: PartialCommitOptions): Promise<CommitOutcome> {
    const outcome = await this.#store.hold((hold) => this.#commitIn(hold, options), options.signal)
    this.#told(outcome)
    return outcome
  }

  async discard(paths: readonly string[]): Promise<{ discarded: number; paths: readonly string[] }> {
    const wanted = paths.map((path) => parsePath(path))
    return this.#store.hold(async (hold) => {
      const state = hold.state()
      const operations = await hold.pending.operations(state.committed)
      const chosen = await operationsNamed(wanted, state, operations)
      if (chosen.size === 0) {
        const what = wanted.length === 0 ? 'nothing is pending' : `nothing is pending at ${wanted.join(', ')}`
        throw new PondError('steward.nothing-pending', what, { paths: wanted })
      }
      const seqs = await dependents(operations, chosen, this.#store.pace)
      const left = operations.filter(({ seq }) => !seqs.has(seq))
      await mustReplay(this.#store.overlayOn(state.head, hold.pending), left, {
        refused: 'cannot discard this alone',
        known: state.conflicts,
      })
      const failing = new Set(state.conflicts.map(({ seq }) => seq).filter((seq) => seqs.has(seq)))
      await hold.pending.appendDiscard({ seqs, failing, at: this.#store.world.clock.now() })
      const touched = new Set<string>()
      for (const { operation, path } of state.overlay.applied) if (seqs.has(operation.seq)) touched.add(path)
      await refreshAfter(this.#store, hold)
      return { discarded: seqs.size, paths: [...touched] }
    })
  }

  async undo(): Promise<UndoOutcome> {
    return this.#store.hold(async (hold) => {
      const state = hold.state()
      const last = hold.pending.lastUndoable(state.committed)
      if (last === undefined)
        throw new PondError('steward.nothing-to-undo', 'nothing since the last commit can be undone')
      const overlay = this.#store.overlayOn(state.head, hold.pending)
      const at = this.#store.world.clock.now()
      if (last.kind === 'discard') {
        await mustReplay(overlay, await hold.pending.operationsWithout(last.seq, state.committed), {
          refused: 'cannot bring this discard back',
          known: [...state.conflicts, ...Array.from(last.failing, (seq) => ({ seq }))],
        })
        await hold.pending.appendUndo(last.seq, at)
      } else {
        const { seqs, seq: undoes } = last
        const operations = await hold.pending.operations(state.committed)
        await mustReplay(
          overlay,
          operations.filter(({ seq }) => !seqs.has(seq)),
          { refused: 'cannot bring back what gave way, for something was changed since', known: state.conflicts },
        )
        const failing = new Set(state.conflicts.map(({ seq }) => seq).filter((seq) => seqs.has(seq)))
        await hold.pending.appendDiscard({ seqs, failing, at, undoes })
      }
      await refreshAfter(this.#store, hold)
      return { restored: last.seqs.size, ...(last.kind === 'displacement' && { takenBack: true }) }
    })
  }

  async restore(path: string | null, to: At | ParsedAt, options: RestoreOptions = {}): Promise<Restored> {
    if (path !== null) parsePath(path)
    const signal = options.keep?.signal ?? options.commit?.signal
    const restored = await this.#store.hold((hold) => this.#restoreIn(hold, path, to, options), signal)
    this.#told(restored.kept)
    this.#told(restored.commit)
    return restored
  }

  /** Before the pond is closed: has the journal tell which version it follows. If somebody else has the lock, they will. */
  async finish(): Promise<void> {
    if (!this.#isBehind) return
    this.#isBehind = false
    const store = this.#store
    const follow = (): Promise<void> => store.hold((hold) => followHead(store, hold), undefined, { timeoutMs: 0 })
    // A process that ended has nothing to close.
    await cleanUp(store.world.log, 'the version that the journal follows', follow).catch(() => undefined)
  }

  async #restoreIn(hold: Hold, path: string | null, to: At | ParsedAt, options: RestoreOptions): Promise<Restored> {
    const { clock } = this.#store.world
    const started = clock.elapsed()
    // Told before a version is added: `head~1` is then what it was when somebody asked for it.
    const at = await this.#moments.resolve(to, hold.state())
    if (at.kind === 'pending')
      throw new PondError('steward.bad-time', 'cannot restore to what is pending: name a version or a time', { at: to })
    const target = `version ${at.version}`
    // What cannot be restored is refused before anything is kept.
    const known = [this.#moments.view(hold.state(), at.version), hold.state().overlay]
    const place = path === null ? null : await truePath(path, at, known)
    const kept = options.keep === undefined ? null : await this.#commitIn(hold, options.keep)
    const before = { displaced: [], nodesRestored: 0, staged: 0, target, kept, commit: null }
    if (kept?.outcome === 'conflict') return { ...before, durationUs: clock.elapsed() - started }
    const view = this.#moments.view(hold.state(), at.version)
    const done = await doWork(this.#store, hold, (staging) => stageRestore(staging, view, place), {
      displacing: OPERATION_KINDS,
      refuseToDisplace: options.refuseToDisplace ?? false,
    })
    await keepWork(this.#store, hold, done)
    const { result, operations, displaced } = done
    const outcome = { ...before, displaced, nodesRestored: result, staged: operations.length }
    if (options.commit === undefined || operations.length === 0)
      return { ...outcome, durationUs: clock.elapsed() - started }
    const message = `Restore ${path ?? 'everything'} to ${target}`
    const commit = await this.#commitIn(hold, { message, ...options.commit, ...(path && { only: { paths: [path] } }) })
    return { ...outcome, commit, durationUs: clock.elapsed() - started }
  }

  async #commitIn(hold: Hold, { only: choice, ...options }: PartialCommitOptions): Promise<CommitOutcome> {
    const state = hold.state()
    const only = choice && (await chooseForCommit(choice, state, await hold.pending.operations(state.committed)))
    return commitPending(this.#parts(hold), { ...options, only })
  }

  #told(outcome: CommitOutcome | null): void {
    if (outcome?.outcome === 'committed') this.#committed()
  }

  /** Commits what was done, by way of the journal where something else is in it. */
  async #commitWork(
    hold: Hold,
    done: DoneWork<unknown>,
    { everything = false, ...options }: StageCommitOptions,
  ): Promise<CommitOutcome> {
    const parts = this.#parts(hold)
    if (done.staged.operations.length > 0 && canCommitAtOnce(hold)) {
      const outcome = await commitAtOnce(parts, done.staged.overlay, options, (transaction) =>
        keepWork(this.#store, hold, done, transaction),
      )
      if (outcome !== null) {
        this.#isBehind = true
        return outcome
      }
    } else {
      await keepWork(this.#store, hold, done)
    }
    const only = everything ? undefined : new Set(done.operations.map(({ seq }) => seq))
    return commitPending(parts, { ...options, only })
  }

  #parts(hold: Hold): CommitParts {
    return { store: this.#store, history: this.#history, hold }
  }

  /**
   * Commits once there is more content than the setting `autocommit.bytes` allows. What was staged is
   * durable whatever happens: a commit that fails is tried again with the next stage.
   */
  async #commitWhenLarge(hold: Hold, limit: number | null): Promise<CommitOutcome | null> {
    if (limit === null || hold.state().contentBytes <= limit) return null
    try {
      return await commitPending(this.#parts(hold), {})
    } catch (error) {
      if (!isPondError(error) || !MAY_WAIT.has(error.code)) throw error
      this.#store.world.log.warn('steward.autocommit-failed', { code: error.code, error: error.message })
      return null
    }
  }
}

/** The path with links on the way followed, as the first of these sees it that has something there. */
async function truePath(path: string, { version }: ResolvedAt, backends: readonly ReadBackend[]): Promise<PondPath> {
  for (const backend of backends) {
    const fs = new ReadFileSystem(backend)
    if (await fs.exists(path, { follow: false })) return (await fs.find(path, { follow: false })).path
  }
  throw new PondError('tinyfs.not-found', `${path} exists neither in version ${version} nor now`, { path, version })
}

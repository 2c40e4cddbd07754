/**
 * One open pond of this process: its table, journal, blobs and lock, and the state that is published from them. Reads
 * bring the state up to date without the lock. Whoever changes something does it inside `hold`, which takes the
 * lock, repairs what a crash left, and publishes the new state.
 */
import { mustGoOn } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import type { OplogTable } from '../../oplog'
import { Pace, type World } from '../../platform'
import { Views, type ViewDefinitions } from '../../tinyfs'
import { Blobs, type Overlay, type Pending, type View } from '../../tlogfs'
import { ConfigFile } from '../ground/config-file'
import { lockFor, type Hold } from './hold'
import { isDamaged, setJournalAside } from '../ground/journal-aside'
import { mustHaveJournal } from '../ground/journal-fit'
import { describeAside, foreignReason, Notices } from './notices'
import { FORMAT, raiseFormat, type PondFile } from '../ground/pond-file'
import { keyOf, PondState } from './pond-state'
import { Settling } from './settle'
import type { State } from './state'
import { Turn } from './turn'
import { FOREIGN_FOLDER, JOURNAL, LOG_FOLDER } from '../../../shared/pond-folder'

const OPENED_FOR_READING = 'the pond is opened for reading only'

export interface PondStoreOptions {
  readonly readOnly: boolean
  readonly lockTimeoutMs: number
}

export class PondStore {
  readonly world: World
  readonly table: OplogTable
  readonly blobs: Blobs
  readonly config: ConfigFile
  /** For loops of this process over many things. */
  readonly pace: Pace
  readonly notices: Notices
  readonly #options: PondStoreOptions
  readonly #turn = new Turn()
  readonly #state: PondState
  readonly #settling: Settling
  #pondFile: PondFile
  /** Work is changing the state: readers of this process take the one before. */
  #isBusy = false
  #views = { of: {} as ViewDefinitions, views: Views.read({}) }

  constructor(world: World, table: OplogTable, pondFile: PondFile, options: PondStoreOptions) {
    this.world = world
    this.table = table
    this.#pondFile = pondFile
    this.blobs = new Blobs(world.storage, world.random)
    this.config = new ConfigFile(world.storage)
    this.#options = options
    this.pace = new Pace(world.clock)
    this.notices = new Notices(world.log)
    const { blobs, pace, notices } = this
    this.#state = new PondState({ storage: world.storage, table, blobs, pace, pondId: pondFile.pondId, notices })
    this.#settling = new Settling(world, this.#state, notices)
  }

  /** For good: what is asked for afterwards is refused. Waits for what is under way. */
  async close(): Promise<void> {
    await this.#turn.close()
    await this.#state.close()
  }

  get pondFile(): PondFile {
    return this.#pondFile
  }

  /**
   * Under the lock, before anything names content that this process put where only newer ones look: says so
   * in the pond's file, durably, so that DuckPond 0.1 refuses the pond and does not miss what is in it.
   */
  async useNewFormat(): Promise<void> {
    if (this.#pondFile.format >= FORMAT) return
    const { storage, random, log } = this.world
    const before = this.#pondFile.format
    this.#pondFile = await raiseFormat(storage, random, FORMAT)
    const notice = `the pond is now of format ${FORMAT}, which keeps large files where other engines do not clean up; DuckPond 0.1, which reads format ${before}, cannot open it any more`
    this.notices.add(notice)
    log.info('steward.format', { before, format: FORMAT })
  }

  /** The journal as it was last read; null where there is none, or it cannot be read. */
  pending(): Pending | null {
    return this.#state.pending
  }

  onPublish(listener: (state: State) => void): () => void {
    return this.#state.onPublish(listener)
  }

  /** The newest state. While this process itself is changing something: the one before. */
  async state(): Promise<State> {
    this.mustBeOpen()
    if (this.#isBusy && this.#state.current !== null) return this.#state.current
    return this.#turn.take(() => this.#state.refresh(false))
  }

  /** Forgets everything read and reads it again from the table. */
  async rereadAll(): Promise<State> {
    return this.#turn.take(async () => {
      await this.#state.forgetAll()
      return this.#state.refresh(false)
    })
  }

  /** @throws steward.closed */
  mustBeOpen(): void {
    this.#turn.mustBeOpen()
  }

  /** What can be said without looking at the disk. @throws steward.closed, steward.read-only */
  mustBeOpenedForWriting(): void {
    this.mustBeOpen()
    if (this.#options.readOnly) throw new PondError('steward.read-only', OPENED_FOR_READING)
  }

  /** Why nothing can be changed; null when it can. */
  async readOnlyReason(): Promise<{ code: 'steward.read-only' | 'oplog.foreign-commit'; message: string } | null> {
    if (this.#options.readOnly) return { code: 'steward.read-only', message: OPENED_FOR_READING }
    const { foreign } = (await this.state()).snapshot
    if (foreign !== null) return { code: 'oplog.foreign-commit', message: foreignReason(foreign) }
    if (!(await this.world.storage.isWritable(''))) {
      return { code: 'steward.read-only', message: `${this.world.storage.hostPath ?? 'the folder'} cannot be written` }
    }
    return null
  }

  /**
   * Runs work under the lock. Until the lock is there, the signal ends the waiting for it, and so does closing.
   * @throws steward.read-only, oplog.foreign-commit, steward.locked, steward.closed, platform.cancelled,
   * tlogfs.journal-damaged
   */
  async hold<T>(
    work: (hold: Hold) => Promise<T>,
    signal?: AbortSignal,
    { timeoutMs = this.#options.lockTimeoutMs }: { readonly timeoutMs?: number } = {},
  ): Promise<T> {
    this.mustBeOpenedForWriting()
    mustGoOn(signal)
    // Asked before the lock, whose file is in the folder that tells.
    const mayMakeJournal =
      this.#state.pending === null && !(await mustHaveJournal(this.world.storage, await this.table.snapshot()))
    await using _lock = await this.#lock(signal, timeoutMs)
    return await this.#turn.take(async () => {
      await this.#settling.settle(mayMakeJournal ? this.pondFile.pondId : null)
      this.#isBusy = true
      try {
        const pending = this.#state.pending!
        return await work({
          pending,
          state: () => this.#state.current!,
          refresh: () => this.#state.refresh(true),
          publish: (state) => this.#state.publish(state),
          keyOf: (snapshot) => keyOf(snapshot, pending),
        })
      } finally {
        this.#isBusy = false
      }
    })
  }

  /**
   * Under the lock: puts a journal aside that cannot be read, or not all of it. Nothing is done to one
   * that is sound. @throws steward.read-only, oplog.foreign-commit, steward.locked, tlogfs.newer-journal
   */
  async setJournalAside(): Promise<void> {
    this.mustBeOpenedForWriting()
    await using _lock = await this.#lock()
    await this.#turn.take(async () => {
      const { snapshot } = await this.#state.refresh(true)
      this.#settling.mustBeOurs(snapshot)
      if (!(await isDamaged(this.#state.pending))) return
      // What the new journal says it follows must not be lost behind it.
      await this.world.storage.syncFolder(LOG_FOLDER)
      await this.#state.forgetAll()
      const { pondId } = this.pondFile
      this.notices.repaired(await setJournalAside(this.world, this.table, { journal: JOURNAL, pondId }))
    })
  }

  /**
   * Under the lock: moves what other programs wrote into the table's log aside, from their first change on.
   * Nothing is done where there is no such change. @throws as `OplogTable.setForeignAside`, steward.locked
   */
  async setForeignAside(): Promise<void> {
    this.mustBeOpenedForWriting()
    await using _lock = await this.#lock()
    await this.#turn.take(async () => {
      const { random, clock } = this.world
      const folder = `${FOREIGN_FOLDER}/${random.uuid(clock.now())}`
      const { foreign } = await this.table.snapshot()
      const entries = await this.table.setForeignAside(folder)
      if (entries === undefined || foreign === null) return
      this.#state.forget()
      this.notices.forgetForeign(foreign)
      this.notices.repaired(describeAside(entries, folder))
    })
  }

  /** Runs work under the lock that concerns the table's files only, not what they say. */
  underLock<T>(work: () => Promise<T>): Promise<T> {
    return this.hold(work)
  }

  /** The pending filesystem on a view, with nothing replayed yet. */
  overlayOn(head: View, pending: Pending | null): Overlay {
    return this.#state.overlayOn(head, pending)
  }

  /** The views that the settings name now. @throws steward.corrupt-config */
  async views(): Promise<Views> {
    const { views } = await this.config.read()
    // The settings are the same object as long as they are the same.
    if (this.#views.of !== views) this.#views = { of: views, views: Views.read(views) }
    return this.#views.views
  }

  /** Notes what the current state says is durable because this process made it so. */
  markDurable(): void {
    this.#settling.markDurable()
  }

  /** Waiting for it is outside of the turn: readers of this process need not wait with it. */
  #lock(signal?: AbortSignal, timeoutMs = this.#options.lockTimeoutMs): Promise<AsyncDisposable> {
    const { closing } = this.#turn
    return lockFor(this.world, {
      timeoutMs,
      isNew: this.#state.pending === null,
      signal: signal === undefined ? closing : AbortSignal.any([closing, signal]),
    })
  }
}

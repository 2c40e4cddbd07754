/**
 * Keeps the ground that every act stands on: the table, the journal, the blobs, the lock, and the
 * state published from them. Reads refresh the state without the lock; whoever changes something
 * does it inside `hold`, which takes the lock, repairs what a crash left, and publishes anew.
 */
import { isPondError, PondError } from '../../shared/errors'
import { cleanUp } from '../diagnostics'
import type { AsideEntry, Foreign, OplogTable, Snapshot } from '../oplog'
import { Pace, type World } from '../platform'
import { Views, type ViewDefinitions } from '../tinyfs'
import { Blobs, Overlay, Pending, View } from '../tlogfs'
import { ConfigFile } from './config-file'
import { isDamaged, setJournalAside } from './journal-aside'
import { DATA_FOLDER, isJournalProblem, JOURNAL, makeJournal, misfit, mustHaveJournal } from './journal-fit'
import { Notices } from './notices'
import { FORMAT, raiseFormat, type PondFile } from './pond-file'
import { takeLock } from './pond-lock'
import { buildState, type State } from './state'

/** In the pond: what other programs wrote into the table, set aside. */
const FOREIGN_FOLDER = 'foreign'
const OPENED_FOR_READING = 'the pond is opened for reading only'
const MAX_TRIES = 20

export interface KeeperOptions {
  readonly readOnly: boolean
  readonly lockTimeoutMs: number
}

/** What `hold` gives to its work: the state under the lock, and the means to move it on. */
export interface Hold {
  readonly pending: Pending
  /** The state as it is under the lock. */
  state(): State
  /** Reads table and journal again. */
  refresh(): Promise<State>
  /** Publishes a state that this process itself made from the last one. */
  publish(state: State): void
  /** Key of the current pending state on a snapshot. */
  keyOf(snapshot: Snapshot): string
}

export class Keeper {
  readonly world: World
  readonly table: OplogTable
  readonly blobs: Blobs
  readonly config: ConfigFile
  /** What people should hear of what this process did on the way. */
  readonly notices = new Notices()
  readonly #options: KeeperOptions
  /** For loops of this process over many things. */
  readonly pace: Pace
  #pending: Pending | null = null
  #state: State | null = null
  /** Acts of this process on table and journal, one after another. */
  #turn: Promise<unknown> = Promise.resolve()
  /** What this process made durable itself, so that taking the lock need not sync it again. */
  #durable = ''
  /** Work is changing the state: readers of this process take the one before. */
  #busy = false
  /** Nobody else can change the journal. */
  #locked = false
  #views = { of: {} as ViewDefinitions, views: Views.read({}) }
  #closed = false
  readonly #repairs: string[] = []
  /** The change of another program that was told of. */
  #saidForeign: number | null = null
  #pondFile: PondFile
  readonly #published = new Set<(state: State) => void>()

  constructor(world: World, table: OplogTable, pondFile: PondFile, options: KeeperOptions) {
    this.world = world
    this.table = table
    this.#pondFile = pondFile
    this.blobs = new Blobs(world.storage, world.random)
    this.config = new ConfigFile(world.storage)
    this.#options = options
    this.pace = new Pace(world.clock)
  }

  /** For good: what is asked for afterwards is refused. Waits for what is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#turn.catch(() => undefined)
    const pending = this.#pending
    this.#pending = null
    await pending?.close()
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

  /** What this process repaired since it opened the pond. */
  get repairs(): readonly string[] {
    return this.#repairs
  }

  /** The journal as it was last read; null where there is none, or it cannot be read. */
  pending(): Pending | null {
    return this.#pending
  }

  onPublish(listener: (state: State) => void): () => void {
    this.#published.add(listener)
    return () => this.#published.delete(listener)
  }

  /** The newest state. While this process itself is changing something: the one before. */
  async state(): Promise<State> {
    this.mustBeOpen()
    if (this.#busy && this.#state !== null) return this.#state
    return this.#inTurn(() => this.#refresh())
  }

  /** Forgets everything read and reads it again from the table. */
  async rebuild(): Promise<State> {
    return this.#inTurn(async () => {
      await this.#pending?.close()
      this.#pending = null
      this.#state = null
      return this.#refresh()
    })
  }

  /** @throws steward.closed */
  mustBeOpen(): void {
    if (this.#closed) throw new PondError('steward.closed', 'the pond was closed: open it again to go on')
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
   * Runs work under the lock. @throws steward.read-only, oplog.foreign-commit, steward.locked,
   * tlogfs.journal-damaged
   */
  async hold<T>(work: (hold: Hold) => Promise<T>): Promise<T> {
    this.mustBeOpenedForWriting()
    // Waiting for the lock is outside the turn: readers of this process need not wait with it.
    const isNew = this.#pending === null
    // Asked before the lock, whose file is in the folder that tells.
    const mayMakeJournal = isNew && !(await mustHaveJournal(this.world.storage, await this.table.snapshot()))
    return this.#locking(isNew, async () => {
      this.#locked = true
      try {
        await this.#settle(mayMakeJournal)
        this.#busy = true
        const pending = this.#pending as Pending
        return await work({
          pending,
          state: () => this.#state as State,
          refresh: () => this.#refresh(),
          publish: (state) => this.#publish(state),
          keyOf: (snapshot) => keyOf(snapshot, pending),
        })
      } finally {
        this.#busy = false
        this.#locked = false
      }
    })
  }

  /**
   * Under the lock: puts a journal aside that cannot be read, or not all of it. Nothing is done to one
   * that is sound. @throws steward.read-only, oplog.foreign-commit, steward.locked
   */
  async setJournalAside(): Promise<void> {
    this.mustBeOpenedForWriting()
    await this.#locking(this.#pending === null, async () => {
      const { snapshot } = await this.#refresh()
      this.#mustBeOurs(snapshot)
      if (!(await isDamaged(this.#pending))) return
      // What the new journal says it follows must not be lost behind it.
      await this.world.storage.syncFolder(`${DATA_FOLDER}/_delta_log`)
      await this.#pending?.close()
      this.#pending = null
      this.#state = null
      this.#repair(await setJournalAside(this.world, this.table, { journal: JOURNAL, pondId: this.pondFile.pondId }))
    })
  }

  /**
   * Under the lock: moves what other programs wrote into the table's log aside, from their first change on.
   * Nothing is done where there is no such change. @throws as `OplogTable.setForeignAside`, steward.locked
   */
  async setForeignAside(): Promise<void> {
    this.mustBeOpenedForWriting()
    await this.#locking(this.#pending === null, async () => {
      const { random, clock } = this.world
      const folder = `${FOREIGN_FOLDER}/${random.uuid(clock.now())}`
      const { foreign } = await this.table.snapshot()
      const entries = await this.table.setForeignAside(folder)
      if (entries === undefined || foreign === null) return
      this.#state = null
      this.#saidForeign = null
      this.notices.withdraw(foreignReason(foreign))
      this.#repair(describeAside(entries, folder))
    })
  }

  /** Runs work under the lock that concerns the table's files only, not what they say. */
  underLock<T>(work: () => Promise<T>): Promise<T> {
    return this.hold(work)
  }

  /** The pending filesystem on a view, with nothing replayed yet. */
  overlayOn(head: View, pending: Pending | null): Overlay {
    const contentOf = pending?.contentReader() ?? noContent
    const newestView = async (): Promise<View> => {
      const snapshot = await this.table.snapshot()
      return new View(snapshot, snapshot.pondVersion, this)
    }
    return new Overlay(head, { blobs: this.blobs, contentOf, newestView, pace: this.pace })
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
    if (this.#state !== null) this.#durable = this.#state.key
  }

  /** Runs work in turn with the lock, which ends with it: also where the pond was closed while we waited for it. */
  async #locking<T>(isNew: boolean, work: () => Promise<T>): Promise<T> {
    const lock = await takeLock(this.world, { timeoutMs: this.#options.lockTimeoutMs, isNew })
    try {
      return await this.#inTurn(work)
    } finally {
      // What the work did stands, whatever giving the lock back says.
      await cleanUp(this.world.log, 'the lock of the pond', () => lock.release())
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    // Also for those that were waiting for the lock meanwhile.
    this.mustBeOpen()
    const run = this.#turn.then(work, work)
    this.#turn = run.catch(() => undefined)
    return run
  }

  /** Under the lock: makes what is visible durable, cuts what is unfinished, finishes what is committed. */
  async #settle(mayMakeJournal: boolean): Promise<void> {
    const { storage, random, clock, log } = this.world
    if (mayMakeJournal && (await storage.stat(JOURNAL)) === undefined)
      await makeJournal(this.world, this.pondFile.pondId)
    const state = await this.#refresh()
    if (state.problem !== null) throw state.problem
    this.#mustBeOurs(state.snapshot)
    const pending = this.#pending as Pending
    if (this.#durable !== state.key) {
      await storage.syncFile(JOURNAL)
      await storage.syncFolder('pending')
      await storage.syncFolder(`${DATA_FOLDER}/_delta_log`)
    }
    const cut = await pending.cutTail()
    if (cut > 0) {
      this.#repair(`cut ${cut} bytes of an unfinished change from the journal; they are kept aside in pending/`)
    }
    if (pending.poisoned) {
      const generation = random.uuid(clock.now())
      await pending.startGeneration({ generation, baseDelta: pending.baseDelta, committed: state.committed })
      this.#repair('rewrote the journal after a failed sync')
      await this.#refresh()
    } else if (state.committed.size > 0) {
      await pending.startGeneration({
        generation: random.uuid(clock.now()),
        baseDelta: state.snapshot.deltaVersion,
        committed: state.committed,
      })
      this.#repair(
        `finished version ${state.snapshot.pondVersion}: ${state.committed.size} committed operations left the journal`,
      )
      await this.#refresh()
    }
    this.markDurable()
    log.debug('steward.held', { key: this.#durable })
  }

  /** @throws oplog.foreign-commit */
  #mustBeOurs({ foreign }: Snapshot): void {
    if (foreign === null) return
    const reason = foreignReason(foreign)
    // The failure says it.
    this.notices.withdraw(reason)
    throw new PondError('oplog.foreign-commit', reason, { deltaVersion: foreign.deltaVersion })
  }

  #repair(what: string): void {
    this.#repairs.push(what)
    this.world.log.info('steward.repaired', { what })
  }

  /**
   * Reads journal, head, then the journal again: were a commit to fall between, its operations would
   * be seen twice or not at all, so a generation that changed means starting over.
   */
  async #refresh(): Promise<State> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const unreadable = await this.#refreshPending()
      const generation = this.#pending?.generation
      const snapshot = await this.table.snapshot()
      if (this.#pending !== null && unreadable === null && !this.#locked) {
        await this.#pending.refresh()
        if (this.#pending.generation !== generation) continue
      }
      const problem = unreadable ?? (await misfit(this.world.storage, snapshot, this.#pending))
      const key = this.#pending === null ? `${snapshot.deltaVersion}` : keyOf(snapshot, this.#pending)
      if (this.#state?.key === key && this.#state.problem?.code === problem?.code) return this.#state
      const overlayOn = (head: View): Overlay => this.overlayOn(head, this.#pending)
      const head = await this.#headOn(snapshot)
      const state = await buildState({ head, overlayOn, pending: this.#pending, key, problem })
      this.#publish(state)
      return state
    }
    throw new PondError('steward.locked', 'the pond is changing too fast to be read')
  }

  /** The head view, with what the one before has read where that still holds. */
  async #headOn(snapshot: Snapshot): Promise<View> {
    const known = this.#state?.head
    if (known?.snapshot === snapshot) return known
    try {
      if (known !== undefined) return await known.next(snapshot)
    } catch (error) {
      // Damage is for whoever reads what is damaged.
      if (!isPondError(error) || error.code === 'platform.crashed') throw error
    }
    return new View(snapshot, snapshot.pondVersion, this)
  }

  async #refreshPending(): Promise<PondError | null> {
    try {
      if (this.#pending === null) {
        if ((await this.world.storage.stat(JOURNAL)) === undefined) return null
        this.#pending = await Pending.open(this.world.storage, JOURNAL, this.pondFile.pondId, this.pace)
      } else await this.#pending.refresh()
      return null
    } catch (error) {
      if (isJournalProblem(error)) {
        await this.#pending?.close()
        this.#pending = null
        return error
      }
      throw error
    }
  }

  #publish(state: State): void {
    this.#state = state
    const { foreign } = state.snapshot
    if (foreign === null) this.#saidForeign = null
    if (foreign !== null && foreign.deltaVersion !== this.#saidForeign) {
      this.#saidForeign = foreign.deltaVersion
      this.notices.add(foreignReason(foreign))
    }
    for (const listener of this.#published) listener(state)
  }
}

function foreignReason({ deltaVersion, reason, isReadBefore }: Foreign): string {
  const read = isReadBefore ? 'DuckPond shows the pond as it was before that' : 'every version can be read as before'
  return `another program changed the table (Delta version ${deltaVersion}: ${reason}); ${read}, and changes nothing until \`pond recover --set-foreign-aside\` has set it aside`
}

function describeAside(entries: readonly AsideEntry[], folder: string): string {
  const each = entries.map(
    ({ deltaVersion, engine, operation, at }) =>
      `Delta version ${deltaVersion} (${operation} by ${engine}${at === null ? '' : `, ${at}`})`,
  )
  const said = each.length <= 5 ? each.join(', ') : `${each.slice(0, 4).join(', ')} and ${each.length - 4} more`
  return `set aside what other programs wrote into the table: ${said}; it is kept in ${folder}, whose README.txt says how to put it back`
}

function keyOf(snapshot: Snapshot, pending: Pending): string {
  return `${snapshot.deltaVersion}/${pending.generation}/${pending.revision}`
}

function noContent(): Promise<Uint8Array> {
  return Promise.resolve(new Uint8Array(0))
}

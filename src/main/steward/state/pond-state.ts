/**
 * Reads table and journal into states and publishes each to whoever looks. Reading needs no lock; whoever
 * holds it says so, and then nobody else can change the journal meanwhile.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { OplogTable, Snapshot } from '../../oplog'
import type { Pace, Storage } from '../../platform'
import { Overlay, Pending, View, type Blobs } from '../../tlogfs'
import { isJournalProblem, misfit } from '../ground/journal-fit'
import type { Notices } from './notices'
import { buildState, type State } from './state'
import { JOURNAL } from '../../../shared/pond-folder'

const MAX_TRIES = 20

export interface StateSource {
  readonly storage: Storage
  readonly table: OplogTable
  readonly blobs: Blobs
  readonly pace: Pace
  readonly pondId: string
  readonly notices: Notices
}

export class PondState {
  readonly #source: StateSource
  #pending: Pending | null = null
  #current: State | null = null
  readonly #published = new Set<(state: State) => void>()

  constructor(source: StateSource) {
    this.#source = source
  }

  get blobs(): Blobs {
    return this.#source.blobs
  }

  get pace(): Pace {
    return this.#source.pace
  }

  /** As it was published last; null before. */
  get current(): State | null {
    return this.#current
  }

  /** The journal as it was last read; null where there is none, or it cannot be read. */
  get pending(): Pending | null {
    return this.#pending
  }

  onPublish(listener: (state: State) => void): () => void {
    this.#published.add(listener)
    return () => this.#published.delete(listener)
  }

  publish(state: State): void {
    this.#current = state
    this.#source.notices.foreign(state.snapshot.foreign)
    for (const listener of this.#published) listener(state)
  }

  /** The next state is made of nothing that was read before. */
  forget(): void {
    this.#current = null
  }

  /** The journal is read anew, too. */
  async forgetAll(): Promise<void> {
    await this.close()
    this.forget()
  }

  async close(): Promise<void> {
    const pending = this.#pending
    this.#pending = null
    await pending?.close()
  }

  /**
   * Reads journal, head, then the journal again: were a commit to fall between, its operations would
   * be seen twice or not at all, so a generation that changed means starting over.
   * @param isLocked nobody else can change the journal
   */
  async refresh(isLocked: boolean): Promise<State> {
    const { storage, table } = this.#source
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const unreadable = await this.#refreshPending()
      const generation = this.#pending?.generation
      const snapshot = await table.snapshot()
      if (this.#pending !== null && unreadable === null && !isLocked) {
        await this.#pending.refresh()
        if (this.#pending.generation !== generation) continue
      }
      const problem = unreadable ?? (await misfit(storage, snapshot, this.#pending))
      const key = this.#pending === null ? `${snapshot.deltaVersion}` : keyOf(snapshot, this.#pending)
      if (this.#current?.key === key && this.#current.problem?.code === problem?.code) return this.#current
      const overlayOn = (head: View): Overlay => this.overlayOn(head, this.#pending)
      const head = await this.#headOn(snapshot)
      if (this.#pending !== null && !isLocked) this.#tellOfTail(this.#pending)
      const state = await buildState({ head, overlayOn, pending: this.#pending, key, problem })
      this.publish(state)
      return state
    }
    throw new PondError('steward.locked', 'the pond is changing too fast to be read')
  }

  /** Whoever holds the lock cuts it, and says so then. */
  #tellOfTail({ tail, tailBytes }: Pending): void {
    this.#source.notices.lostTail({ bytes: tailBytes, tail, aside: null })
  }

  /** The pending filesystem on a view, with nothing replayed yet. */
  overlayOn(head: View, pending: Pending | null): Overlay {
    const { table, blobs, pace } = this.#source
    const contentOf = pending?.contentReader() ?? noContent
    const newestView = async (): Promise<View> => {
      const snapshot = await table.snapshot()
      return new View(snapshot, snapshot.pondVersion, this)
    }
    return new Overlay(head, { blobs, contentOf, newestView, pace })
  }

  /** The head view, with what the one before has read where that still holds. */
  async #headOn(snapshot: Snapshot): Promise<View> {
    const known = this.#current?.head
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
    const { storage, pondId, pace } = this.#source
    try {
      if (this.#pending === null) {
        if ((await storage.stat(JOURNAL)) === undefined) return null
        this.#pending = await Pending.open(storage, JOURNAL, pondId, pace)
      } else await this.#pending.refresh()
      return null
    } catch (error) {
      if (!isJournalProblem(error)) throw error
      await this.close()
      return error
    }
  }
}

/** Identifies what is pending on a snapshot. */
export function keyOf(snapshot: Snapshot, pending: Pending): string {
  return `${snapshot.deltaVersion}/${pending.generation}/${pending.revision}`
}

function noContent(): Promise<Uint8Array> {
  return Promise.resolve(new Uint8Array(0))
}

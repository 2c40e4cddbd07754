/** The first steps under the lock: make durable what is visible, and finish what a crash left. */
import { PondError } from '../../../shared/errors'
import type { Snapshot } from '../../oplog'
import type { World } from '../../platform'
import { makeJournal } from '../ground/journal-fit'
import { foreignReason, type Notices } from './notices'
import type { PondState } from './pond-state'
import type { State } from './state'
import { JOURNAL, JOURNAL_FOLDER, LOG_FOLDER } from '../../../shared/pond-folder'

export class Settling {
  readonly #world: World
  readonly #state: PondState
  readonly #notices: Notices
  /** What this process made durable itself, so that taking the lock need not sync it again. */
  #durable = ''

  constructor(world: World, state: PondState, notices: Notices) {
    this.#world = world
    this.#state = state
    this.#notices = notices
  }

  /** Notes what the current state says is durable because this process made it so. */
  markDurable(): void {
    if (this.#state.current !== null) this.#durable = this.#state.current.key
  }

  /**
   * Makes what is visible durable, cuts what is unfinished, finishes what is committed.
   * @param pondId of a pond whose first journal may have to be made; null where that must be there
   * @throws oplog.foreign-commit, and what keeps the journal from being read
   */
  async settle(pondId: string | null): Promise<void> {
    const { storage, random, clock, log } = this.#world
    if (pondId !== null && (await storage.stat(JOURNAL)) === undefined) await makeJournal(this.#world, pondId)
    const state = await this.#state.refresh(true)
    if (state.problem !== null) throw state.problem
    this.mustBeOurs(state.snapshot)
    const pending = this.#state.pending!
    if (this.#durable !== state.key) {
      await storage.syncFile(JOURNAL)
      await storage.syncFolder(JOURNAL_FOLDER)
      await storage.syncFolder(LOG_FOLDER)
    }
    const cut = await pending.cutTail()
    if (cut !== null) {
      this.#notices.repaired(
        `cut ${cut.bytes} bytes of an unfinished change from the journal; they are kept in ${cut.aside}`,
      )
      this.#notices.lostTail(cut)
    }
    const generation = (): string => random.uuid(clock.now())
    const { committed, snapshot } = state
    if (pending.poisoned) {
      await pending.startGeneration({ generation: generation(), baseDelta: pending.baseDelta, committed })
      this.#notices.repaired('rewrote the journal after a failed sync')
      await this.#state.refresh(true)
    } else if (committed.size > 0) {
      await pending.startGeneration({ generation: generation(), baseDelta: snapshot.deltaVersion, committed })
      this.#notices.repaired(finished(state))
      await this.#state.refresh(true)
    }
    this.markDurable()
    log.debug('steward.held', { key: this.#durable })
  }

  /** @throws oplog.foreign-commit */
  mustBeOurs({ foreign }: Snapshot): void {
    if (foreign === null) return
    const reason = foreignReason(foreign)
    // The failure says it.
    this.#notices.withdraw(reason)
    throw new PondError('oplog.foreign-commit', reason, { deltaVersion: foreign.deltaVersion })
  }
}

function finished({ snapshot, committed }: State): string {
  return `finished version ${snapshot.pondVersion}: ${committed.size} committed operations left the journal`
}

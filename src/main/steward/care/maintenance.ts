/** Compaction and checkpoints: after commits when they are due, off their path, and by hand. */
import { PondError } from '../../../shared/errors'
import type { Compaction, CompactOptions, Snapshot } from '../../oplog'
import type { PondStore } from '../state/pond-store'

/** Merges in one go: what is due after a long time without any is done at once, but not for ever. */
const MERGES = 32

export class Maintenance {
  readonly #store: PondStore
  #running: Promise<void> = Promise.resolve()
  /** A run that has not begun yet does for every commit before it. */
  #waits = false

  constructor(store: PondStore) {
    this.#store = store
  }

  /** Starts what is due. A failure is logged and waits for the next commit. */
  soon(): void {
    if (this.#waits) return
    this.#waits = true
    this.#running = this.#running.then(async () => {
      this.#waits = false
      try {
        await this.#doWhatIsDue()
      } catch (error) {
        this.#store.world.log.warn('steward.maintenance', { error: String(error) })
      }
    })
  }

  async #doWhatIsDue(): Promise<void> {
    const { table } = this.#store
    let { snapshot } = await this.#store.state()
    for (let merges = 0; merges < MERGES && table.compactionDue(snapshot); merges++) {
      await this.#merge(snapshot)
      snapshot = (await this.#store.state()).snapshot
    }
    if (table.checkpointDue(snapshot)) await table.checkpoint(snapshot)
  }

  /** Resolves when what was started is done. */
  async settled(): Promise<void> {
    await this.#running
  }

  /** Merges all that is due, and writes other engines' files as ours. */
  async compact(): Promise<{ filesBefore: number; filesAfter: number }> {
    const { table } = this.#store
    const filesBefore = (await this.#store.state()).snapshot.files.length
    await table.rewriteOthers((await this.#store.state()).snapshot, this.#locked())
    for (let merges = 0; merges < MERGES; merges++) {
      const result = await this.#merge((await this.#store.state()).snapshot)
      if (result === 'nothing') break
    }
    return { filesBefore, filesAfter: (await this.#store.state()).snapshot.files.length }
  }

  /** @throws steward.read-only, oplog.foreign-commit */
  async checkpoint(): Promise<{ deltaVersion: number }> {
    const reason = await this.#store.readOnlyReason()
    if (reason !== null) throw new PondError(reason.code, reason.message)
    const { snapshot } = await this.#store.state()
    const { deltaVersion } = await this.#store.table.checkpoint(snapshot)
    return { deltaVersion }
  }

  #merge(snapshot: Snapshot): Promise<Compaction | 'nothing' | 'superseded'> {
    return this.#store.table.compact(snapshot, this.#locked())
  }

  #locked(): CompactOptions {
    return { underLock: (work) => this.#store.underLock(work) }
  }
}

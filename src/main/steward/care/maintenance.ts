/** Compaction and checkpoints: after commits when they are due, off their path, and by hand. */
import { PondError } from '../../../shared/errors'
import type { Compaction, CompactOptions, Snapshot } from '../../oplog'
import type { Keeper } from '../state/keeper'

/** Merges in one go: what is due after a long time without any is done at once, but not for ever. */
const MERGES = 32

export class Maintenance {
  readonly #keeper: Keeper
  #running: Promise<void> = Promise.resolve()
  /** A run that has not begun yet does for every commit before it. */
  #waits = false

  constructor(keeper: Keeper) {
    this.#keeper = keeper
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
        this.#keeper.world.log.warn('steward.maintenance', { error: String(error) })
      }
    })
  }

  async #doWhatIsDue(): Promise<void> {
    const { table } = this.#keeper
    for (let merges = 0; merges < MERGES; merges++) {
      const { snapshot } = await this.#keeper.state()
      if (!table.compactionDue(snapshot)) break
      await this.#merge(snapshot)
    }
    const { snapshot } = await this.#keeper.state()
    if (table.checkpointDue(snapshot)) await table.checkpoint(snapshot)
  }

  /** Resolves when what was started is done. */
  async settled(): Promise<void> {
    await this.#running
  }

  /** Merges all that is due, and writes other engines' files as ours. */
  async compact(): Promise<{ filesBefore: number; filesAfter: number }> {
    const { table } = this.#keeper
    const filesBefore = (await this.#keeper.state()).snapshot.files.length
    await table.rewriteOthers((await this.#keeper.state()).snapshot, this.#locked())
    for (let merges = 0; merges < MERGES; merges++) {
      const result = await this.#merge((await this.#keeper.state()).snapshot)
      if (result === 'nothing') break
    }
    return { filesBefore, filesAfter: (await this.#keeper.state()).snapshot.files.length }
  }

  /** @throws steward.read-only, oplog.foreign-commit */
  async checkpoint(): Promise<{ deltaVersion: number }> {
    const reason = await this.#keeper.readOnlyReason()
    if (reason !== null) throw new PondError(reason.code, reason.message)
    const { snapshot } = await this.#keeper.state()
    const { deltaVersion } = await this.#keeper.table.checkpoint(snapshot)
    return { deltaVersion }
  }

  #merge(snapshot: Snapshot): Promise<Compaction | 'nothing' | 'superseded'> {
    return this.#keeper.table.compact(snapshot, this.#locked())
  }

  #locked(): CompactOptions {
    return { underLock: (work) => this.#keeper.underLock(work) }
  }
}

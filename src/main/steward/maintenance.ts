/** Compaction and checkpoints: after commits when they are due, off their path, and by hand. */
import type { Keeper } from './keeper'

export class Maintenance {
  readonly #keeper: Keeper
  #running: Promise<void> = Promise.resolve()

  constructor(keeper: Keeper) {
    this.#keeper = keeper
  }

  /** Starts what is due. A failure is logged and waits for the next commit. */
  soon(): void {
    this.#running = this.#running.then(async () => {
      try {
        const { snapshot } = await this.#keeper.state()
        if (this.#keeper.table.compactionDue(snapshot)) await this.compact()
        const after = (await this.#keeper.state()).snapshot
        if (this.#keeper.table.checkpointDue(after)) await this.#keeper.table.checkpoint(after)
      } catch (error) {
        this.#keeper.world.log.warn('steward.maintenance', { error: String(error) })
      }
    })
  }

  /** Resolves when what was started is done. */
  async settled(): Promise<void> {
    await this.#running
  }

  async compact(): Promise<{ filesBefore: number; filesAfter: number }> {
    const { snapshot } = await this.#keeper.state()
    const result = await this.#keeper.table.compact(snapshot, { underLock: (work) => this.#keeper.underLock(work) })
    if (typeof result === 'string') return { filesBefore: snapshot.files.length, filesAfter: snapshot.files.length }
    return { filesBefore: result.filesBefore, filesAfter: result.filesAfter }
  }

  async checkpoint(): Promise<{ deltaVersion: number }> {
    const { snapshot } = await this.#keeper.state()
    const { deltaVersion } = await this.#keeper.table.checkpoint(snapshot)
    return { deltaVersion }
  }
}

/** Acts of this process on table and journal, one after another, until the pond is closed. */
import { PondError } from '../../shared/errors'

export class Turn {
  #last: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** @throws steward.closed */
  mustBeOpen(): void {
    if (this.#isClosed) throw new PondError('steward.closed', 'the pond was closed: open it again to go on')
  }

  /** @throws steward.closed, also for those that were waiting for something else meanwhile */
  take<T>(work: () => Promise<T>): Promise<T> {
    this.mustBeOpen()
    const run = this.#last.then(work, work)
    this.#last = run.catch(() => undefined)
    return run
  }

  /** For good: what is asked for afterwards is refused. Waits for what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#last.catch(() => undefined)
  }
}

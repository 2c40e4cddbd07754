/** Acts of this process on table and journal, one after another, until the pond is closed. */
import { PondError } from '../../../shared/errors'

export class Turn {
  #last: Promise<unknown> = Promise.resolve()
  readonly #closing = new AbortController()

  /** @throws steward.closed */
  mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw closed()
  }

  /** Aborts when the pond is closed, with steward.closed: what only waits need not wait then. */
  get closing(): AbortSignal {
    return this.#closing.signal
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
    this.#closing.abort(closed())
    await this.#last.catch(() => undefined)
  }
}

function closed(): PondError {
  return new PondError('steward.closed', 'the pond was closed: open it again to go on')
}

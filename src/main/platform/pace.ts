/**
 * Keeps long computations from blocking the event loop. Awaiting a value that is there already lets nobody else
 * run, so loops over many things pause now and then.
 */
import type { Clock } from './world'

/** How long others may have to wait. */
const BUDGET_US = 8_000

export class Pace {
  readonly #clock: Clock
  #since: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.elapsed()
  }

  /** True when it is time to `rest`; cheap enough to be asked in every turn of a loop. */
  get due(): boolean {
    return this.#clock.elapsed() - this.#since >= BUDGET_US
  }

  async rest(): Promise<void> {
    await this.#clock.sleep(0)
    this.#since = this.#clock.elapsed()
  }
}

/** Tells who listens that the pond has changed, by whomever; the rest is asked for again. */
import type { PondChanged } from '../../shared/model'
import type { Keeper } from './keeper'
import type { State } from './state'

export class News {
  readonly #keeper: Keeper
  readonly #listeners = new Set<(event: PondChanged) => void>()
  #watch: Promise<{ close(): Promise<void> }> | null = null
  #tick = 0
  #lastKey = ''

  constructor(keeper: Keeper) {
    this.#keeper = keeper
    keeper.onPublish((state) => this.#announce(state))
  }

  async close(): Promise<void> {
    const watch = await this.#watch
    await watch?.close()
  }

  /** The state now, then one event after every change. Returns the unsubscriber. */
  async listen(listener: (event: PondChanged) => void): Promise<() => void> {
    const { storage, log } = this.#keeper.world
    this.#listeners.add(listener)
    this.#watch ??= storage.watch('', () => {
      this.#keeper.state().catch((error: unknown) => log.warn('steward.watch', { error: String(error) }))
    })
    await this.#watch
    listener(this.#eventOf(await this.#keeper.state()))
    return () => this.#listeners.delete(listener)
  }

  #announce(state: State): void {
    if (state.key === this.#lastKey) return
    this.#lastKey = state.key
    this.#tick++
    for (const listener of this.#listeners) listener(this.#eventOf(state))
  }

  #eventOf(state: State): PondChanged {
    return { type: 'pond.changed', version: state.snapshot.pondVersion, pending: state.pendingCount, tick: this.#tick }
  }
}

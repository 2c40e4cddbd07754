/** Tells listeners that the pond has changed, whoever changed it. They ask again for what they show. */
import type { PondChanged } from '../../shared/model'
import type { PondStore } from './state/pond-store'
import type { State } from './state/state'

/** It may be asynchronous; nobody waits for it. */
type Listener = (event: PondChanged) => void

export class News {
  readonly #store: PondStore
  readonly #listeners = new Set<Listener>()
  #watch: Promise<{ close(): Promise<void> }> | null = null
  #tick = 0
  #lastKey = ''

  constructor(store: PondStore) {
    this.#store = store
    store.onPublish((state) => this.#announce(state))
  }

  async close(): Promise<void> {
    const watching = this.#watch
    this.#watch = null
    this.#listeners.clear()
    // One that could not be started has nothing to close.
    const watch = await watching?.catch(() => null)
    await watch?.close()
  }

  /**
   * One event at once with the state as it is, before this returns, then one after every change. What a listener
   * throws is logged and stops nothing: neither the change it hears of nor the other listeners. Returns the unsubscriber.
   */
  async listen(listener: Listener): Promise<() => void> {
    this.#store.mustBeOpen()
    this.#listeners.add(listener)
    try {
      await this.#watching()
      this.#tell(listener, await this.#store.state())
    } catch (error) {
      this.#listeners.delete(listener)
      throw error
    }
    return () => this.#listeners.delete(listener)
  }

  /** Started by whoever listens first; one that fails is tried again by the next. */
  #watching(): Promise<unknown> {
    const { storage, log } = this.#store.world
    if (this.#watch === null) {
      const watch = storage.watch('', () => {
        this.#store.state().catch((error: unknown) => log.warn('steward.watch', { error: String(error) }))
      })
      this.#watch = watch
      watch.catch(() => {
        if (this.#watch === watch) this.#watch = null
      })
    }
    return this.#watch
  }

  #announce(state: State): void {
    if (state.key === this.#lastKey) return
    this.#lastKey = state.key
    this.#tick++
    for (const listener of this.#listeners) this.#tell(listener, state)
  }

  #tell(listener: Listener, state: State): void {
    const call = async (): Promise<void> => listener(this.#eventOf(state))
    call().catch((error: unknown) => this.#store.world.log.warn('steward.listener', { error: String(error) }))
  }

  #eventOf(state: State): PondChanged {
    return { type: 'pond.changed', version: state.snapshot.pondVersion, pending: state.pendingCount, tick: this.#tick }
  }
}

/**
 * A map that is copied at the price of what changed since the last copy: copies share the rest. Keys are
 * never removed, and keep the order in which they came.
 */

/** Changes that a copy takes along one by one; more are merged into what is shared. */
const MAX_CHANGES = 1_024

export class ForkedMap<Key, Value extends {} | null> {
  /** Shared, so nobody writes to it. */
  #shared: ReadonlyMap<Key, Value>
  #own: Map<Key, Value>

  constructor(shared: ReadonlyMap<Key, Value> = new Map(), own: Map<Key, Value> = new Map()) {
    this.#shared = shared
    this.#own = own
  }

  has(key: Key): boolean {
    return this.#own.has(key) || this.#shared.has(key)
  }

  get(key: Key): Value | undefined {
    const own = this.#own.get(key)
    return own === undefined ? this.#shared.get(key) : own
  }

  set(key: Key, value: Value): void {
    this.#own.set(key, value)
  }

  *keys(): Generator<Key> {
    yield* this.#shared.keys()
    for (const key of this.#own.keys()) if (!this.#shared.has(key)) yield key
  }

  /** A copy; what becomes of either does not show in the other. */
  fork(): ForkedMap<Key, Value> {
    if (this.#own.size > MAX_CHANGES) {
      this.#shared = this.#shared.size === 0 ? this.#own : new Map([...this.#shared, ...this.#own])
      this.#own = new Map()
    }
    return new ForkedMap(this.#shared, new Map(this.#own))
  }
}

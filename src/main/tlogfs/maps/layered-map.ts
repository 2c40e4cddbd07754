/**
 * What is known at one version, and a few changes on top for the next: the versions after a commit
 * share what the commit did not touch, so that a commit costs what it changes and not what is known.
 */

/** Changes that are kept on top; more are merged down, which costs what is known. */
const MAX_CHANGES = 1_024

export class LayeredMap<Key, Value extends {} | null> {
  /** Shared by versions between which none of its keys changed, but for those in `changes`. */
  readonly base: Map<Key, Value>
  /** Undefined: it changed, and what it is now is not known. */
  readonly #changes: Map<Key, Value | undefined>

  constructor(base: Map<Key, Value> = new Map(), changes: Map<Key, Value | undefined> = new Map()) {
    this.base = base
    this.#changes = changes
  }

  get changes(): ReadonlyMap<Key, Value | undefined> {
    return this.#changes
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined
  }

  get(key: Key): Value | undefined {
    // Most maps have no changes, and large directories ask for every key.
    if (this.#changes.size === 0 || !this.#changes.has(key)) return this.base.get(key)
    return this.#changes.get(key)
  }

  /** Notes what was found out, for every version that shares it; what is known already stays. */
  learn(key: Key, value: Value): void {
    if (this.#changes.size === 0) {
      if (!this.base.has(key)) this.base.set(key, value)
      return
    }
    if (this.has(key)) return
    // A key that no change names has one value in all versions that share the base.
    if (this.#changes.has(key)) this.#changes.set(key, value)
    else this.base.set(key, value)
  }

  /** The map of a later version, at which these differ. This one is as it was. */
  next(changes: ReadonlyMap<Key, Value | undefined>): LayeredMap<Key, Value> {
    const all = new Map([...this.#changes, ...changes])
    if (all.size <= MAX_CHANGES) return new LayeredMap(this.base, all)
    const base = new Map(this.base)
    for (const [key, value] of all) {
      if (value === undefined) base.delete(key)
      else base.set(key, value)
    }
    return new LayeredMap(base)
  }
}

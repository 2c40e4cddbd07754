/**
 * A sorted map that is copied in a moment: a copy shares everything with its original, and each write
 * copies only the few tree nodes on the way to its key. However many copies are made of copies, none
 * keeps another alive or grows slower.
 */
import * as library from 'sorted-btree'
import type BTree from 'sorted-btree'

/** The package is CommonJS: who loads it decides whether its default is found at once or one step below. */
const found = library.default as unknown as { readonly default?: typeof BTree }
const Tree = found.default ?? library.default

export class ForkedMap<Key extends string | number, Value> {
  readonly #tree: BTree<Key, Value>

  /** @param compare order of the keys; default: that of `<` */
  constructor(compare?: (a: Key, b: Key) => number, tree?: BTree<Key, Value>) {
    this.#tree = tree ?? new Tree<Key, Value>(undefined, compare ?? inOrder)
  }

  get size(): number {
    return this.#tree.size
  }

  has(key: Key): boolean {
    return this.#tree.has(key)
  }

  get(key: Key): Value | undefined {
    return this.#tree.get(key)
  }

  set(key: Key, value: Value): void {
    this.#tree.set(key, value)
  }

  delete(key: Key): void {
    this.#tree.delete(key)
  }

  /** In the order of the keys, from one of them on. Nothing may be written meanwhile: walk through a copy where that can be. */
  entries(from?: Key): IterableIterator<[Key, Value]> {
    return this.#tree.entries(from)
  }

  /** A copy; what becomes of either does not show in the other. */
  fork(): ForkedMap<Key, Value> {
    return new ForkedMap(undefined, this.#tree.clone())
  }
}

/** Texts or numbers, never both: the library's own order tells apart what it may be given besides, which takes its time. */
function inOrder(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The operations that took effect, in order; a copy costs nothing, however many there are. */
import type { AppliedOperation } from './applied'
import { ForkedMap } from '../maps/forked-map'

export class AppliedList {
  readonly #byIndex: ForkedMap<number, AppliedOperation>

  constructor(byIndex: ForkedMap<number, AppliedOperation> = new ForkedMap()) {
    this.#byIndex = byIndex
  }

  get length(): number {
    return this.#byIndex.size
  }

  push(applied: AppliedOperation): void {
    this.#byIndex.set(this.length, applied)
  }

  at(index: number): AppliedOperation | undefined {
    return this.#byIndex.get(index)
  }

  /** Those that there are now, from the one at an index on. */
  *from(index: number): Generator<AppliedOperation> {
    for (const [, applied] of this.#byIndex.fork().entries(index)) yield applied
  }

  [Symbol.iterator](): Generator<AppliedOperation> {
    return this.from(0)
  }

  fork(): AppliedList {
    return new AppliedList(this.#byIndex.fork())
  }
}

/** Who holds and who waits for each lock of a simulated machine, in order. */
import type { LockHolder } from '../storage'

export interface LockRequest {
  /** Resolves when the lock is this request's, or its owner is dead. */
  readonly granted: Promise<void>
  isGranted(): boolean
  /** Gives the lock, or the place in the line, up. Idempotent. */
  end(): void
}

interface Waiting {
  readonly owner: object
  readonly holder: LockHolder
  readonly grant: () => void
}

export class SimLocks {
  /** The first in each line holds the lock. */
  readonly #lines = new Map<string, Waiting[]>()

  ask({
    path,
    holder,
    owner,
  }: {
    readonly path: string
    readonly holder: LockHolder
    readonly owner: object
  }): LockRequest {
    const line = this.#lines.get(path) ?? []
    this.#lines.set(path, line)
    let grant = (): void => undefined
    const granted = new Promise<void>((resolve) => {
      grant = resolve
    })
    const waiting: Waiting = { owner, holder, grant }
    line.push(waiting)
    line[0]!.grant()
    return { granted, isGranted: () => line[0] === waiting, end: () => this.#leave(line, waiting) }
  }

  holderOf(path: string): LockHolder | null {
    return this.#lines.get(path)?.[0]?.holder ?? null
  }

  releaseAllOf(owner: object): void {
    for (const line of this.#lines.values()) {
      for (const waiting of line.filter((one) => one.owner === owner)) {
        this.#leave(line, waiting)
        waiting.grant()
      }
    }
  }

  #leave(line: Waiting[], waiting: Waiting): void {
    const index = line.indexOf(waiting)
    if (index === -1) return
    line.splice(index, 1)
    line[0]?.grant()
  }
}

/**
 * Copies of text files in the dialect that DuckDB reads, in this process's work folder. One is made when it is
 * first needed, and kept for the next statement while there is room.
 */
import type { Engine } from '../engine/engine'
import type { Chunks } from './text-bytes'

export interface HeldCopy {
  /** Idempotent. */
  release(): void
}

interface Copy {
  readonly made: Promise<number>
  users: number
  /** Grows with each use. */
  lastUse: number
}

/** Bytes of copies that nobody uses. */
const MOST_IDLE_BYTES = 1024 ** 3

export class Copies {
  readonly #engine: Engine
  readonly #copies = new Map<string, Copy>()
  #uses = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Where the copy of a plan is, or would be; one without a key is of its own. */
  async pathOf(key: string | null): Promise<string> {
    const { random, clock } = this.#engine.world
    return `${await this.#engine.workFolder()}/text-${key ?? random.uuid(clock.now())}.csv`
  }

  /** Makes it unless it is there. Release it. */
  async hold(path: string, chunks: () => Chunks, { isKept = true } = {}): Promise<HeldCopy> {
    let copy = this.#copies.get(path)
    if (copy === undefined) {
      copy = { made: this.#engine.writeWorkFile(path, chunks()), users: 0, lastUse: 0 }
      this.#copies.set(path, copy)
    }
    const held = copy
    held.users++
    held.lastUse = ++this.#uses
    try {
      await held.made
    } catch (error) {
      held.users--
      if (this.#copies.get(path) === held) this.#copies.delete(path)
      throw error
    }
    let isHeld = true
    return {
      release: () => {
        if (!isHeld) return
        isHeld = false
        held.users--
        // What goes wrong here leaves a file in the work folder, which goes with the process.
        void (isKept ? this.#makeRoom() : this.#remove(path, held)).catch(() => undefined)
      },
    }
  }

  async #remove(path: string, copy: Copy): Promise<void> {
    if (copy.users > 0 || this.#copies.get(path) !== copy) return
    this.#copies.delete(path)
    await this.#engine.removeWorkFile(path)
  }

  async #makeRoom(): Promise<void> {
    const idle = [...this.#copies].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => b.lastUse - a.lastUse)
    let bytes = 0
    for (const [path, copy] of idle) {
      bytes += await copy.made
      if (bytes <= MOST_IDLE_BYTES || copy.users > 0) continue
      this.#copies.delete(path)
      await this.#engine.removeWorkFile(path)
    }
  }

  /** Nothing may be using one. The work folder goes with the engine. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#copies.values()].map(({ made }) => made))
    this.#copies.clear()
  }
}

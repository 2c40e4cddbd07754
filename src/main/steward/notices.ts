/**
 * What people should hear of what this process did on the way, such as a new format of the pond. It waits until it is
 * taken; where somebody listens, it is told at once and waits no longer.
 */
export class Notices {
  #waiting: readonly string[] = []
  readonly #listeners = new Set<(notice: string) => void>()

  /** Nothing that waits already waits twice. */
  add(notice: string): void {
    if (!this.#waiting.includes(notice)) this.#waiting = [...this.#waiting, notice]
    this.#tell()
  }

  /** It is said by other means, or holds no longer. */
  withdraw(notice: string): void {
    this.#waiting = this.#waiting.filter((other) => other !== notice)
  }

  take(): readonly string[] {
    const taken = this.#waiting
    this.#waiting = []
    return taken
  }

  /** Tells what waits before it returns, and everything that comes. It must not throw. Returns the unsubscriber. */
  listen(listener: (notice: string) => void): () => void {
    this.#listeners.add(listener)
    this.#tell()
    return () => this.#listeners.delete(listener)
  }

  #tell(): void {
    if (this.#listeners.size === 0) return
    for (const notice of this.take()) for (const listener of this.#listeners) listener(notice)
  }
}

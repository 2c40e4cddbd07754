/** Wakes whoever waits for the next change of something. */
export class Signal {
  #waiting: (() => void)[] = []

  /** Resolves at the next `ring` from now. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  ring(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}

/**
 * Values pushed by one side and iterated by the other. A channel keeps either every value or only the
 * latest one that nobody has taken yet, so a slow reader of news never makes a queue grow.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #keep: 'all' | 'latest'
  #waiting: T[] = []
  #ended = false
  #error: unknown
  #wake: (() => void) | undefined

  constructor(keep: 'all' | 'latest') {
    this.#keep = keep
  }

  push(value: T): void {
    if (this.#ended) return
    if (this.#keep === 'latest') this.#waiting = [value]
    else this.#waiting.push(value)
    this.#wake?.()
  }

  /** What waits is still delivered; then the iteration ends, or throws `error`. Idempotent. */
  end(error?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#wake?.()
  }

  /** For one reader. Ends by itself when the signal aborts. */
  async *read(signal: AbortSignal): AsyncGenerator<T, void, void> {
    const stop = () => this.end()
    signal.addEventListener('abort', stop)
    if (signal.aborted) this.end()
    try {
      for (;;) {
        const value = this.#waiting.shift()
        if (value !== undefined) yield value
        else if (this.#ended) break
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      signal.removeEventListener('abort', stop)
      this.#ended = true
    }
    if (this.#error !== undefined) throw this.#error
  }

  [Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    return this.read(new AbortController().signal)
  }
}

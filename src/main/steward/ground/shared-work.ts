/** Work that several wait for: it is stopped once none of them does any more. Whoever cannot be stopped waits to its end. */
import { cancellation, mustGoOn } from '../../../shared/cancellation'

export class SharedWork<T> {
  readonly #stop = new AbortController()
  readonly #result: Promise<T>
  #waiting = 0

  /** @param work ends soon after its signal */
  constructor(work: (stopped: AbortSignal) => Promise<T>) {
    this.#result = work(this.#stop.signal)
    // Heard by those who wait.
    this.#result.catch(() => undefined)
  }

  /** Nobody waited any more: what comes of it is no result. */
  get isStopped(): boolean {
    return this.#stop.signal.aborted
  }

  /** Resolves when it has ended, whatever came of it. */
  async ended(): Promise<void> {
    await this.#result.catch(() => undefined)
  }

  /** @throws what the work throws; the reason of the signal as soon as it says so */
  async wait(signal?: AbortSignal): Promise<T> {
    mustGoOn(signal)
    this.#waiting++
    let leave: (() => void) | undefined
    try {
      if (signal === undefined) return await this.#result
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(cancellation(signal))
        signal.addEventListener('abort', leave, { once: true })
      })
      return await Promise.race([this.#result, left])
    } finally {
      if (leave !== undefined) signal?.removeEventListener('abort', leave)
      if (--this.#waiting === 0) this.#stop.abort()
    }
  }
}

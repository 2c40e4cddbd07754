/**
 * Limits how many statements run at once. Each holds a thread of libuv's pool while DuckDB works, and when
 * no thread is left, every file read of the process waits. Other statements queue, first come, first served. The
 * holder of a slot must not wait for a reader or for another slot, or statements deadlock.
 */
import { cancelled } from './failure'

export class Slots {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  /** Waits for a slot and returns its release, which is idempotent. @throws query.cancelled when aborted first */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw cancelled()
    if (this.#free > 0) this.#free--
    else await this.#wait(signal)
    let released = false
    return () => {
      if (released) return
      released = true
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }

  /** Does work that DuckDB is busy with, when there is a slot. @throws query.cancelled when aborted first */
  async hold<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const release = await this.take(signal)
    try {
      return await work()
    } finally {
      release()
    }
  }

  /** As `hold`, of work that says when it needs the slot: what it waits for before that may need one itself. */
  async within<T>(signal: AbortSignal | undefined, work: (take: () => Promise<void>) => Promise<T>): Promise<T> {
    let release: (() => void) | undefined
    try {
      return await work(async () => {
        release ??= await this.take(signal)
      })
    } finally {
      release?.()
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1)
        reject(cancelled())
      }
      this.#waiting.push(go)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }
}

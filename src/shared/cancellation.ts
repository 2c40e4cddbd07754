/** Work that is cancelled ends with one error, whatever was under way: `platform.cancelled`. */
import { isPondError, PondError } from './errors'

/** What is thrown once a signal aborted: its reason where that is one of ours, else `platform.cancelled`. */
export function cancellation(signal: AbortSignal): PondError {
  const { reason } = signal as { readonly reason: unknown }
  return isPondError(reason) ? reason : new PondError('platform.cancelled', 'cancelled before it was done', {}, reason)
}

/** @throws platform.cancelled when the signal says so */
export function mustGoOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancellation(signal)
}

/** The same failure; the cancellation where that is what it comes from (`AbortError`, `query.cancelled`). */
export function orCancellation(error: unknown, signal: AbortSignal | undefined): unknown {
  if (!signal?.aborted) return error
  return !isPondError(error) || error.code === 'query.cancelled' ? cancellation(signal) : error
}

/**
 * The same items, and none once the signal aborts, also while the next one is waited for: a source that never
 * gives it does not keep anybody. @throws platform.cancelled
 */
export async function* untilCancelled<T>(
  items: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, void> {
  if (signal === undefined) {
    yield* items
    return
  }
  mustGoOn(signal)
  let stop = (): void => undefined
  const stopped = new Promise<never>((_, reject) => (stop = () => reject(cancellation(signal))))
  // Whoever does not wait for it need not hear of it.
  stopped.catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let isWaiting = false
  let isDone = false
  try {
    while (!isDone) {
      isWaiting = true
      const { value, done } = await Promise.race([iterator.next(), stopped])
      isWaiting = false
      isDone = done === true
      mustGoOn(signal)
      if (done !== true) yield value
    }
  } finally {
    signal.removeEventListener('abort', stop)
    const ended = isDone ? undefined : Promise.resolve(iterator.return?.())
    // One that is waiting for its next item answers when that has come, if ever.
    if (isWaiting) void ended?.catch(() => undefined)
    else await ended
  }
}

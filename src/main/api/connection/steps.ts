/**
 * Long work as a stream of steps: progress at most ten times a second, then the result. A reader who leaves the
 * stream early cancels the work, and the stream ends only when the work has ended.
 */
import { mustGoOn } from '../../../shared/cancellation'
import type { Progress, Step } from '../../../shared/model'
import { Channel } from './channel'
import type { Call } from './handlers'

const PROGRESS_EVERY_MS = 100

export type Report = (progress: Omit<Progress, 'kind'>) => void

/** @param work must stop soon after `signal` aborts, and throw then */
export async function* steps<T>(
  call: Call,
  work: (report: Report, signal: AbortSignal) => Promise<T>,
): AsyncGenerator<Step<T>, void, void> {
  const stopping = new AbortController()
  const signal = AbortSignal.any([call.signal, stopping.signal])
  const channel = new Channel<Step<T>>('latest')

  let reportedMs = Number.NEGATIVE_INFINITY
  const report: Report = (progress) => {
    const now = performance.now()
    const last = progress.total !== null && progress.done >= progress.total
    if (!last && now - reportedMs < PROGRESS_EVERY_MS) return
    reportedMs = now
    channel.push({ kind: 'progress', ...progress })
  }

  mustGoOn(signal)
  const working = work(report, signal).then(
    (result) => {
      channel.push({ kind: 'done', result })
      channel.end()
    },
    (error: unknown) => channel.end(error),
  )
  try {
    yield* channel
  } finally {
    stopping.abort()
    await working
  }
}

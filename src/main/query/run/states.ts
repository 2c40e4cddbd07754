/** The states of a run as a stream: from the state that it is in to its last. */
import type { QueryState } from '../../../shared/model'
import type { Signal } from '../engine/signal'

/** From the one that it is in to the last; those that nobody took in time are left out. */
export async function* statesOf(current: () => QueryState, changed: Signal): AsyncGenerator<QueryState> {
  let seen = current()
  yield seen
  while (seen.state === 'running') {
    if (current() === seen) await changed.next()
    if (current() === seen) continue
    seen = current()
    yield seen
  }
}

/** Whether a result is of another moment than the one that the window shows, and in which words that is said. */
import type { Moment } from '../../session'
import { momentLabel } from './console-moment'
import type { ResultItem } from './results'

/** @returns null where it is of the same moment, or has none yet */
export function otherMoment(
  { ask, state, tick: ranAt }: Pick<ResultItem, 'ask' | 'state' | 'tick'>,
  window: Moment,
  now: { readonly head: number; readonly tick: number },
): string | null {
  if (state === null) return null
  const { at } = state
  const label = momentLabel(at)
  if (window !== 'pending') {
    if (at.kind === 'version' && at.version === window) return null
    return `These rows are of ${label}. The window shows version ${window}.`
  }
  // A version that was chosen is what it is, whatever comes after it.
  if (ask.pinned) return null
  if (ask.window !== window) return `These rows are of ${label}. The window shows what is there now.`
  if (at.version !== now.head) return `These rows are of ${label}. Version ${now.head} is there now.`
  if (at.kind === 'pending' && ranAt !== now.tick) return 'The pending changes are others than when this ran.'
  return null
}

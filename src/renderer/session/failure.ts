/** Any failure as a value to draw: a code, words, and what it was about. */
import type { WireError } from '../../shared/model'
import { asPondError } from '../connect'

export type Failure = WireError

export const failureOf = (error: unknown): Failure => asPondError(error)

/** True for work that the user stopped, which is not worth an alarm. */
export function isInterrupted(error: unknown): boolean {
  const { code } = asPondError(error)
  return code === 'api.interrupted' || code === 'query.cancelled'
}

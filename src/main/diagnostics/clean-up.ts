/**
 * Clean-up after an act that succeeded or failed. If the clean-up goes wrong, that is a warning: it neither turns a
 * success into a failure nor hides the failure before it.
 */
import { isPondError } from '../../shared/errors'
import type { Log } from './log'

/** The event of the log; its fields are `what`, in words for people, and `error`. */
export const CLEAN_UP_FAILED = 'clean-up.failed'

/** @param what what is left over if this fails, e.g. `the temporary file /x/.y` */
export async function cleanUp(log: Log, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    // A simulated process that ended does not go on.
    if (isPondError(error, 'platform.crashed')) throw error
    log.warn(CLEAN_UP_FAILED, { what, error: error instanceof Error ? error.message : String(error) })
  }
}

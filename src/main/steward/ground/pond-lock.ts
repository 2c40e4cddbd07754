/** The lock that whoever changes a pond holds: an operating-system lock, whose file names the holder. */
import { isPondError, PondError } from '../../../shared/errors'
import type { StorageLock, World } from '../../platform'
import { JOURNAL_FOLDER, LOCK } from '../../../shared/pond-folder'

export interface LockWait {
  readonly timeoutMs: number
  readonly isNew: boolean
  /** Once it aborts, nobody waits any more. */
  readonly signal: AbortSignal
}

/**
 * Waits at most `timeoutMs`. `isNew`: the folder may have to be made; later its absence means that the
 * pond is gone. @throws steward.locked (naming the holder), steward.read-only, platform.cancelled or the signal's own reason
 */
export async function takeLock(
  { storage, process }: World,
  { timeoutMs, isNew, signal }: LockWait,
): Promise<StorageLock> {
  const { pid, host, command } = process
  try {
    if (isNew && (await storage.stat(JOURNAL_FOLDER)) === undefined) {
      await storage.makeFolder(JOURNAL_FOLDER)
      await storage.syncFolder('')
    }
    return await storage.lock(LOCK, { pid, host, command }, timeoutMs, signal)
  } catch (error) {
    if (isPondError(error, 'platform.denied') || isPondError(error, 'platform.read-only')) {
      const message = `${storage.hostPath ?? 'the folder'} cannot be written`
      throw new PondError('steward.read-only', message, {}, error)
    }
    if (!isPondError(error, 'platform.locked')) throw error
    const holder = error.detail['holder'] as { pid?: number; host?: string; command?: string } | undefined
    const who =
      holder?.pid === undefined
        ? 'another process'
        : holder.pid === pid && holder.host === host
          ? 'this very process (inside stage, use what it hands in)'
          : `process ${holder.pid} on ${holder.host ?? 'this machine'} (${holder.command ?? 'unknown command'})`
    const message = `the pond is being changed by ${who}; gave up after ${timeoutMs / 1000} s`
    throw new PondError('steward.locked', message, { ...error.detail }, error)
  }
}

/**
 * A commit of what was staged in the same hold, where nothing else is pending. The operations go from memory into the
 * table: nobody was told that they are pending, so the journal never needs to know them. Only if the commit fails they
 * are written to it, and stay pending as after any commit that failed.
 */
import { isPondError } from '../../../shared/errors'
import type { CommitOutcome } from '../../../shared/model'
import { cleanUp } from '../../diagnostics'
import type { Overlay, Transaction } from '../../tlogfs'
import { committed, refreshAfter, tellProgress, writeVersion, type CommitParts } from './commit'
import type { CommitOptions } from './options'
import type { Hold } from '../state/hold'
import type { PondStore } from '../state/pond-store'

/**
 * Delta versions by which an empty journal may be behind. It tells which version it follows, so that a log that lost its
 * last entry is noticed; within these, that waits until something is staged or the pond is closed.
 */
const MAX_BEHIND = 64

/** Whether the journal would hold nothing but what is staged now, and says nearly which version it follows. */
export function canCommitAtOnce({ pending, state }: Hold): boolean {
  return pending.isEmpty && state().snapshot.deltaVersion - pending.baseDelta < MAX_BEHIND
}

/**
 * @param keep writes what was staged to the journal, and in the same action which transaction may have committed it
 * @returns null where somebody else's version came first: what was staged is kept, for a commit that replays it
 * @throws as `writeVersion`; what was staged is kept then
 */
export async function commitAtOnce(
  parts: CommitParts,
  overlay: Overlay,
  input: CommitOptions,
  keep: (maybeCommittedBy?: Transaction) => Promise<void>,
): Promise<CommitOutcome | null> {
  const { store, hold } = parts
  const { clock, log } = store.world
  const started = clock.elapsed()
  let begun: Transaction | undefined
  try {
    tellProgress(input, 0, 'reading what is pending')
    const { transaction, result } = await writeVersion(
      parts,
      overlay,
      input,
      (transaction) => void (begun = transaction),
    )
    if (result.outcome === 'committed') {
      await refreshAfter(store, hold)
      return committed(transaction, result, { overlay, alsoCommitted: [], started, clock })
    }
  } catch (error) {
    if (isPondError(error, 'platform.crashed')) throw error
    await cleanUp(log, 'what was staged for a commit that failed', async () => {
      // The version may stand although it is not known to be durable. Were that said by a second action, a process
      // that ends before it would leave the same operations committed and pending.
      await keep(begun)
      await hold.refresh()
    })
    throw error
  }
  await keep()
  return null
}

/** Has an empty journal follow the last version: what is written to it next was made on that, or on a later one. */
export async function followHead({ world }: PondStore, { pending, state }: Hold): Promise<void> {
  const { deltaVersion } = state().snapshot
  if (!pending.isEmpty || pending.baseDelta >= deltaVersion) return
  const generation = world.random.uuid(world.clock.now())
  await pending.startGeneration({ generation, baseDelta: deltaVersion, committed: new Set() })
}

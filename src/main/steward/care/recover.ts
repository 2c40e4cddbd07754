/** Repairs what a crash, damage or another program left, and reads everything again. */
import type { RestoreOutcome } from '../../../shared/model'
import type { ContentCache } from '../ground/cache'
import type { History } from '../read/history'
import type { Moments } from '../read/moments'
import { pondStatus } from '../read/status'
import type { Keeper } from '../state/keeper'

export interface RecoverOptions {
  /** Put a damaged journal aside, keeping the file, and go on with what can be read of it before the damage. */
  readonly setJournalAside?: boolean
  /** Move what other programs wrote into the table out of its log, keeping the files. */
  readonly setForeignAside?: boolean
}

/** Taking the lock repairs; this takes it and says what was found since the pond was opened. */
export async function recover(keeper: Keeper, options: RecoverOptions): Promise<{ repaired: readonly string[] }> {
  if (options.setForeignAside === true) await keeper.setForeignAside()
  if (options.setJournalAside === true) await keeper.setJournalAside()
  await keeper.hold(async () => undefined)
  return { repaired: [...keeper.notices.repairs] }
}

/** Forgets everything that was read or derived, and reads the pond anew from its table. */
export async function readAnew({
  keeper,
  cache,
  history,
  moments,
}: {
  readonly keeper: Keeper
  readonly cache: ContentCache
  readonly history: History
  readonly moments: Moments
}): Promise<RestoreOutcome> {
  keeper.mustBeOpen()
  const { clock } = keeper.world
  const started = clock.elapsed()
  await cache.clear()
  history.forget()
  moments.forget()
  await keeper.rebuild()
  const { totalNodes } = await pondStatus(keeper, history)
  return {
    nodesRestored: totalNodes,
    staged: 0,
    durationUs: clock.elapsed() - started,
    target: 'the table',
    displaced: [],
  }
}

/** Repairs what a crash, damage or another program left, and reads everything again. */
import type { RestoreOutcome } from '../../../shared/model'
import type { ContentCache } from '../ground/cache'
import type { History } from '../read/history'
import type { Moments } from '../read/moments'
import { pondStatus } from '../read/status'
import type { PondStore } from '../state/pond-store'

export interface RecoverOptions {
  /** Put a damaged journal aside, keeping the file, and go on with what can be read of it before the damage. */
  readonly setJournalAside?: boolean
  /** Move what other programs wrote into the table out of its log, keeping the files. */
  readonly setForeignAside?: boolean
}

/** Taking the lock repairs; this takes it and says what was found since the pond was opened. */
export async function recover(store: PondStore, options: RecoverOptions): Promise<{ repaired: readonly string[] }> {
  if (options.setForeignAside === true) await store.setForeignAside()
  if (options.setJournalAside === true) await store.setJournalAside()
  await store.hold(async () => undefined)
  return { repaired: [...store.notices.repairs] }
}

/** Forgets everything that was read or derived, and reads the pond anew from its table. */
export async function rereadPond({
  store,
  cache,
  history,
  moments,
}: {
  readonly store: PondStore
  readonly cache: ContentCache
  readonly history: History
  readonly moments: Moments
}): Promise<RestoreOutcome> {
  store.mustBeOpen()
  const { clock } = store.world
  const started = clock.elapsed()
  await cache.clear()
  history.forget()
  moments.forget()
  await store.rereadAll()
  const { totalNodes } = await pondStatus(store, history)
  return {
    nodesRestored: totalNodes,
    staged: 0,
    durationUs: clock.elapsed() - started,
    target: 'the table',
    displaced: [],
  }
}

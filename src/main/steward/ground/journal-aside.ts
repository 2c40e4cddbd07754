/**
 * Putting a damaged journal aside, so that the pond can be changed again: the file is kept under another
 * name, and what can be read of it before the damage goes on pending where that is safe.
 */
import { isPondError } from '../../../shared/errors'
import type { OplogTable } from '../../oplog'
import { copyFile, type Storage, type World } from '../../platform'
import { createJournal, salvageJournal, type Pending, type Salvaged } from '../../tlogfs'
import { missingEntries } from './journal-fit'
import { JOURNAL_FOLDER } from '../../../shared/pond-folder'

interface Aside {
  readonly journal: string
  readonly pondId: string
}

/** Under the lock. Says in words what was done and what is lost. @throws oplog.corrupt-log where entries are missing */
export async function setJournalAside(
  { storage, random, clock }: World,
  table: OplogTable,
  { journal, pondId }: Aside,
): Promise<string> {
  const generation = random.uuid(clock.now())
  if ((await storage.stat(journal)) === undefined) {
    const { deltaVersion } = await table.snapshot()
    await createJournal(storage, journal, { pondId, generation, baseDelta: deltaVersion, nextSequence: 1 })
    return `made a new journal: ${journal} was missing, and what was pending, if anything, is lost`
  }
  const aside = `${journal}.damaged-${generation}`
  const salvaged = await salvage(storage, { journal, pondId })
  const snapshot = await table.snapshot()
  const missing = salvaged === null ? null : missingEntries(snapshot, salvaged.baseDelta)
  if (missing !== null) throw missing
  await copyFile(storage, journal, aside)
  await storage.syncFolder(JOURNAL_FOLDER)
  // A version that the journal does not know of may hold the very operations that would stay pending.
  const isSafe = salvaged !== null && !(await snapshot.hasCommitAbove(salvaged.baseDelta))
  const kept = isSafe ? salvaged.entries : []
  await createJournal(
    storage,
    journal,
    { pondId, generation, baseDelta: snapshot.deltaVersion, nextSequence: salvaged?.nextSequence ?? 1 },
    kept.length === 0 ? [] : [kept],
  )
  const done = `set the damaged journal aside as ${aside}`
  if (salvaged === null) return `${done}; nothing in it can be read, so nothing is pending any more`
  if (isSafe)
    return `${done}; operations before the damage that are still pending: ${salvaged.operations}; later ones are lost`
  return `${done}; operations that can be read: ${salvaged.operations}; they may be committed already, so none is kept`
}

/** Whether a journal is missing, or cannot be read, or not all of it. `pending` is null where it cannot. */
export async function isDamaged(pending: Pending | null): Promise<boolean> {
  if (pending === null) return true
  try {
    await pending.checkContents()
    return false
  } catch (error) {
    if (isPondError(error, 'tlogfs.journal-damaged')) return true
    throw error
  }
}

async function salvage(storage: Storage, { journal, pondId }: Aside): Promise<Salvaged | null> {
  try {
    return await salvageJournal(storage, journal, pondId)
  } catch (error) {
    if (isPondError(error, 'tlogfs.journal-damaged') || isPondError(error, 'tlogfs.foreign-journal')) return null
    throw error
  }
}

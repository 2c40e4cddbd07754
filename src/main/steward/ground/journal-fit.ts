/**
 * Whether journal and log belong together. A pond is made with a journal, and a journal names the Delta version
 * it follows only when that is durable: a missing journal and a log that ends earlier are damage, never a crash.
 */
import { isPondError, PondError, type ErrorCode } from '../../../shared/errors'
import type { Snapshot } from '../../oplog'
import type { Storage, World } from '../../platform'
import { createJournal, type Pending } from '../../tlogfs'
import { JOURNAL, JOURNAL_FOLDER, LOG_FOLDER } from '../../../shared/pond-folder'

/** Makes the first journal of a pond, durably, in place of what is there. */
export async function makeJournal(
  { storage, random, clock }: Pick<World, 'storage' | 'random' | 'clock'>,
  pondId: string,
): Promise<void> {
  const generation = random.uuid(clock.now())
  await createJournal(storage, JOURNAL, { pondId, generation, baseDelta: 0, nextSequence: 1 })
}

/** Early ponds got their journal with their first change; what they have of their own says whether there was one. */
export async function mustHaveJournal(storage: Storage, { deltaVersion }: Snapshot): Promise<boolean> {
  return deltaVersion > 0 || (await storage.stat(JOURNAL_FOLDER)) !== undefined
}

/** Why what is pending cannot be relied on, and nothing may be changed; null where all fits. Reads only. */
export async function misfit(storage: Storage, snapshot: Snapshot, pending: Pending | null): Promise<PondError | null> {
  if (pending !== null) return missingEntries(snapshot, pending.baseDelta)
  if (!(await mustHaveJournal(storage, snapshot)) || (await storage.stat(JOURNAL)) !== undefined) return null
  const message = `${JOURNAL} is missing: what was pending is lost. Put it back from a copy, or recover with the journal set aside to go on without it`
  return new PondError('tlogfs.journal-damaged', message, { file: JOURNAL })
}

/** The error that names the entries a log must have had for a journal to follow `baseDelta`. */
export function missingEntries({ deltaVersion }: Snapshot, baseDelta: number): PondError | null {
  if (baseDelta <= deltaVersion) return null
  const [first, last] = [entryFile(deltaVersion + 1), entryFile(baseDelta)]
  const message = `the log ends with Delta version ${deltaVersion}, and the journal follows ${baseDelta}: ${first === last ? `${first} is` : `${first} to ${last} are`} missing. Nothing is changed until it is put back from a copy`
  return new PondError('oplog.corrupt-log', message, { file: first, deltaVersion, baseDelta })
}

function entryFile(version: number): string {
  return `${LOG_FOLDER}/${String(version).padStart(20, '0')}.json`
}

const PROBLEMS: readonly ErrorCode[] = ['tlogfs.journal-damaged', 'tlogfs.foreign-journal', 'tlogfs.newer-journal']

/** Whether it is the journal that cannot be read: what is committed can be. */
export function isJournalProblem(error: unknown): error is PondError {
  return isPondError(error) && PROBLEMS.includes(error.code)
}

/**
 * Making a pond in a folder, and opening one that is there: which order of durable steps makes a
 * folder a pond, and what a folder that is none looks like. Drawn in docs/formats.md.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { toIsoTime } from '../../../shared/time'
import { OplogTable } from '../../oplog'
import type { Storage, World } from '../../platform'
import { makeJournal } from './journal-fit'
import { findPondFile, FORMAT, readPondFile, writePondFile, type PondFile } from './pond-file'
import { DATA_FOLDER, JOURNAL_FOLDER } from '../../../shared/pond-folder'

/** Its header alone; any operation would make it longer. */
const MAX_EMPTY_JOURNAL = 256

export interface OpenedFolder {
  readonly table: OplogTable
  readonly file: PondFile
}

/** @throws steward.already-a-pond, steward.folder-not-empty */
export async function createInFolder(world: World): Promise<OpenedFolder> {
  const { storage, random, clock } = world
  const where = storage.hostPath ?? 'this folder'
  await storage.makeFolder('')
  if ((await findPondFile(storage)) !== undefined)
    throw new PondError('steward.already-a-pond', `${where} is a pond already`, { path: where })
  const now = clock.now()
  const table = await freshTable(world, where)
  const file: PondFile = { format: FORMAT, pondId: random.uuid(now), createdAt: toIsoTime(now) }
  await storage.makeFolder(JOURNAL_FOLDER)
  await makeJournal(world, file.pondId)
  // Neither folder may be lost behind the file that says it is there.
  await storage.syncFolder('')
  await writePondFile(storage, file)
  return { table, file }
}

/** @throws steward.not-a-pond, steward.newer-format, steward.corrupt-pond */
export async function openFolder(world: World): Promise<OpenedFolder> {
  const { storage } = world
  const where = storage.hostPath ?? 'this folder'
  const file = await readPondFile(storage)
  let table: OplogTable
  try {
    table = await OplogTable.open(storage, DATA_FOLDER, world)
  } catch (error) {
    if (!isPondError(error, 'oplog.not-found')) throw error
    throw new PondError(
      'steward.corrupt-pond',
      `${where} is a pond without its table: the folder ${DATA_FOLDER}/ is missing or empty`,
      { path: where },
      error,
    )
  }
  return { table, file }
}

/** The table of a new pond; one that a crashed attempt left empty is taken over. */
async function freshTable(world: World, where: string): Promise<OplogTable> {
  const { storage } = world
  const names = (await storage.list('')).map(({ name }) => name).filter((name) => !name.startsWith('.'))
  const strange = names.filter((name) => name !== DATA_FOLDER && name !== JOURNAL_FOLDER)
  if (names.includes(JOURNAL_FOLDER) && !(await isUnused(storage))) strange.push(JOURNAL_FOLDER)
  if (strange.length > 0) {
    throw new PondError(
      'steward.folder-not-empty',
      `${where} is not empty (it has ${strange.slice(0, 3).join(', ')}); a pond needs a folder of its own`,
      { path: where },
    )
  }
  if (!names.includes(DATA_FOLDER)) return OplogTable.create(storage, DATA_FOLDER, world)
  try {
    const table = await OplogTable.open(storage, DATA_FOLDER, world)
    const snapshot = await table.snapshot()
    if (snapshot.deltaVersion === 0) return table
  } catch (error) {
    if (isPondError(error, 'oplog.not-found')) return OplogTable.create(storage, DATA_FOLDER, world)
    throw error
  }
  throw new PondError(
    'steward.folder-not-empty',
    `${where} has a data folder with a history but no pond.json: it looks like a damaged pond`,
    { path: where },
  )
}

/** Whether the journal is what a crashed attempt leaves: one without operations, or a part of one. */
async function isUnused(storage: Storage): Promise<boolean> {
  for (const { name, kind } of await storage.list(JOURNAL_FOLDER)) {
    if (kind !== 'file' || !/^journal(?:\..+\.tmp)?$/.test(name)) return false
    if (((await storage.stat(`${JOURNAL_FOLDER}/${name}`))?.sizeBytes ?? 0) > MAX_EMPTY_JOURNAL) return false
  }
  return true
}

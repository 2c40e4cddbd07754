/**
 * Writing rows as data files: new names, created exclusively, and made durable at once or with what names them. What a
 * failure leaves behind is removed, because nothing names it yet.
 */
import type { World } from '../../platform'
import type { Add } from '../log/action'
import { BlockChecksums, BLOCKS_TAG } from '../log/checksum'
import { DIRECTORIES_TAG, DirectoryFilterBuilder } from './directory-filter'
import { join } from '../log/log'
import { Portions } from './merge'
import type { OplogRow } from './row'
import { StatisticsBuilder } from './statistics'
import type { TableParts } from '../table-parts'

/** Turns batches of rows into the bytes of one file. */
export type Encode = (
  write: (bytes: Uint8Array) => Promise<void>,
  batches: AsyncIterable<readonly OplogRow[]>,
  clock: World['clock'],
) => Promise<void>

/** A file is finished when it has grown beyond this: with the row group it is at, it stays below 32 MiB. */
const FILE_BYTES = 24 * 1024 * 1024

export interface WriteOptions {
  readonly encode: Encode
  /** True where the rows are new to the table. */
  readonly dataChange: boolean
  /** Of the files, in milliseconds. */
  readonly modifiedMs: number
}

/** Writes sorted batches as one file, or more where they are many, and makes them durable. */
export async function writeDataFiles(
  table: TableParts,
  sorted: AsyncIterable<readonly OplogRow[]>,
  options: WriteOptions,
): Promise<{ readonly adds: readonly Add[]; readonly rows: number }> {
  const written = await writeUnsynced(table, sorted, options)
  try {
    await syncDataFiles(table, written.adds)
    return written
  } catch (error) {
    await removeDataFiles(
      table,
      written.adds.map(({ path }) => path),
    )
    throw error
  }
}

/** As `writeDataFiles`; `syncDataFiles` makes them durable, which has to be before an entry names them. */
export async function writeUnsynced(
  table: TableParts,
  sorted: AsyncIterable<readonly OplogRow[]>,
  options: WriteOptions,
): Promise<{ readonly adds: readonly Add[]; readonly rows: number }> {
  const portions = new Portions(sorted)
  const adds: Add[] = []
  const paths: string[] = []
  let rows = 0
  try {
    while (!(await portions.isAtEnd())) {
      const path = table.newDataFile()
      paths.push(path)
      const written = await writeDataFile(table, path, portions, options)
      adds.push(written.add)
      rows += written.rows
    }
    return { adds, rows }
  } catch (error) {
    await removeDataFiles(table, paths)
    throw error
  }
}

/** All at once: a disk writes them out together. */
export async function syncDataFiles({ storage, folder }: TableParts, adds: readonly Add[]): Promise<void> {
  if (adds.length === 0) return
  await settled([...adds.map(({ path }) => storage.syncFile(join(folder, path))), storage.syncFolder(folder)])
}

/** Waits for all of them, whatever becomes of one: nothing goes on behind the back of who cleans up. */
export async function settled(all: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(all)).find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

/** Removes files that no log entry names. They are in nobody's way, so failing to is no error. */
export async function removeDataFiles(table: TableParts, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await table.storage.remove(join(table.folder, path)).catch((error: unknown) => {
      table.world.log.warn('oplog.data-file-left', { file: path, error })
    })
  }
}

async function writeDataFile(
  table: TableParts,
  path: string,
  portions: Portions,
  { encode, dataChange, modifiedMs }: WriteOptions,
): Promise<{ readonly add: Add; readonly rows: number }> {
  const file = await table.storage.create(join(table.folder, path))
  const checksums = new BlockChecksums()
  const statistics = new StatisticsBuilder()
  const directories = new DirectoryFilterBuilder()
  const counted = async function* (): AsyncGenerator<readonly OplogRow[]> {
    for await (const rows of portions.take(() => file.sizeBytes < FILE_BYTES)) {
      statistics.add(rows)
      directories.add(rows)
      yield rows
    }
  }
  const write = async (bytes: Uint8Array): Promise<void> => {
    checksums.update(bytes)
    await file.write(bytes)
  }
  try {
    await encode(write, counted(), table.world.clock)
  } finally {
    await file.close()
  }
  const filter = directories.toTag()
  const add: Add = {
    path,
    partitionValues: {},
    size: file.sizeBytes,
    modificationTime: modifiedMs,
    dataChange,
    stats: statistics.toJson(),
    tags: { [BLOCKS_TAG]: checksums.toTag(), ...(filter === undefined ? {} : { [DIRECTORIES_TAG]: filter }) },
  }
  return { add, rows: statistics.rows }
}

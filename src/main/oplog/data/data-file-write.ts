/**
 * Writing rows as data files: new names, created exclusively, and made durable at once or with what names them. What a
 * failure leaves behind is removed, because nothing names it yet.
 */
import type { StorageWriter, World } from '../../platform'
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

/** Data files that no entry names yet. The last of them may not be durable. */
export interface NewDataFiles {
  readonly adds: readonly Add[]
  readonly rows: number
  /** Makes all of them durable, and their names: before an entry names them. */
  sync(): Promise<void>
  /** Removes them. */
  remove(): Promise<void>
}

/** Writes sorted batches as one file, or more where they are many, and makes them durable. */
export async function writeDataFiles(
  table: TableParts,
  sorted: AsyncIterable<readonly OplogRow[]>,
  options: WriteOptions,
): Promise<NewDataFiles> {
  const files = await writeUnsynced(table, sorted, options)
  try {
    await files.sync()
    return files
  } catch (error) {
    await files.remove()
    throw error
  }
}

/** As `writeDataFiles`, but for `sync`, which may then go on beside other waits for the disk. `sync` or `remove` them. */
export async function writeUnsynced(
  table: TableParts,
  sorted: AsyncIterable<readonly OplogRow[]>,
  options: WriteOptions,
): Promise<NewDataFiles> {
  const portions = new Portions(sorted)
  const adds: Add[] = []
  const paths: string[] = []
  let rows = 0
  // Synced by who wrote it: a failure to write it out is told to nobody else for certain.
  let last: StorageWriter | undefined
  const remove = async (): Promise<void> => {
    await last?.close().catch(() => undefined)
    await removeDataFiles(table, paths)
  }
  const sync = async (): Promise<void> => {
    if (last === undefined) return
    await settled([last.sync(), table.storage.syncFolder(table.folder)])
    await last.close()
  }
  try {
    while (!(await portions.isAtEnd())) {
      // Of many, one file at a time is open.
      await last?.sync()
      await last?.close()
      const path = table.newDataFile()
      paths.push(path)
      last = await table.storage.create(join(table.folder, path))
      const written = await writeDataFile(table, { path, file: last }, portions, options)
      adds.push(written.add)
      rows += written.rows
    }
    return { adds, rows, sync, remove }
  } catch (error) {
    await remove()
    throw error
  }
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
  { path, file }: { readonly path: string; readonly file: StorageWriter },
  portions: Portions,
  { encode, dataChange, modifiedMs }: WriteOptions,
): Promise<{ readonly add: Add; readonly rows: number }> {
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
  await encode(write, counted(), table.world.clock)
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

/** Checks what is there of a table that cannot be opened: its log, and the data files that entries of it name. */
import { mustGoOn } from '../../shared/cancellation'
import { isPondError } from '../../shared/errors'
import type { Storage } from '../platform'
import { checkFile } from './data/check-file'
import { DataFiles } from './data/data-files'
import { DeltaLog, join, type OplogWorld } from './log/log'
import { checkLog, type CheckLogOptions, type LogFindings, type TableFinding } from './state/check-log'
import { liveFile, type LiveFile } from './state/state'

export interface UnopenedFindings extends LogFindings {
  /** Data files that were looked at. */
  readonly files: number
  readonly bytes: number
}

/**
 * Reads only. A file that is not there may have been merged into others by an entry that cannot be read, and
 * is no finding.
 */
export async function checkUnopened(
  { storage, folder, world }: { readonly storage: Storage; readonly folder: string; readonly world: OplogWorld },
  options: CheckLogOptions,
): Promise<UnopenedFindings> {
  const log = new DeltaLog(storage, folder, world)
  const { damage, notes, entries } = await checkLog(
    { storage, folder, log, data: new DataFiles(storage, folder) },
    options,
  )
  const found = { damage: [...damage], notes, entries, files: 0, bytes: 0 }
  const named = await filesNamed(log)
  for (const file of named.values()) {
    mustGoOn(options.signal)
    const path = join(folder, file.path)
    if ((await storage.stat(path)) === undefined) continue
    options.onProgress?.(found.files++, named.size)
    found.bytes += file.size
    const finding = await damageOf(checkFile(storage, path, file, options.quick), path)
    if (finding !== null) found.damage.push(finding)
  }
  return found
}

/** By entries that can be read, and not taken away by a later one. */
async function filesNamed(log: DeltaLog): Promise<ReadonlyMap<string, LiveFile>> {
  const named = new Map<string, LiveFile>()
  for (const version of (await log.contents()).commits) {
    const entry = await log.readCommit(version).catch((error: unknown) => {
      if (isPondError(error) && error.code.startsWith('oplog.')) return undefined
      throw error
    })
    for (const { path } of entry?.removes ?? []) named.delete(path)
    for (const add of entry?.adds ?? []) named.set(add.path, liveFile(add))
  }
  return named
}

async function damageOf(checking: Promise<void>, file: string): Promise<TableFinding | null> {
  try {
    await checking
    return null
  } catch (error) {
    if (!isPondError(error) || !error.code.startsWith('oplog.')) throw error
    return { file, code: error.code, message: error.message }
  }
}

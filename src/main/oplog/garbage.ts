/**
 * Files in the table's folder that nobody will read again: data files that are not live and were not
 * until lately, and what interrupted work left under temporary names. Relies on the caller holding the
 * pond's lock, so that nothing is published meanwhile.
 */
import { decodePath } from './log/data-path'
import { DATA_FILE, TEMPORARY } from './log/file-names'
import { join } from './log/log'
import { mustBeSameRows } from './others-files'
import type { TableState } from './state/state'
import type { TableParts } from './table-parts'

export interface TableGarbage {
  /** In the storage that the table is in. */
  readonly file: string
  readonly bytes: number
  readonly kind: 'data-file' | 'temporary'
}

/**
 * What is older than a moment: written before it, and removed before it where the log says when.
 * @throws oplog.foreign-commit where another engine's rearrangement changed rows of what would go
 */
export async function findGarbage(
  table: TableParts,
  state: TableState,
  { beforeMs, isToBeRemoved }: { readonly beforeMs: number; readonly isToBeRemoved: boolean },
): Promise<readonly TableGarbage[]> {
  const { storage, folder, log } = table
  const found: TableGarbage[] = []
  for (const { name, kind } of await storage.list(log.folder)) {
    if (kind !== 'file' || !TEMPORARY.test(name)) continue
    const file = join(log.folder, name)
    const stat = await storage.stat(file)
    if (stat !== undefined && stat.modifiedMs <= beforeMs)
      found.push({ file, bytes: stat.sizeBytes, kind: 'temporary' })
  }
  const unlisted = new Map<string, number>()
  for (const { name, kind } of await storage.list(folder)) {
    if (kind !== 'file' || !DATA_FILE.test(name) || state.live.has(name)) continue
    const stat = await storage.stat(join(folder, name))
    if (stat !== undefined && stat.modifiedMs <= beforeMs) unlisted.set(name, stat.sizeBytes)
  }
  if (unlisted.size > 0) for (const path of await removedSince(table, state, beforeMs)) unlisted.delete(path)
  // Rows of theirs may be where another engine put them.
  if (isToBeRemoved && unlisted.size > 0) for (const path of await mustBeSameRows(table, state)) unlisted.delete(path)
  for (const [name, bytes] of unlisted) found.push({ file: join(folder, name), bytes, kind: 'data-file' })
  return found
}

/** Paths that entries of the log removed after a moment: somebody may still be reading them. */
async function removedSince(
  { log }: TableParts,
  { deltaVersion }: TableState,
  momentMs: number,
): Promise<ReadonlySet<string>> {
  const removed = new Set<string>()
  for (let version = deltaVersion; version >= 0; version--) {
    const commit = await log.readCommit(version)
    // Where somebody cleaned the log's past away, it is older than any grace.
    if (commit === undefined) break
    for (const { path, deletionTimestamp } of commit.removes)
      if (deletionTimestamp > momentMs) removed.add(decodePath(path))
    // Times of entries grow with their versions.
    if ((commit.commitInfo?.timestamp ?? Infinity) <= momentMs) break
  }
  return removed
}

/**
 * Data files that other engines' rearrangements brought. Before anything relies on them for good (a clean-up
 * that takes the originals, a compaction that writes them as ours) their rows are compared with those originals.
 */
import type { Commit } from './log/action'
import { decodePath } from './log/data-path'
import { writeDataFiles } from './data/data-file-write'
import { closeAll } from './data/data-files'
import { DATA_FILE } from './log/file-names'
import { loadState } from './state/load'
import { sortRows } from './data/merge'
import { isOthersRearrangement } from './state/rearrangement'
import type { AddressedRow, OplogRow } from './data/row'
import { compareRearranged, notTheSame } from './state/same-rows'
import { scanFile } from './data/scan'
import type { Snapshot } from './state/snapshot'
import { whyReadOnly, type LiveFile, type TableState } from './state/state'
import type { TableParts } from './table-parts'
import { BULK, BULK_BYTES, publish, SMALL, type Compaction, type CompactOptions } from './compact'

/**
 * Paths of originals that must stay, because what replaced them cannot be compared with them any more.
 * @throws oplog.foreign-commit where rows are not the same
 */
export async function mustBeSameRows(table: TableParts, state: TableState): Promise<ReadonlySet<string>> {
  const kept = new Set<string>()
  for (const commit of await rearrangementsBehind(table, state)) {
    const sameness = await compareRearranged(table.data, await loadState(table, commit.version - 1), commit)
    if (sameness === 'unknown') for (const { path } of commit.removes) kept.add(decodePath(path))
    else if (sameness !== null) throw notTheSame(commit, sameness)
  }
  return kept
}

/**
 * Writes live files of other engines as ours: in order, with checksums, instants in microseconds.
 * @throws oplog.foreign-commit where their rows are not those that they replaced, oplog.corrupt-data
 */
export async function rewriteOthers(
  table: TableParts,
  snapshot: Snapshot,
  { underLock }: CompactOptions,
): Promise<Compaction | 'nothing' | 'superseded'> {
  const refusal = whyReadOnly(snapshot.state)
  if (refusal !== undefined) throw refusal
  const files = othersFiles(snapshot.state)
  if (files.length === 0) return 'nothing'
  await mustBeSameRows(table, snapshot.state)
  let filesAfter = 0
  let rows = 0
  for (const file of files) {
    const modifiedMs = Math.floor(table.world.clock.now() / 1_000)
    const { encode, limit } = file.size < BULK_BYTES ? SMALL : BULK
    const sorted = sortedRows(table, file, limit)
    const written = await writeDataFiles(table, sorted, { encode, dataChange: false, modifiedMs })
    const published = await underLock(() => publish(table, [file], written.adds))
    if (!published) {
      await written.remove()
      return 'superseded'
    }
    filesAfter += written.adds.length
    rows += written.rows
  }
  return { filesBefore: files.length, filesAfter, rows }
}

function othersFiles({ live }: TableState): readonly LiveFile[] {
  return [...live.values()].filter(({ checksums }) => checksums === undefined)
}

/** The rearrangements of others that live files come from, newest first. Walks the log back no further than they are. */
async function rearrangementsBehind({ log }: TableParts, state: TableState): Promise<readonly Commit[]> {
  const wanted = new Set(othersFiles(state).map(({ path }) => path))
  const found: Commit[] = []
  for (let version = state.deltaVersion; wanted.size > 0 && version > 0; version--) {
    const commit = await log.readCommit(version)
    // Where somebody cleaned the log's past away, nothing tells.
    if (commit === undefined) break
    const brought = commit.adds.map(({ path }) => decodePath(path)).filter((path) => wanted.delete(path))
    if (brought.length === 0 || !isOthersRearrangement(commit)) continue
    found.push(commit)
    // What it replaced may be others' files itself; ours were written by commits and compactions of ours.
    for (const { path } of commit.removes) if (!DATA_FILE.test(decodePath(path))) wanted.add(decodePath(path))
  }
  return found
}

/** The rows of a file in the order of a data file; only their content is not held at once. */
async function* sortedRows(
  { data, world }: TableParts,
  file: LiveFile,
  limit: (typeof SMALL)['limit'],
): AsyncGenerator<readonly OplogRow[]> {
  const rows: AddressedRow[] = []
  const opened = await data.open(file)
  try {
    for await (const some of scanFile(opened, {})) rows.push(...some)
  } finally {
    await closeAll([opened])
  }
  const bytesOf = (row: OplogRow): number => limit.bytesOf(row) + (row.size ?? 0)
  for await (const batch of sortRows(rows, { ...limit, bytesOf }, world.clock)) {
    const whole: OplogRow[] = []
    for (const row of batch as readonly AddressedRow[])
      whole.push({ ...row, content: await data.contentOf(file, row.address.row) })
    yield whole
  }
}

/**
 * Committing rows: data files first (new names, synced, their folder synced), then one log entry that
 * names them. Until the entry is linked nobody sees anything; what a failed attempt leaves are files
 * that no entry names.
 */
import { PondError } from '../../shared/errors'
import type { Micros } from '../../shared/model'
import { formatCommit, parseCommit, type Action, type Add } from './action'
import { BlockChecksums, BLOCKS_TAG, UNSEALED } from './checksum'
import { ENGINE_INFO } from './conventions'
import { isOf, join } from './log'
import { batches, writeRows } from './parquet-write'
import type { OplogRow } from './row'
import type { Snapshot } from './snapshot'
import { advance, isRearrangement, whyReadOnly, type TableState } from './state'
import { StatisticsBuilder } from './statistics'
import type { TableParts } from './table-parts'
import { compareRows } from './tables/oplog-table'

/** The pond's side of a commit, kept in `commitInfo.pond`. */
export interface PondCommit {
  readonly version: number
  readonly transactionId: string
  readonly committedAtUs: Micros
}

export interface CommitInput {
  readonly on: Snapshot
  readonly rows: readonly OplogRow[]
  readonly pond: PondCommit
  /** Delta's name for what was done, e.g. `WRITE`. */
  readonly operation: string
  readonly parameters?: Readonly<Record<string, string>>
}

export type CommitResult =
  | {
      readonly outcome: 'committed'
      readonly snapshot: Snapshot
      readonly bytesWritten: number
      readonly rows: number
      readonly files: number
    }
  /** Somebody else took the version with other rows; nothing of this commit is left. */
  | { readonly outcome: 'superseded'; readonly snapshot: Snapshot; readonly by: 'other' }

/** Rows of more than this go into several files. */
const FILE_BYTES = 32 * 1024 * 1024

interface WrittenFile {
  readonly add: Add
  readonly rows: readonly OplogRow[]
}

/**
 * Writes data files and entry, and retries by itself when only the arrangement of files changed meanwhile.
 * @throws oplog.foreign-commit, oplog.unsupported, oplog.not-known-durable, platform.*
 */
export async function commitRows(table: TableParts, input: CommitInput): Promise<CommitResult> {
  const refusal = whyReadOnly(input.on.state)
  if (refusal !== undefined) throw refusal
  const modifiedMs = Math.floor(input.pond.committedAtUs / 1_000)
  const paths: string[] = []
  const files: WrittenFile[] = []
  let staged: { readonly temporary: string; readonly bytes: Uint8Array }
  try {
    for (const rows of batches(input.rows.toSorted(compareRows), {
      bytes: FILE_BYTES,
      rows: Number.POSITIVE_INFINITY,
    })) {
      const path = table.newDataFile()
      paths.push(path)
      files.push({ rows, add: await writeDataFile(table, path, rows, modifiedMs) })
    }
    if (files.length > 0) await table.storage.syncFolder(table.folder)
    const bytes = formatCommit(entry(table, input, files, modifiedMs))
    staged = { bytes, temporary: await table.log.stage(bytes, modifiedMs) }
  } catch (error) {
    await removeDataFiles(table, paths)
    throw error
  }
  // From here on a failure may have published the entry, so the files stay; gc finds those that nothing names.
  let state: TableState | undefined
  try {
    state = await publish(table, input, staged)
  } finally {
    await table.log.drop(staged.temporary)
  }
  if (state === undefined) {
    await removeDataFiles(table, paths)
    return { outcome: 'superseded', snapshot: await table.snapshot(), by: 'other' }
  }
  for (const { add, rows } of files) table.data.remember(add.path, add.size, rows)
  const bytesWritten = files.reduce((sum, { add }) => sum + add.size, staged.bytes.length)
  return {
    outcome: 'committed',
    snapshot: table.adopt(state),
    bytesWritten,
    rows: input.rows.length,
    files: files.length,
  }
}

/** The state after the entry; undefined where somebody else's rows are in its place. */
async function publish(
  table: TableParts,
  { on, pond }: CommitInput,
  { temporary, bytes }: { readonly temporary: string; readonly bytes: Uint8Array },
): Promise<TableState | undefined> {
  let state = on.state
  for (;;) {
    const version = state.deltaVersion + 1
    const outcome = await table.log.publish(temporary, version, pond.transactionId)
    if (outcome === 'published') return advance(state, [parseCommit(version, bytes, table.log.commitFile(version))])
    const winner = await table.log.readCommit(version)
    if (winner === undefined) {
      const message = `Delta version ${version} exists and cannot be read`
      throw new PondError('oplog.corrupt-log', message, { version })
    }
    if (isOf(winner, pond.transactionId) || !isRearrangement(winner)) return undefined
    state = advance(state, [winner])
  }
}

async function writeDataFile(
  table: TableParts,
  path: string,
  rows: readonly OplogRow[],
  modifiedMs: number,
): Promise<Add> {
  const file = await table.storage.create(join(table.folder, path))
  const checksums = new BlockChecksums()
  try {
    await writeRows(async (bytes) => {
      checksums.update(bytes)
      await file.write(bytes)
    }, rows)
    await file.sync()
  } finally {
    await file.close()
  }
  const statistics = new StatisticsBuilder()
  statistics.add(rows)
  return {
    path,
    partitionValues: {},
    size: file.sizeBytes,
    modificationTime: modifiedMs,
    dataChange: true,
    stats: statistics.toJson(),
    tags: { [BLOCKS_TAG]: checksums.toTag() },
  }
}

function entry(table: TableParts, input: CommitInput, files: readonly WrittenFile[], timestamp: number): Action[] {
  const { random, clock } = table.world
  return [
    {
      commitInfo: {
        pond: { ...input.pond, crc32c: UNSEALED },
        timestamp,
        operation: input.operation,
        operationParameters: input.parameters ?? {},
        isBlindAppend: true,
        engineInfo: ENGINE_INFO,
        txnId: random.uuid(clock.now()),
      },
    },
    ...files.map(({ add }) => ({ add })),
  ]
}

/** They are in nobody's way, so a failure to remove them is not one of the commit. */
async function removeDataFiles(table: TableParts, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await table.storage.remove(join(table.folder, path)).catch((error: unknown) => {
      table.world.log.warn('oplog.data-file-left', { file: path, error })
    })
  }
}

/**
 * Compaction: many data files become few, with the same rows. It writes outside the pond's lock, and
 * under it only checks that its inputs are still live and publishes; whoever reads meanwhile sees
 * either arrangement. It gives up rather than undo anybody's work.
 */
import { isPondError } from '../../shared/errors'
import { formatCommit, parseCommit, type Action, type Add } from './log/action'
import { UNSEALED } from './log/checksum'
import { planCompaction } from './compaction-plan'
import { ENGINE_INFO } from './log/conventions'
import { closeAll, missingData, type DecodedFile, type OpenedFile } from './data/data-files'
import { removeDataFiles, writeDataFiles } from './data/data-file-write'
import { join } from './log/log'
import { mergeRows } from './data/merge'
import { writeBulk } from './data/parquet-bulk'
import { corrupt } from './data/parquet-source'
import { estimateBytes, GROUP_LIMIT, writeMergedRows } from './data/parquet-write'
import { scanFile } from './data/scan'
import type { Snapshot } from './state/snapshot'
import { advance, whyReadOnly, type LiveFile, type TableState } from './state/state'
import type { TableParts } from './table-parts'

export interface Compaction {
  readonly filesBefore: number
  readonly filesAfter: number
  readonly rows: number
}

export interface CompactOptions {
  /** Runs the last step while no other DuckPond process can commit. */
  readonly underLock: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * Below this the output is read whole, for which Snappy takes a third of zstd's time in JavaScript and
 * a page index helps nobody; and the bulk writer's libraries need not be loaded.
 */
export const BULK_BYTES = 1024 * 1024
export const SMALL = { encode: writeMergedRows, limit: GROUP_LIMIT }
/** Rows that are turned into Arrow and Parquet in one step. */
export const BULK = { encode: writeBulk, limit: { rows: 512, bytes: 1024 * 1024, bytesOf: estimateBytes } }

export function isCompactionDue(state: TableState): boolean {
  return whyReadOnly(state) === undefined && planCompaction(state.live.values()).length > 0
}

/**
 * Merges what is due.
 * @throws oplog.corrupt-data, oplog.missing-data naming an input, oplog.foreign-commit, platform.*
 */
export async function compactFiles(
  table: TableParts,
  snapshot: Snapshot,
  { underLock }: CompactOptions,
): Promise<Compaction | 'nothing' | 'superseded'> {
  const refusal = whyReadOnly(snapshot.state)
  if (refusal !== undefined) throw refusal
  const inputs = planCompaction(snapshot.state.live.values())
  if (inputs.length === 0) return 'nothing'
  let outputs: readonly Add[]
  try {
    outputs = await writeMerged(table, inputs)
  } catch (error) {
    const wasRemoved = isPondError(error, 'oplog.missing-data') && !areLive((await table.snapshot()).state, inputs)
    if (wasRemoved) return 'superseded'
    throw error
  }
  const published = await underLock(() => publish(table, inputs, outputs))
  if (!published) {
    await removeDataFiles(
      table,
      outputs.map(({ path }) => path),
    )
    return 'superseded'
  }
  const rows = inputs.reduce((sum, file) => sum + (file.rows ?? 0), 0)
  return { filesBefore: inputs.length, filesAfter: outputs.length, rows }
}

async function writeMerged(table: TableParts, inputs: readonly LiveFile[]): Promise<readonly Add[]> {
  const opened: (DecodedFile | OpenedFile)[] = []
  try {
    for (const input of inputs) opened.push(await mustOpen(table, input))
    const bytes = inputs.reduce((sum, { size }) => sum + size, 0)
    const { encode, limit } = bytes < BULK_BYTES ? SMALL : BULK
    const merged = mergeRows(
      opened.map((file) => scanFile(file, { content: true })),
      limit,
    )
    const modifiedMs = Math.floor(table.world.clock.now() / 1_000)
    const { adds, rows, remove } = await writeDataFiles(table, merged, { encode, dataChange: false, modifiedMs })
    const expected = opened.reduce((sum, file) => sum + rowsOf(file), 0)
    if (rows !== expected) {
      await remove()
      throw corrupt(inputs[0]!, `it and ${inputs.length - 1} others hold ${expected} rows, ${rows} were read`)
    }
    return adds
  } finally {
    await closeAll(opened)
  }
}

async function mustOpen(table: TableParts, file: LiveFile): Promise<DecodedFile | OpenedFile> {
  try {
    return await table.data.open(file)
  } catch (error) {
    throw isPondError(error, 'platform.not-found') ? missingData(file.path, error) : error
  }
}

function areLive(state: TableState, inputs: readonly LiveFile[]): boolean {
  return inputs.every(({ path, add }) => state.live.get(path)?.add.path === add.path)
}

async function areThere({ storage, folder }: TableParts, outputs: readonly Add[]): Promise<boolean> {
  for (const { path, size } of outputs) if ((await storage.stat(join(folder, path)))?.sizeBytes !== size) return false
  return true
}

function rowsOf(file: DecodedFile | OpenedFile): number {
  return file.kind === 'decoded' ? file.rows.length : file.reader.rows
}

/** Takes the next Delta version for the outputs; false where an input has gone meanwhile. */
export async function publish(
  table: TableParts,
  inputs: readonly LiveFile[],
  outputs: readonly Add[],
): Promise<boolean> {
  const transactionId = table.world.random.uuid(table.world.clock.now())
  for (;;) {
    const { state } = await table.snapshot()
    if (!areLive(state, inputs) || whyReadOnly(state) !== undefined) return false
    // Until now nothing named them: a clean-up that spares nothing may have taken them for leftovers.
    if (!(await areThere(table, outputs))) return false
    const version = state.deltaVersion + 1
    // Not before the previous commit: other engines travel by these times.
    const nowMs = Math.floor(Math.max(table.world.clock.now(), state.lastCommittedAt) / 1_000)
    const bytes = formatCommit(entry({ version, transactionId, nowMs }, inputs, outputs))
    const temporary = await table.log.stage(bytes, nowMs)
    try {
      if ((await table.log.publish(temporary, version, transactionId)) === 'published') {
        table.adopt(advance(state, [parseCommit(version, bytes, table.log.commitFile(version))]))
        return true
      }
    } finally {
      await table.log.drop(temporary)
    }
  }
}

function entry(
  {
    version,
    transactionId,
    nowMs,
  }: { readonly version: number; readonly transactionId: string; readonly nowMs: number },
  inputs: readonly LiveFile[],
  outputs: readonly Add[],
): Action[] {
  return [
    {
      commitInfo: {
        pond: { maintenance: 'compact', deltaVersion: version, transactionId, crc32c: UNSEALED },
        timestamp: nowMs,
        operation: 'OPTIMIZE',
        operationParameters: {},
        isBlindAppend: false,
        engineInfo: ENGINE_INFO,
        txnId: transactionId,
      },
    },
    ...inputs.map(({ add }) => ({
      remove: {
        path: add.path,
        deletionTimestamp: nowMs,
        dataChange: false,
        extendedFileMetadata: true as const,
        partitionValues: add.partitionValues,
        size: add.size,
      },
    })),
    ...outputs.map((add) => ({ add })),
  ]
}

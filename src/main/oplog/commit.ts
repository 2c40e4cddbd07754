/**
 * Committing rows: data files first (new names, synced, their folder synced), then one log entry that
 * names them. Until the entry is linked nobody sees anything; what a failed attempt leaves are files
 * that no entry names.
 */
import { PondError } from '../../shared/errors'
import type { Micros } from '../../shared/model'
import { formatCommit, parseCommit, type Action, type Add } from './log/action'
import { UNSEALED } from './log/checksum'
import { ENGINE_INFO } from './log/conventions'
import type { StagedEntry } from './log/log'
import { settled, writeUnsynced } from './data/data-file-write'
import { sortRows } from './data/merge'
import { estimateBytes, GROUP_LIMIT, writeRows } from './data/parquet-write'
import { follow } from './state/rearrangement'
import type { LaterRow, OplogRow } from './data/row'
import type { Snapshot } from './state/snapshot'
import { advance, isRearrangement, whyReadOnly, type TableState } from './state/state'
import type { TableParts } from './table-parts'

/** The pond's side of a commit, kept in `commitInfo.pond`. */
export interface PondCommit {
  readonly version: number
  readonly transactionId: string
  readonly committedAtUs: Micros
}

export interface CommitInput {
  readonly on: Snapshot
  /** In no order. Those that are made later are asked for row group by row group. */
  readonly rows: readonly (OplogRow | LaterRow)[]
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

/**
 * Writes data files and entry, and retries by itself when only the arrangement of files changed meanwhile.
 * @throws oplog.foreign-commit, oplog.unsupported, oplog.not-known-durable, platform.*
 */
export async function commitRows(table: TableParts, input: CommitInput): Promise<CommitResult> {
  const refusal = whyReadOnly(input.on.state)
  if (refusal !== undefined) throw refusal
  const modifiedMs = Math.floor(input.pond.committedAtUs / 1_000)
  const sorted = sortedRows(table, input)
  const files = await writeUnsynced(table, sorted, { encode: writeRows, dataChange: true, modifiedMs })
  const { adds } = files
  const bytes = formatCommit(entry(table, input, adds, modifiedMs))
  let staged: StagedEntry | undefined
  try {
    staged = await table.log.stageUnsynced(bytes, modifiedMs)
    // Neither is named by anything yet: in which order they become durable does not matter, and together they take less long.
    await settled([files.sync(), staged.sync()])
  } catch (error) {
    if (staged !== undefined) await table.log.drop(staged.temporary)
    await files.remove()
    throw error
  }
  const { temporary } = staged
  // From here on a failure may have published the entry, so the files stay; gc finds those that nothing names.
  let state: TableState | undefined
  try {
    state = await publish(table, input, { temporary, bytes })
  } finally {
    await table.log.drop(temporary)
  }
  if (state === undefined) {
    await files.remove()
    return { outcome: 'superseded', snapshot: await table.snapshot(), by: 'other' }
  }
  if (adds.length === 1 && areAllMade(input.rows)) table.data.remember(adds[0]!.path, adds[0]!.size, input.rows)
  return {
    outcome: 'committed',
    snapshot: table.adopt(state),
    bytesWritten: adds.reduce((sum, add) => sum + add.size, bytes.length),
    rows: input.rows.length,
    files: adds.length,
  }
}

async function* sortedRows(table: TableParts, { rows }: CommitInput): AsyncGenerator<readonly OplogRow[]> {
  const bytesOf = (row: OplogRow | LaterRow): number => (isLater(row) ? row.bytes : estimateBytes(row))
  for await (const batch of sortRows(rows, { ...GROUP_LIMIT, bytesOf }, table.world.clock)) {
    const made: OplogRow[] = []
    for (const row of batch) made.push(isLater(row) ? await row.make() : row)
    yield made
  }
}

function isLater(row: OplogRow | LaterRow): row is LaterRow {
  return 'make' in row
}

function areAllMade(rows: CommitInput['rows']): rows is readonly OplogRow[] {
  return !rows.some(isLater)
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
    if (!isRearrangement(winner)) return undefined
    state = await follow(table, state, [winner])
    if (state.foreign !== null) return undefined
  }
}

function entry(table: TableParts, input: CommitInput, adds: readonly Add[], timestamp: number): Action[] {
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
    ...adds.map((add) => ({ add })),
  ]
}

/**
 * Checkpoints of the log: when one is due, writing it (temp, fsync, rename, fsync of the folder, then
 * the hint `_last_checkpoint` in the same way) and finding the one to open from. A checkpoint only
 * saves time: everything in it is in the log too.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { Storage } from '../../platform'
import type { Remove } from '../log/action'
import { readCheckpoint, readTombstones, unsealed, encodeCheckpoint, type CheckpointContent } from './checkpoint-file'
import { CHECKPOINT_INTERVAL, TOMBSTONE_RETENTION_DAYS } from '../log/conventions'
import { decodePath } from '../log/data-path'
import { writeDurably, type DeltaLog } from '../log/log'
import { checkSupported, liveFile, whyReadOnly, type TableState } from './state'
import type { TableParts } from '../table-parts'

/** A tail of JSON below this is read in no time, however small the checkpoint. */
const TAIL_BYTES = 1024 * 1024
const RETENTION_MS = TOMBSTONE_RETENTION_DAYS * 86_400_000

export function isCheckpointDue({ foreign, tail, deltaVersion }: TableState): boolean {
  if (foreign !== null || deltaVersion === 0) return false
  const tailBytes = tail.commits.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return tail.commits.length >= CHECKPOINT_INTERVAL || tailBytes > Math.max(TAIL_BYTES, tail.checkpoint?.sizeBytes ?? 0)
}

/** Writes the checkpoint of a state. @throws oplog.foreign-commit, platform.* */
export async function checkpointState(
  table: TableParts,
  state: TableState,
): Promise<{ readonly deltaVersion: number; readonly bytes: number }> {
  const refusal = whyReadOnly(state)
  if (refusal !== undefined) throw refusal
  const { storage, log } = table
  const { deltaVersion } = state
  const { checkpoint } = state.tail
  // Never twice: the hint would contradict it in between.
  if (checkpoint?.deltaVersion === deltaVersion) return { deltaVersion, bytes: checkpoint.sizeBytes }
  const tombstones = await unexpiredTombstones(table, state)
  const temporary = log.temporaryFile('checkpoint')
  const { pieces, actions } = await encodeCheckpoint(contentOf(state), tombstones)
  let bytes: number
  try {
    const file = await storage.create(temporary)
    try {
      for (const piece of pieces) await file.write(piece)
      await file.sync()
      bytes = file.sizeBytes
    } finally {
      await file.close()
    }
    await storage.replace(temporary, log.checkpointFile(deltaVersion))
  } catch (error) {
    await log.drop(temporary)
    throw error
  }
  await storage.syncFolder(log.folder)
  await writeHint(table, hintOf({ version: deltaVersion, size: actions, sizeInBytes: bytes }, state))
  return { deltaVersion, bytes }
}

/** The state a checkpoint of ours holds; undefined where there is none, or it is damaged or not ours. */
export async function loadCheckpoint(
  storage: Storage,
  log: DeltaLog,
  version: number,
): Promise<TableState | undefined | Error> {
  try {
    const file = unsealed(await storage.readFile(log.checkpointFile(version)))
    const content = file && (await readCheckpoint(file))
    if (content === undefined) return undefined
    if (content.deltaVersion !== version) throw new RangeError(`it is that of Delta version ${content.deltaVersion}`)
    return stateOf(content, file!.byteLength)
  } catch (error) {
    if (isPondError(error, 'platform.not-found')) return undefined
    if (isPondError(error, 'oplog.unsupported')) throw error
    return error instanceof Error ? error : new Error(String(error))
  }
}

/** The version `_last_checkpoint` names; undefined where it is missing or makes no sense. */
export async function readHint(storage: Storage, log: DeltaLog): Promise<number | undefined> {
  try {
    const hint: unknown = JSON.parse(new TextDecoder().decode(await storage.readFile(log.hintFile)))
    const version = typeof hint === 'object' && hint !== null ? (hint as Record<string, unknown>)['version'] : undefined
    return typeof version === 'number' && Number.isSafeInteger(version) && version >= 0 ? version : undefined
  } catch (error) {
    if (error instanceof SyntaxError || isPondError(error, 'platform.not-found')) return undefined
    throw error
  }
}

/** What the hint says of a checkpoint of ours; undefined where that cannot be read. */
export async function hintText(
  { storage, log }: Pick<TableParts, 'storage' | 'log'>,
  version: number,
): Promise<string | undefined> {
  const state = await loadCheckpoint(storage, log, version)
  if (state === undefined || state instanceof Error) return undefined
  const tombstones = await loadTombstones(storage, log, version).catch(() => [])
  const sizeInBytes = state.tail.checkpoint?.sizeBytes ?? 0
  return hintOf({ version, size: state.live.size + 2 + tombstones.length, sizeInBytes }, state)
}

function hintOf(
  { version, size, sizeInBytes }: { readonly version: number; readonly size: number; readonly sizeInBytes: number },
  { live }: TableState,
): string {
  return `${JSON.stringify({ version, size, sizeInBytes, numOfAddFiles: live.size })}\n`
}

async function writeHint({ storage, log }: TableParts, hint: string): Promise<void> {
  const temporary = log.temporaryFile('hint')
  try {
    await writeDurably(storage, temporary, new TextEncoder().encode(hint))
    await storage.replace(temporary, log.hintFile)
  } catch (error) {
    await log.drop(temporary)
    throw error
  }
  await storage.syncFolder(log.folder)
}

function contentOf(state: TableState): CheckpointContent {
  const { deltaVersion, protocol, metaData, pondVersion, lastCommittedAt, lastTransactionId } = state
  return {
    deltaVersion,
    protocol,
    metaData,
    adds: [...state.live.values()].map(({ add }) => add),
    pond: { version: pondVersion, committedAtUs: lastCommittedAt, transactionId: lastTransactionId },
  }
}

function stateOf(content: CheckpointContent, sizeBytes: number): TableState {
  const { deltaVersion, protocol, metaData, adds, pond } = content
  checkSupported(protocol, metaData)
  return {
    deltaVersion,
    pondVersion: pond.version,
    lastCommittedAt: pond.committedAtUs,
    lastTransactionId: pond.transactionId,
    // Nothing is checkpointed after a foreign commit.
    foreign: null,
    protocol,
    metaData,
    live: new Map(adds.map(liveFile).map((file) => [file.path, file])),
    tail: { checkpoint: { deltaVersion, sizeBytes }, commits: [] },
  }
}

/** Removed files that another engine's clean-up must not yet delete, each once. */
async function unexpiredTombstones(table: TableParts, state: TableState): Promise<readonly Remove[]> {
  const since = Math.floor(table.world.clock.now() / 1_000) - RETENTION_MS
  const removed = [
    ...(await earlierTombstones(table, state)),
    ...state.tail.commits.flatMap(({ tombstones }) => tombstones),
  ]
  const byPath = new Map<string, Remove>()
  for (const remove of removed) {
    const path = decodePath(remove.path)
    if (remove.deletionTimestamp >= since && !state.live.has(path)) byPath.set(path, remove)
  }
  return [...byPath.values()]
}

/** @throws whatever a checkpoint that is damaged leads to */
async function loadTombstones(storage: Storage, log: DeltaLog, version: number): Promise<readonly Remove[]> {
  const file = unsealed(await storage.readFile(log.checkpointFile(version)))
  return file === undefined ? [] : readTombstones(file)
}

async function earlierTombstones({ storage, log, world }: TableParts, state: TableState): Promise<readonly Remove[]> {
  const { checkpoint } = state.tail
  if (checkpoint === null) return []
  try {
    return await loadTombstones(storage, log, checkpoint.deltaVersion)
  } catch (error) {
    // Tombstones only keep other engines from deleting early what nobody lists any more.
    if (error instanceof PondError && !isPondError(error, 'platform.not-found')) throw error
    world.log.warn('oplog.tombstones-lost', { deltaVersion: checkpoint.deltaVersion, error })
    return []
  }
}

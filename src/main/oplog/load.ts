/**
 * Opening: from nothing to the newest state, at the price of the live files and the tail of the log.
 * It starts at the checkpoint that the hint names and probes upward; only where that leads nowhere is
 * the folder listed.
 */
import { PondError } from '../../shared/errors'
import type { Storage } from '../platform'
import { loadCheckpoint, readHint } from './checkpoint'
import type { DeltaLog, OplogWorld } from './log'
import { advance, firstState, type TableState } from './state'

interface Place {
  readonly storage: Storage
  readonly folder: string
  readonly world: OplogWorld
  readonly log: DeltaLog
}

/** @throws oplog.not-found, oplog.corrupt-log, oplog.unsupported, oplog.unsafe-path */
export async function loadState(place: Place): Promise<TableState> {
  const hint = await readHint(place.storage, place.log)
  const hinted = hint === undefined ? undefined : await tryCheckpoint(place, hint)
  if (hinted !== undefined) return probe(place, hinted)
  return loadByListing(place, hint)
}

async function loadByListing(place: Place, tried: number | undefined): Promise<TableState> {
  const { log, folder } = place
  const { checkpoints, lastCommit } = await log.list()
  if (lastCommit === null && checkpoints.length === 0) {
    throw new PondError('oplog.not-found', `there is no Delta table in ${folder}`, { folder })
  }
  let state: TableState | undefined
  for (const version of checkpoints) {
    if (version === tried) continue
    state = await tryCheckpoint(place, version)
    if (state !== undefined) break
  }
  const newest = state === undefined ? await loadFromBeginning(place) : await probe(place, state)
  if (lastCommit !== null && newest.deltaVersion < lastCommit) throw gap(place, newest.deltaVersion + 1)
  return newest
}

async function loadFromBeginning(place: Place): Promise<TableState> {
  const [first, ...rest] = await place.log.readCommitsFrom(0)
  if (first === undefined) throw gap(place, 0)
  return advance(firstState(first), rest)
}

async function probe({ log }: Place, state: TableState): Promise<TableState> {
  return advance(state, await log.readCommitsFrom(state.deltaVersion + 1))
}

async function tryCheckpoint({ storage, log, world }: Place, version: number): Promise<TableState | undefined> {
  const state = await loadCheckpoint(storage, log, version)
  if (!(state instanceof Error)) return state
  world.log.warn('oplog.checkpoint-damaged', { deltaVersion: version, error: state })
  return undefined
}

function gap({ log }: Place, version: number): PondError {
  const file = log.commitFile(version)
  return new PondError('oplog.corrupt-log', `the Delta log has a gap: ${file} is missing`, { file, version })
}

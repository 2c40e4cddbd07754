/**
 * Opening: from nothing to the newest state, at the price of the live files and the tail of the log.
 * It starts at the checkpoint that the hint names and probes upward; only where that leads nowhere is
 * the folder listed.
 */
import { PondError } from '../../../shared/errors'
import type { Storage } from '../../platform'
import { loadCheckpoint, readHint } from './checkpoint'
import type { DeltaLog, OplogWorld } from '../log/log'
import { follow } from './rearrangement'
import { firstState, type TableState } from './state'

interface Place {
  readonly storage: Storage
  readonly folder: string
  readonly world: OplogWorld
  readonly log: DeltaLog
}

/**
 * @param upTo the Delta version to stop at; default: the newest
 * @throws oplog.not-found, oplog.corrupt-log, oplog.unsupported, oplog.unsafe-path
 */
export async function loadState(place: Place, upTo = Infinity): Promise<TableState> {
  const hint = await readHint(place.storage, place.log)
  const hinted = hint === undefined || hint > upTo ? undefined : await tryCheckpoint(place, hint)
  if (hinted !== undefined) return probe(place, hinted, upTo)
  return loadByListing(place, hint, upTo)
}

async function loadByListing(place: Place, tried: number | undefined, upTo: number): Promise<TableState> {
  const { log, folder } = place
  const listed = await log.list()
  const checkpoints = listed.checkpoints.filter((version) => version <= upTo)
  const lastCommit = listed.lastCommit === null ? null : Math.min(listed.lastCommit, upTo)
  if (lastCommit === null && checkpoints.length === 0) {
    throw new PondError('oplog.not-found', `there is no Delta table in ${folder}`, { folder })
  }
  let state: TableState | undefined
  for (const version of checkpoints) {
    if (version === tried) continue
    state = await tryCheckpoint(place, version)
    if (state !== undefined) break
  }
  const newest = state === undefined ? await loadFromBeginning(place, upTo) : await probe(place, state, upTo)
  if (lastCommit !== null && newest.deltaVersion < lastCommit) throw gap(place, newest.deltaVersion + 1)
  return newest
}

async function loadFromBeginning(place: Place, upTo: number): Promise<TableState> {
  const [first, ...rest] = (await place.log.readCommitsFrom(0)).filter(({ version }) => version <= upTo)
  if (first === undefined) throw gap(place, 0)
  return follow(place, firstState(first), rest)
}

async function probe(place: Place, state: TableState, upTo: number): Promise<TableState> {
  const commits = await place.log.readCommitsFrom(state.deltaVersion + 1)
  return follow(
    place,
    state,
    commits.filter(({ version }) => version <= upTo),
  )
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

/** Opening: from nothing to the newest state, at the price of the live files and the tail of the log. */
import { PondError } from '../../shared/errors'
import type { Storage } from '../platform/storage'
import type { DeltaLog, OplogWorld } from './log'
import { advance, firstState, type TableState } from './state'

export async function loadState(input: {
  readonly storage: Storage
  readonly folder: string
  readonly world: OplogWorld
  readonly log: DeltaLog
}): Promise<TableState> {
  const { log, folder } = input
  const [first, ...rest] = await log.readCommitsFrom(0)
  if (first === undefined) {
    throw new PondError('oplog.not-found', `there is no Delta table in ${folder}`, { folder })
  }
  return advance(firstState(first), rest)
}

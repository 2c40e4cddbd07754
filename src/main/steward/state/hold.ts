/** The pond's lock, held for as long as a scope lasts, with the state that it protects. Every change needs one. */
import { cleanUp } from '../../diagnostics'
import type { Snapshot } from '../../oplog'
import type { World } from '../../platform'
import type { Pending } from '../../tlogfs'
import { takeLock, type LockWait } from '../ground/pond-lock'
import type { State } from './state'

/** What `hold` gives to its work: the state under the lock, and the means to move it on. */
export interface Hold {
  readonly pending: Pending
  /** The state as it is under the lock. */
  state(): State
  /** Reads table and journal again. */
  refresh(): Promise<State>
  /** Publishes a state that this process itself made from the last one. */
  publish(state: State): void
  /** Key of the current pending state on a snapshot. */
  keyOf(snapshot: Snapshot): string
}

/** To be bound by `await using`: the lock is given back wherever the scope is left. @throws as `takeLock` */
export async function lockFor(world: World, wait: LockWait): Promise<AsyncDisposable> {
  const lock = await takeLock(world, wait)
  return {
    // What was done under it stands, whatever giving it back says; a process that ended has given it back.
    [Symbol.asyncDispose]: () =>
      cleanUp(world.log, 'the lock of the pond', () => lock.release()).catch(() => undefined),
  }
}

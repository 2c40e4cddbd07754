/**
 * Runs work on a simulated machine again and again, ending the process one storage operation later
 * each time, and looks at what is found after a power loss that keeps or takes what was not synced.
 */
import { Prng, SimStorage, type SimStorageOptions } from '../../src/main/platform/sim'
import { EMPTY_POND, outcomes, randomAct, type Act, type PondState } from './model'
import { performUntilCrash, SimulatedPond } from './pond'

const ACTS = 12
const AFTER: Act = {
  kind: 'stage',
  changes: [{ kind: 'write', path: '/after the crash', content: new Uint8Array(70_000) }],
  commit: true,
}
const STAGED_AFTER: Act = { ...AFTER, commit: false }

export function workload(seed: number): Act[] {
  const random = new Prng(seed)
  const acts: Act[] = []
  let state = EMPTY_POND
  while (acts.length < ACTS) {
    const act = randomAct(random, state)
    acts.push(act)
    state = outcomes(state, act).at(-1)!
  }
  return acts
}

async function emptyPond(seed: number, options: SimStorageOptions): Promise<SimStorage> {
  const pond = new SimulatedPond(new SimStorage(options), seed)
  await pond.create()
  await pond.close()
  return pond.storage
}

interface Found {
  crashes: number
  states: number
}

export interface CrashOptions {
  readonly acts?: readonly Act[]
  /** What there is before anything crashes. Default: an empty pond. */
  readonly begin?: { readonly storage: SimStorage; readonly state: PondState }
  readonly storage?: SimStorageOptions
  /** Crashes at every n-th operation only. Default 1. */
  readonly every?: number
}

/** Runs a workload again and again, ending it one operation later each time, until it gets through. */
export async function crashEverywhere(
  seed: number,
  { acts = workload(seed), begin, storage = {}, every = 1 }: CrashOptions = {},
): Promise<Found> {
  const found: Found = { crashes: 0, states: 0 }
  const start = begin ?? { storage: await emptyPond(seed, storage), state: EMPTY_POND }
  for (let k = 1; ; k += every) {
    const pond = new SimulatedPond(start.storage.afterCrash('nothing-lost'), seed + 1)
    pond.storage.crashAt(k)
    const { crashed, allowed } = await performUntilCrash(pond, acts, start.state)
    await pond.close()
    if (!crashed) return found
    found.crashes++
    for (const loss of ['nothing-lost', 'all-unsynced-lost', seed + k, seed + 7_919 * k] as const) {
      const where = `workload ${seed}, crash at operation ${k}, loss ${loss}`
      await mustGoOn(pond.next(pond.storage.afterCrash(loss)), allowed, where)
      found.states++
    }
    // A process that is killed once can be followed by one other only: a stage alone makes less durable than a commit.
    const next = k % 2 === 0 ? AFTER : STAGED_AFTER
    await killThenPowerLoss(pond, { allowed, next, where: `workload ${seed}, kill at operation ${k}` })
    found.states++
  }
}

/** The pond is in one of the states, is sound, and does the next piece of work, which is then there for good. */
export async function mustGoOn(pond: SimulatedPond, allowed: readonly PondState[], where: string): Promise<void> {
  try {
    const state = await pond.find(allowed)
    await pond.mustVerify()
    await pond.perform(AFTER)
    const after = outcomes(state, AFTER).slice(-1)
    await pond.find(after)
    await pond.close()
    const reopened = pond.next(pond.storage.afterCrash('all-unsynced-lost'))
    await reopened.find(after)
    await reopened.mustVerify()
    await reopened.close()
  } catch (error) {
    throw new Error(`${where}: ${(error as Error).message}`, { cause: error })
  }
}

/** What the next process saw and built upon must be as durable as what it built. */
async function killThenPowerLoss(
  pond: SimulatedPond,
  { allowed, next, where }: { readonly allowed: readonly PondState[]; readonly next: Act; readonly where: string },
): Promise<void> {
  try {
    const second = pond.next(pond.storage.afterKill())
    const state = await second.find(allowed)
    await second.perform(next)
    await second.close()
    const third = second.next(second.storage.afterCrash('all-unsynced-lost'))
    await third.find(outcomes(state, next).slice(-1))
    await third.mustVerify()
    await third.close()
  } catch (error) {
    throw new Error(`${where}, then power loss: ${(error as Error).message}`, { cause: error })
  }
}

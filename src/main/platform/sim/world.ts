/** A world of which every moment and every number is known in advance: seeded chance, a clock that moves only when asked. */
import { mustGoOn } from '../../../shared/cancellation'
import { silentLog, type Log } from '../../diagnostics'
import type { Storage } from '../storage'
import { UuidSequence } from '../uuid'
import type { Clock, Random, World } from '../world'
import { Prng } from './prng'
import { SimStorage } from './storage'

/** 2026-01-01T00:00:00Z */
const START_US = 1_767_225_600_000_000
const STEP_US = 137

export interface SimWorldOptions {
  readonly seed: number
  /** Default: an empty simulated disk. */
  readonly storage?: Storage
  /** Default: a new one that starts in 2026. Give one along to a world that follows a crash. */
  readonly clock?: SimClock
  /** Default: silent. */
  readonly log?: Log
  readonly command?: string
  readonly pid?: number
}

export function simWorld({
  seed,
  storage = new SimStorage(),
  clock = new SimClock(),
  log = silentLog,
  command = 'simulation',
  pid = 1,
}: SimWorldOptions): World {
  return { clock, random: simRandom(seed), storage, log, process: { pid, host: 'simulated', command, user: 'tester' } }
}

export function simRandom(seed: number): Random {
  const prng = new Prng(seed)
  const uuids = new UuidSequence((length) => prng.bytes(length))
  return { bytes: (length) => prng.bytes(length), uuid: (now) => uuids.next(now) }
}

/** Moves on a little with every look, and by the whole of every sleep. */
export class SimClock implements Clock {
  #wall: number
  #elapsed = 0

  constructor(startUs: number = START_US) {
    this.#wall = startUs
  }

  now(): number {
    this.#advance(STEP_US)
    return this.#wall
  }

  elapsed(): number {
    this.#advance(STEP_US)
    return this.#elapsed
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    mustGoOn(signal)
    this.#advance(ms * 1000)
  }

  /** Sets the wall clock alone, also back. */
  set(us: number): void {
    this.#wall = us
  }

  #advance(us: number): void {
    this.#wall += us
    this.#elapsed += us
  }
}

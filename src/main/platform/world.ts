/**
 * Everything the engine may not reach for by itself: time, chance, disk and log. A host builds one
 * world and hands it to `openPond`; tests build one whose clock and chance are seeded.
 */
import type { Micros } from '../../shared/model'
import type { Log } from '../diagnostics'
import type { Storage } from './storage'

export interface Clock {
  /** Wall clock. May go backwards; whoever needs order must enforce it. */
  now(): Micros
  /** Monotonic, for durations. */
  elapsed(): Micros
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export interface Random {
  bytes(length: number): Uint8Array
  /** A UUID of version 7 for `now`: ordered by time, then random. Lower case. */
  uuid(now: Micros): string
}

export interface World {
  readonly clock: Clock
  readonly random: Random
  readonly storage: Storage
  readonly log: Log
  /** Whom the lock names, and the default author of commits. */
  readonly process: { readonly pid: number; readonly host: string; readonly command: string; readonly user: string }
}

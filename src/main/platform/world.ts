/**
 * Everything the engine may not reach for by itself: time, chance, disk and log. A host builds one
 * world and hands it to `openPond`; tests build one whose clock and chance are seeded.
 */
import type { Micros } from '../../shared/model'
import type { Log } from '../diagnostics'
import type { Processes } from './processes'
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

/** A new file of the host, outside of every storage: what somebody asked to be written. */
export interface HostFile {
  /** Returns when the system has taken all bytes. */
  write(bytes: Uint8Array): Promise<void>
  /** Makes what was written durable, and ends the writing. */
  finish(): Promise<void>
  /** Removes the file. Idempotent; does nothing once it is finished. */
  abandon(): Promise<void>
}

export interface World {
  readonly clock: Clock
  readonly random: Random
  readonly storage: Storage
  readonly log: Log
  /** Creates a file exclusively at an absolute host path; absent where there is no host. @throws platform.* */
  readonly createHostFile?: (hostPath: string) => Promise<HostFile>
  /** A private place outside the pond, for the derived files of one whose folder cannot be written. @throws platform.* */
  readonly fallbackCache?: () => Promise<Storage>
  /** 32 bytes that only this user knows, the same for every process of theirs; absent where there is no user. @throws platform.* */
  readonly userSecret?: () => Promise<Uint8Array>
  /** Absent where everything runs in this process. */
  readonly processes?: Processes
  /** Whom the lock names, and the default author of commits. */
  readonly process: { readonly pid: number; readonly host: string; readonly command: string; readonly user: string }
}

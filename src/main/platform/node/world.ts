/** The real world: this machine's time, chance, disk and user. */
import { cancellation, mustGoOn } from '../../../shared/cancellation'
import { randomFillSync } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import { openDiagnostics, silentLog, type Diagnostics, type Log } from '../../diagnostics'
import type { Processes } from '../processes'
import type { Storage } from '../storage'
import { UuidSequence } from '../uuid'
import type { Clock, Random, World } from '../world'
import { nodeFallbackCache } from './fallback-cache'
import { createHostFile } from './host-file'
import { nodeUserSecret } from './user-secret'

export interface NodeWorldOptions {
  readonly storage: Storage
  /** Default: silent. */
  readonly log?: Log
  /** What the lock and the transactions name as the doer, e.g. `pond commit`. */
  readonly command?: string
  /** Default: the user of this process. */
  readonly user?: string
  /** Default: none, everything runs in this process. */
  readonly processes?: Processes | undefined
}

export function nodeWorld({
  storage,
  log = silentLog,
  command = 'duckpond',
  user,
  processes,
}: NodeWorldOptions): World {
  const { hostPath } = storage
  return {
    clock: nodeClock,
    random: nodeRandom,
    storage,
    log,
    createHostFile,
    ...(hostPath === null ? {} : { fallbackCache: () => nodeFallbackCache(hostPath), userSecret: nodeUserSecret }),
    ...(processes === undefined ? {} : { processes }),
    process: { pid: process.pid, host: hostname(), command, user: user ?? userName() },
  }
}

/** Diagnostics of this process: lines on stderr as `DUCKPOND_LOG` says. */
export function nodeDiagnostics(env: Readonly<Record<string, string | undefined>> = process.env): Promise<Diagnostics> {
  return openDiagnostics({ level: env['DUCKPOND_LOG'], now: nodeClock.now })
}

/** Microseconds between the wall clock and the monotonic one, set anew when somebody sets the clock. */
let offset = Date.now() * 1000 - performance.now() * 1000
const TOLERANCE_US = 2_000

export const nodeClock: Clock = {
  now() {
    const wall = Date.now() * 1000
    const fine = performance.now() * 1000 + offset
    if (Math.abs(fine - wall) <= TOLERANCE_US) return Math.floor(fine)
    offset = wall - performance.now() * 1000
    return wall
  },
  elapsed: () => Math.floor(performance.now() * 1000),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      mustGoOn(signal)
      const finish = (): void => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      // A timer never takes less than a millisecond; whoever only lets others run should not wait that long.
      const cancel = ms <= 0 ? immediately(finish) : later(finish, ms)
      const abort = (): void => {
        cancel()
        reject(cancellation(signal!))
      }
      signal?.addEventListener('abort', abort, { once: true })
    }),
}

function immediately(work: () => void): () => void {
  const immediate = setImmediate(work)
  return () => clearImmediate(immediate)
}

function later(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}

const POOL_BYTES = 4_096
const pool = new Uint8Array(POOL_BYTES)
let poolUsed = POOL_BYTES

function randomBytes(length: number): Uint8Array {
  if (length > POOL_BYTES / 4) return randomFillSync(new Uint8Array(length))
  if (poolUsed + length > POOL_BYTES) {
    randomFillSync(pool)
    poolUsed = 0
  }
  poolUsed += length
  return pool.slice(poolUsed - length, poolUsed)
}

const uuids = new UuidSequence(randomBytes)
export const nodeRandom: Random = { bytes: randomBytes, uuid: (now) => uuids.next(now) }

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // A container may run under a number that has no name.
    return process.env['USER'] ?? process.env['USERNAME'] ?? `user ${process.getuid?.() ?? 'unknown'}`
  }
}

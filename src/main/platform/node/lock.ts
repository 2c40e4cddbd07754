/**
 * An exclusive lock that the operating system keeps: it belongs to an open file, so it excludes every
 * other holder, here and in other processes, and ends with the process however that dies. The file's
 * body says who holds it, for messages only.
 */
import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { mustGoOn, orCancellation } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import type { LockHolder, StorageLock } from '../storage'
import type { FilePlace } from './file'

/** Far behind the body, which must stay readable where locks are mandatory. */
const LOCKED_OFFSET = 2 ** 30
const LOCKED_LENGTH = 1
const MAX_BODY = 4_096
const FIRST_PAUSE_MS = 1
const MAX_PAUSE_MS = 12

/** Holders and waiters of this process, in their order, by host path: polling alone would not be fair. */
const lines = new Map<string, Promise<void>>()

export interface LockLimit {
  readonly timeoutMs: number
  /** Once it aborts, nobody waits any more. */
  readonly signal: AbortSignal | undefined
}

/** @throws platform.locked with `holder` in its detail, platform.cancelled or the signal's own reason */
export async function lockFile(
  place: FilePlace,
  holder: LockHolder,
  { timeoutMs, signal }: LockLimit,
): Promise<StorageLock> {
  mustGoOn(signal)
  const deadline = performance.now() + timeoutMs
  const { tryLock, unlock } = await import('fs-native-extensions')
  const turn = standInLine(place.hostPath)
  try {
    if (!(await before(deadline, turn.mine, signal))) throw await locked(place, timeoutMs)
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      mustGoOn(signal)
      const opened = await tryOpenLocked(place.hostPath, tryLock)
      if (opened !== undefined) {
        const { handle } = opened
        await writeBody(opened, holder).catch(() => undefined)
        return {
          release: async () => {
            if (turn.isOver()) return
            turn.end()
            try {
              unlock(handle.fd, LOCKED_OFFSET, LOCKED_LENGTH)
            } finally {
              // The lock belongs to the open file: closing it ends the lock, whatever unlocking said.
              await handle.close()
            }
          },
        }
      }
      const left = deadline - performance.now()
      if (left <= 0) throw await locked(place, timeoutMs)
      await pause(Math.min(pauseMs * (0.5 + Math.random()), left), signal)
    }
  } catch (error) {
    turn.end()
    throw error
  }
}

type TryLock = (fd: number, offset: number, length: number) => boolean

interface LockedFile {
  readonly handle: FileHandle
  readonly sizeBytes: number
}

/** The lock file, open and locked; undefined while another has it. */
async function tryOpenLocked(hostPath: string, tryLock: TryLock): Promise<LockedFile | undefined> {
  const handle = await open(hostPath, constants.O_RDWR | constants.O_CREAT, 0o666)
  try {
    if (tryLock(handle.fd, LOCKED_OFFSET, LOCKED_LENGTH)) {
      // Somebody may have put another file in its place: then this one excludes nobody.
      const [mine, named] = await Promise.all([
        handle.stat({ bigint: true }),
        stat(hostPath, { bigint: true }).catch(() => undefined),
      ])
      if (named !== undefined && mine.ino === named.ino && mine.dev === named.dev)
        return { handle, sizeBytes: Number(mine.size) }
    }
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

async function writeBody({ handle, sizeBytes }: LockedFile, { pid, host, command }: LockHolder): Promise<void> {
  const body = Buffer.from(`${JSON.stringify({ pid, host, command: command.slice(0, 1_000) })}\n`)
  await handle.write(body, 0, body.length, 0)
  if (sizeBytes > body.length) await handle.truncate(body.length)
}

async function locked({ path, hostPath }: FilePlace, timeoutMs: number): Promise<PondError> {
  const holder = await readBody(hostPath)
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host} (${holder.command})`
  const message = `cannot lock ${hostPath}: ${who} has held it for the last ${timeoutMs} ms`
  return new PondError('platform.locked', message, { operation: 'lock', path, holder, timeoutMs })
}

/** Null where the body cannot be understood: it is written without a lock on it. */
async function readBody(hostPath: string): Promise<LockHolder | null> {
  const handle = await open(hostPath, constants.O_RDONLY).catch(() => undefined)
  if (handle === undefined) return null
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BODY), 0, MAX_BODY, 0)
    const value: unknown = JSON.parse(buffer.toString('utf8', 0, bytesRead))
    const { pid, host, command } = value as Partial<LockHolder>
    return typeof pid === 'number' && typeof host === 'string' && typeof command === 'string'
      ? { pid, host, command }
      : null
  } catch {
    return null
  } finally {
    await handle.close()
  }
}

interface Turn {
  /** Resolves when everybody before has gone. */
  readonly mine: Promise<void>
  end(): void
  isOver(): boolean
}

function standInLine(hostPath: string): Turn {
  const mine = lines.get(hostPath) ?? Promise.resolve()
  const { promise: gone, resolve } = withResolvers()
  const last = mine.then(() => gone)
  lines.set(hostPath, last)
  void last.then(() => lines.get(hostPath) === last && lines.delete(hostPath))
  let over = false
  return {
    mine,
    isOver: () => over,
    end: () => {
      over = true
      resolve()
    },
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

/** Whether it resolved in time. @throws platform.cancelled or the signal's own reason */
async function before(deadline: number, promise: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
  const given = new AbortController()
  const ends = signal === undefined ? given.signal : AbortSignal.any([given.signal, signal])
  const late = pause(Math.max(0, deadline - performance.now()), ends).then(() => false)
  try {
    return await Promise.race([promise.then(() => true), late])
  } catch (error) {
    mustGoOn(signal)
    throw error
  } finally {
    // What is late then is no failure of anybody.
    late.catch(() => undefined)
    given.abort()
  }
}

/** @throws platform.cancelled or the signal's own reason */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    throw orCancellation(error, signal)
  }
}

/**
 * This process's stdin as content. If it is no stream or breaks off, that is an error, and never empty or short
 * content. Nobody can tell from here that a producer was killed: its pipe ends like that of one that is done.
 */
import { fstatSync, readFileSync, readSync, statSync, type Stats } from 'node:fs'
import { addAbortSignal } from 'node:stream'
import { PondError } from '../../shared/errors'
import { hostError } from '../platform/node'
import { usage } from './invocation'

/** @throws cli.usage where there is no stdin, host.unreadable, platform.io, platform.incomplete */
export async function* processInput(signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  const { size, stat } = expected()
  let found = 0
  try {
    // Waiting for input that does not come must end with the signal, too.
    for await (const chunk of addAbortSignal(signal, process.stdin) as AsyncIterable<Uint8Array>) {
      found += chunk.length
      yield chunk
    }
    if (stat?.isSocket() === true) mustBeAtEnd()
  } catch (error) {
    signal.throwIfAborted()
    throw hostError(error, 'stdin')
  }
  if (stat?.isFile() === true && found < size)
    throw new PondError(
      'platform.incomplete',
      `in stdin, expected the ${size} bytes that the file had, found ${found}`,
      {},
    )
}

/**
 * The event loop takes a socket that was reset after a part was read for one that ended: only a read of our own
 * gets the error.
 */
function mustBeAtEnd(): void {
  if (readSync(0, Buffer.alloc(1)) > 0)
    throw new PondError('platform.incomplete', 'in stdin, expected to be at the end, found more', {})
}

/** What will come: of a file, what is left of it from where its reader stands. */
function expected(): { readonly stat: Stats | undefined; readonly size: number } {
  const stat = statOf(0)
  if (stat === undefined ? process.platform !== 'win32' : isOurOwnNull(stat))
    throw usage('expected content on stdin, found it closed')
  if (stat?.isDirectory()) throw new PondError('host.unreadable', 'expected content on stdin, found a folder', {})
  const position = Number(/^pos:\s*(\d+)/m.exec(descriptor() ?? '')?.[1] ?? Number.NaN)
  return { stat, size: Number.isNaN(position) ? 0 : Math.max(0, (stat?.size ?? 0) - position) }
}

function statOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd)
  } catch {
    return undefined
  }
}

/** Node puts `/dev/null` in the place of a stdin that was closed, open for reading and writing. A shell's `< /dev/null` is for reading. */
function isOurOwnNull(stat: Stats): boolean {
  if (!stat.isCharacterDevice() || stat.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev) return false
  const flags = /^flags:\s*(\d+)/m.exec(descriptor() ?? '')?.[1]
  return flags !== undefined && (Number.parseInt(flags, 8) & 0o3) === 0o2
}

/** What the system says of the open file; absent where there is no such file system. */
function descriptor(): string | undefined {
  try {
    return readFileSync('/proc/self/fdinfo/0', 'utf8')
  } catch {
    return undefined
  }
}

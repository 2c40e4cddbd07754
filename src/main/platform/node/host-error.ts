/** What the system says about files of this machine that people name, as coded errors: one table for reading and writing. */
import { PondError, type ErrorCode } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import { systemCode } from './errors'

export type HostUse = 'read' | 'write'
type Meaning = readonly [ErrorCode | 'denied' | 'folder', string]

/** `denied` is host.unreadable or host.unwritable, by what was tried; a `folder` is unreadable, or in the way. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  EACCES: ['denied', 'may not be used by you'],
  EPERM: ['denied', 'may not be used by you'],
  EROFS: ['denied', 'is on a disk that is read only'],
  ETXTBSY: ['denied', 'is a program that runs now'],
  EBUSY: ['denied', 'is in use'],
  ENAMETOOLONG: ['denied', 'has a name that is too long for this machine'],
  EEXIST: ['host.exists', 'already exists'],
  ENOTEMPTY: ['host.exists', 'is a folder that is not empty'],
  EISDIR: ['folder', 'is a folder: expected a file'],
  ELOOP: ['host.not-found', 'is a link that leads nowhere'],
  ENOENT: ['host.not-found', 'is not there'],
  ENOTDIR: ['host.not-a-folder', 'is no folder'],
  ENOSPC: ['platform.no-space', 'cannot be written: the disk is full'],
  EDQUOT: ['platform.no-space', 'cannot be written: the disk quota is used up'],
  EFBIG: ['platform.no-space', 'cannot be written: it would become larger than is allowed'],
  EIO: ['platform.io', 'is on a disk that reports an input/output error'],
  EMFILE: ['platform.io', 'cannot be opened: too many files are open'],
  ENFILE: ['platform.io', 'cannot be opened: too many files are open on this machine'],
  ESTALE: ['platform.io', 'is on a network disk that has lost it: try again'],
  EXDEV: ['platform.io', 'is on another disk than its folder'],
  ENXIO: ['platform.io', 'has nobody at its other end'],
  ENODEV: ['platform.io', 'is a device that is not there'],
  ECONNRESET: ['platform.io', 'was broken off at its other end'],
  EAGAIN: ['platform.io', 'was broken off'],
  EPIPE: ['platform.io', 'is not read any more: whoever read it has gone'],
}

/**
 * @param path null where nobody knows which file it was
 * @returns the error itself where it is about another file, coded already, or none of the system's
 */
export function hostError(error: unknown, path: string | null, use: HostUse = 'read'): unknown {
  if (error instanceof PondError) {
    const { system, path: about } = error.detail
    return typeof system === 'string' && about === path ? asHost(system, error, path, use) : error
  }
  const system = systemCode(error)
  return system === undefined || !isSystemName(error) ? error : asHost(system, error, path, use)
}

/** What changes something; what reads is all else. */
const WRITING = new Set([
  'write',
  'fsync',
  'fdatasync',
  'ftruncate',
  'truncate',
  'rename',
  'link',
  'symlink',
  'mkdir',
  'rmdir',
  'unlink',
  'chmod',
  'chown',
])

/**
 * A failure of the system that nobody nearer has met, as a coded error about the file that it names: so that a
 * full disk is called one wherever it is met.
 * @returns the error itself where it is none of a file
 */
export function systemError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof PondError) return error
  const { path, dest, syscall } = error as NodeJS.ErrnoException & { readonly dest?: unknown }
  const use: HostUse = WRITING.has(syscall ?? '') || typeof dest === 'string' ? 'write' : 'read'
  if (typeof path === 'string') return hostError(error, typeof dest === 'string' ? dest : path, use)
  return syscall === 'write' || syscall === 'read' || syscall === 'fsync' ? hostError(error, null, use) : error
}

function asHost(system: string, error: unknown, path: string | null, use: HostUse): PondError {
  const [code, reason] = MEANINGS[system] ?? [
    'platform.io',
    `cannot be ${use === 'read' ? 'read' : 'written'} (${system})`,
  ]
  const denied = use === 'read' ? 'host.unreadable' : 'host.unwritable'
  const folder = use === 'read' ? 'host.unreadable' : 'host.exists'
  return new PondError(
    code === 'denied' ? denied : code === 'folder' ? folder : code,
    `${path === null ? 'a file' : quote(path)} ${reason}`,
    { path, system },
    error,
  )
}

/** Of the system (`ENOSPC`, `Unknown system error -122`), not of Node itself (`ERR_INVALID_ARG_TYPE`). */
function isSystemName(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).errno === 'number'
}

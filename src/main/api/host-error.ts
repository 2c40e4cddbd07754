/** What the system says about files of this machine, as coded errors. */
import { PondError, type ErrorCode } from '../../shared/errors'
import { quote } from '../../shared/path'

const MEANINGS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  EACCES: ['host.unreadable', 'may not be used by you'],
  EEXIST: ['host.exists', 'already exists'],
  EISDIR: ['host.exists', 'is a folder: expected a file'],
  ELOOP: ['host.not-found', 'is a link that leads nowhere'],
  ENAMETOOLONG: ['host.unreadable', 'has a name that is too long for this machine'],
  ENOENT: ['host.not-found', 'is not there'],
  ENOSPC: ['platform.no-space', 'cannot be written: the disk is full'],
  ENOTDIR: ['host.not-a-folder', 'is no folder'],
  EPERM: ['host.unreadable', 'may not be used by you'],
  EROFS: ['host.unreadable', 'is on a disk that is read only'],
}

/** @returns the error itself where it says nothing that people can act on */
export function hostError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const meaning = MEANINGS[code]
  if (meaning === undefined) return error
  return new PondError(meaning[0], `${quote(path)} ${meaning[1]}`, { path }, error)
}

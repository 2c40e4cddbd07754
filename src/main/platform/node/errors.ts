/** From the system's errors to ours: one place decides which is which. */
import { PondError, type ErrorCode } from '../../../shared/errors'

const MEANINGS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['platform.not-found', 'there is no such file or folder'],
  ENOTDIR: ['platform.not-found', 'a part of the path is not a folder'],
  EEXIST: ['platform.exists', 'it exists already'],
  ENOTEMPTY: ['platform.exists', 'the folder is not empty'],
  EACCES: ['platform.denied', 'permission denied'],
  EPERM: ['platform.denied', 'not permitted'],
  EROFS: ['platform.read-only', 'the file system is read-only'],
  ENOSPC: ['platform.no-space', 'no space is left on the disk'],
  EDQUOT: ['platform.no-space', 'the disk quota is used up'],
  EFBIG: ['platform.no-space', 'the file would become too large'],
  ELOOP: ['platform.io', 'too many symbolic links'],
  EISDIR: ['platform.io', 'it is a folder, not a file'],
  ENAMETOOLONG: ['platform.io', 'the name is too long'],
  EMFILE: ['platform.io', 'too many files are open'],
  ENFILE: ['platform.io', 'too many files are open on this machine'],
  EIO: ['platform.io', 'the disk reports an input/output error'],
}

/** libuv has no name for these and says "Unknown system error". */
const UNNAMED: Readonly<Record<number, string>> = { [-122]: 'EDQUOT', [-69]: 'EDQUOT' }

/** The name the system gives an error, e.g. `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, errno } = error as NodeJS.ErrnoException
  return code !== undefined && code in MEANINGS ? code : (UNNAMED[errno ?? 0] ?? code)
}

export function platformError(operation: string, path: string, hostPath: string, cause: unknown): PondError {
  if (cause instanceof PondError) return cause
  const system = systemCode(cause)
  const [code, reason] = MEANINGS[system ?? ''] ?? [
    'platform.io',
    cause instanceof Error ? cause.message : String(cause),
  ]
  const message = `cannot ${operation} ${hostPath}: ${reason}${system === undefined ? '' : ` (${system})`}`
  return new PondError(code, message, { operation, path, system: system ?? null }, cause)
}

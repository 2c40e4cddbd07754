/** The state of an open pond whose folder was moved or deleted, told apart from a damaged one. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isPondError, PondError, type ErrorCode } from '../../../shared/errors'
import { POND_FILE } from '../../../shared/pond-folder'

/** How the layers below say that a file is not there which they know of. */
const MISSING: ReadonlySet<ErrorCode> = new Set([
  'platform.not-found',
  'oplog.not-found',
  'oplog.missing-data',
  'tlogfs.missing-content',
])

/**
 * What an operation on the pond in `folder` failed with: `steward.gone` where not one file is missing
 * but all of it, else the error itself. @param folder undefined where no pond is open
 */
export async function goneOr(error: unknown, folder: string | undefined): Promise<unknown> {
  if (folder === undefined || !isPondError(error) || !MISSING.has(error.code)) return error
  if (!(await isAbsent(join(folder, POND_FILE)))) return error
  return new PondError('steward.gone', `the folder of this pond is gone: ${folder}`, { path: folder }, error)
}

/** Only what is surely not there: a file that may not be looked at is another trouble. */
async function isAbsent(path: string): Promise<boolean> {
  try {
    await stat(path)
    return false
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR'
  }
}

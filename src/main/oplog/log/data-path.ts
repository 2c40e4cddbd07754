/**
 * Paths of data files: percent-encoded in the log, decoded exactly once here, and refused where they
 * would leave the table's folder, whoever wrote them.
 */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'

const SCHEME = /^[a-z][a-z0-9+.-]*:/i

/** The table-relative path that the log's spelling stands for. @throws oplog.unsafe-path */
export function decodePath(encoded: string): string {
  const refuse = (reason: string): never => {
    throw new PondError('oplog.unsafe-path', `the Delta log names the data file ${quote(encoded)}, which ${reason}`, {
      path: encoded,
    })
  }
  if (SCHEME.test(encoded)) refuse('is an address and not a path inside the table')
  let path: string
  try {
    path = decodeURIComponent(encoded)
  } catch {
    return refuse('is not percent-encoded text')
  }
  if (path.includes('\0')) refuse('contains a zero byte')
  if (path.startsWith('/') || path.includes('\\')) refuse('is not relative to the table')
  if (path.split('/').some((name) => name === '' || name === '.' || name === '..')) refuse('leaves the table')
  return path
}

/** Paths of a storage. Whatever asks for one, it cannot lead out of the storage's root. */
import { PondError } from '../../shared/errors'

/** The names of a path relative to the root; none for the root. @throws platform.denied */
export function storageNames(operation: string, path: string): readonly string[] {
  if (path === '') return []
  const names = path.split('/')
  for (const name of names) {
    if (name === '' || name === '.' || name === '..' || /[\0\\]/.test(name)) {
      throw new PondError(
        'platform.denied',
        `cannot ${operation} ${JSON.stringify(path)}: not a path inside the pond's folder`,
        {
          operation,
          path,
        },
      )
    }
  }
  return names
}

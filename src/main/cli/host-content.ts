/** Content of a file of this machine, as commands take it in. */
import { isPondError, PondError } from '../../shared/errors'
import { quote } from '../../shared/path'
import { fileContent, hostError } from '../platform/node'

/** @param path absolute; a file, or a pipe or device until it ends @throws host.*, platform.io, platform.incomplete */
export async function* hostContent(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* fileContent(path)
  } catch (error) {
    const known = hostError(error, path)
    if (!isPondError(known, 'host.not-found')) throw known
    throw new PondError('host.not-found', `expected a file at ${quote(path)}, found none`, { path }, error)
  }
}

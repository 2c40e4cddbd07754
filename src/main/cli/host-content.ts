/** Content of a file of this machine, as commands take it in. */
import { createReadStream } from 'node:fs'
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'

/** @param path absolute @throws host.not-found, host.unreadable */
export async function* hostContent(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    const message = missing ? `expected a file at ${quote(path)}, found none` : `cannot read ${quote(path)}`
    throw new PondError(missing ? 'host.not-found' : 'host.unreadable', message, { path }, error)
  }
}

/**
 * Checks that a stream of bytes is complete: as many bytes as somebody announced, or as a file had when it was opened.
 * A producer that was killed ends its stream like one that is done; only an announced size or hash tells them apart.
 */
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import { platformError } from './errors'

export interface ExpectedContent {
  /** Bytes. */
  readonly size?: number | undefined
  /** Hex, in either case. */
  readonly sha256?: string | undefined
}

const CHUNK_BYTES = 256 * 1024

/**
 * The same chunks, which end only if they are what was expected.
 * @param what for messages, e.g. `stdin`
 * @throws platform.incomplete
 */
export async function* mustBeComplete(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { size, sha256 }: ExpectedContent,
  what: string,
): AsyncGenerator<Uint8Array, void, void> {
  const hash = sha256 === undefined ? null : createHash('sha256')
  let found = 0
  for await (const chunk of chunks) {
    found += chunk.length
    if (size !== undefined && found > size) throw incomplete(what, `${size} bytes`, 'more')
    hash?.update(chunk)
    yield chunk
  }
  if (size !== undefined && found !== size) throw incomplete(what, `${size} bytes`, `${found}: it ended early`)
  const digest = hash?.digest('hex')
  if (sha256 !== undefined && digest !== sha256.toLowerCase())
    throw incomplete(what, `content with the SHA-256 ${sha256}`, `${found} bytes with ${digest}`)
}

/**
 * A file of this machine to its end, whatever kind of file: a pipe and a device end when they end. A regular
 * file that becomes shorter meanwhile is an error; one that grows is read as far as it goes.
 * @throws platform.* naming the path, platform.incomplete
 */
export async function* fileContent(path: string): AsyncGenerator<Uint8Array, void, void> {
  const at = { path, hostPath: path }
  const run = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw platformError(operation, at.path, at.hostPath, error)
    }
  }
  const handle = await run('open', () => open(path, 'r'))
  try {
    const stat = await run('look at', () => handle.stat())
    const size = stat.isFile() ? stat.size : 0
    let found = 0
    for (;;) {
      const { bytesRead, buffer } = await run('read', () =>
        handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, null),
      )
      if (bytesRead === 0) break
      found += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
    if (found < size) throw incomplete(quote(path), `the ${size} bytes that it had`, `${found}: it became shorter`)
  } finally {
    await handle.close()
  }
}

function incomplete(what: string, expected: string, found: string): PondError {
  return new PondError('platform.incomplete', `in ${what}, expected ${expected}, found ${found}`, { what })
}

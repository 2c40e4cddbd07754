/**
 * Where derived files go of a pond whose folder cannot be written: a folder that only this user can enter. It
 * holds copies of content, so nobody else may read them, or put others in their place.
 */
import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Storage } from '../storage'
import { platformError } from './errors'
import { nodeStorage } from './storage'
import { userCache, type Environment } from './user-cache'

/**
 * Apart for each user and pond, and the same for every process: in the user's cache folder, else in the system's
 * temporary one. What somebody else may have made under its name is not used.
 * @param folder of the pond, absolute @throws platform.*
 */
export async function nodeFallbackCache(folder: string, env: Environment = process.env): Promise<Storage> {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16)
  for (const place of [join(userCache(env), 'duckpond'), join(tmpdir(), `duckpond-cache-${userName()}`)]) {
    if (await isOurs(place)) return nodeStorage(join(place, name))
  }
  try {
    return nodeStorage(await mkdtemp(join(tmpdir(), 'duckpond-cache-')))
  } catch (error) {
    throw platformError('make a folder in', tmpdir(), tmpdir(), error)
  }
}

function userName(): string {
  return String(process.getuid?.() ?? 'me')
}

/** Makes the folder where it is missing. Whether it is a folder of ours that nobody else can enter, and we can write. */
async function isOurs(path: string): Promise<boolean> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 }).then((made) =>
      made === undefined ? undefined : chmod(path, 0o700),
    )
    const found = await lstat(path)
    if (!found.isDirectory()) return false
    if (process.getuid !== undefined && (found.uid !== process.getuid() || (found.mode & 0o077) !== 0)) return false
    return await nodeStorage(path).isWritable('')
  } catch {
    return false
  }
}

/**
 * A secret of this user, the same for every process of theirs: 32 bytes in their folder of settings, which nobody else may
 * read. It tells files that this user's DuckPond made from others of the same name.
 */
import { randomBytes } from 'node:crypto'
import { chmod, link, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configFolder } from './config-folder'
import { platformError } from './errors'

const BYTES = 32

/** Made where it is missing. @throws platform.* */
export async function nodeUserSecret(folder = configFolder()): Promise<Uint8Array> {
  const file = join(folder, 'secret')
  try {
    const there = await read(file)
    if (there !== undefined) return there
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // Whole or not at all, and the first of two that make one at once is everybody's.
    const temp = `${file}.${randomBytes(6).toString('hex')}.tmp`
    await writeFile(temp, randomBytes(BYTES), { mode: 0o600, flag: 'wx' })
    try {
      await link(temp, file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      })
    } finally {
      await rm(temp, { force: true })
    }
    const made = await read(file)
    if (made === undefined) throw new Error('it is not what was written')
    return made
  } catch (error) {
    throw platformError('make a secret in', folder, folder, error)
  }
}

/** Undefined where there is none, or one that somebody else may know. */
async function read(file: string): Promise<Uint8Array | undefined> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found === undefined) return undefined
  const isOwn = process.getuid === undefined || found.uid === process.getuid()
  if (!found.isFile() || !isOwn) throw new Error('something else has its name')
  if ((found.mode & 0o077) !== 0 && process.platform !== 'win32') await chmod(file, 0o600)
  const bytes = await readFile(file)
  if (bytes.length === BYTES) return bytes
  await rm(file)
  return undefined
}

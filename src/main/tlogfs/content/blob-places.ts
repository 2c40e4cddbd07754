/**
 * Where large content lies: beside the table, where no other engine cleans up. DuckPond 0.1 wrote it below
 * the table; from there it is still read, until a clean-up moves it.
 */
import { createHash } from 'node:crypto'
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError } from '../../../shared/errors'
import { BLOBS_FOLDER, OLD_BLOBS_FOLDER } from '../../../shared/pond-folder'
import { copyFile, type Random, type Storage } from '../../platform'

/** Asked of the disk at once. */
const READ_BYTES = 1 << 20

export function blobPath(folder: string, sha256: string): string {
  return `${folder}/${sha256.slice(0, 2)}/${sha256}`
}

/** Where to look for content, in order: it may move from the second place to the first meanwhile. */
export function blobPaths(sha256: string): readonly string[] {
  const now = blobPath(BLOBS_FOLDER, sha256)
  return [now, blobPath(OLD_BLOBS_FOLDER, sha256), now]
}

/** A name for content on its way; nobody else's. */
export function tempName(random: Random): string {
  return `${BLOBS_FOLDER}/.${Buffer.from(random.bytes(12)).toString('hex')}.tmp`
}

export interface MovingBlob {
  readonly sha256: string
  /** Where it is. */
  readonly file: string
}

/**
 * Moves blobs to where they belong: each has its new name, durably, before it loses the old one.
 * @throws platform.*
 */
export async function moveBlobs(
  storage: Storage,
  blobs: readonly MovingBlob[],
  { random, signal }: { readonly random: Random; readonly signal?: AbortSignal },
): Promise<void> {
  const folders = new Set<string>()
  for (const { sha256, file } of blobs) {
    mustGoOn(signal)
    const path = blobPath(BLOBS_FOLDER, sha256)
    const folder = path.slice(0, path.lastIndexOf('/'))
    if (!folders.has(folder)) await storage.makeFolder(folder)
    folders.add(folder)
    const linked = await storage.link(file, path)
    if (linked === 'linked') continue
    // Where there are no links, or the one that is there is damaged, it is copied.
    if (linked === 'exists' && (await isWhole(storage, path, sha256))) continue
    const temp = tempName(random)
    await copyFile(storage, file, temp)
    await storage.replace(temp, path)
  }
  for (const folder of [...folders, BLOBS_FOLDER, '']) await storage.syncFolder(folder)
  for (const { file } of blobs) await storage.remove(file)
}

async function isWhole(storage: Storage, file: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256')
  try {
    for await (const bytes of contentOf(storage, file)) hash.update(bytes)
  } catch (error) {
    if (!isPondError(error, 'platform.io')) throw error
    return false
  }
  return hash.digest('hex') === sha256
}

async function* contentOf(storage: Storage, file: string): AsyncGenerator<Uint8Array> {
  const reader = await storage.open(file)
  try {
    for (let offset = 0; offset < reader.sizeBytes; offset += READ_BYTES) yield await reader.read(offset, READ_BYTES)
  } finally {
    await reader.close()
  }
}

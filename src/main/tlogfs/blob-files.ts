/** What lies in `_large_files`: blobs by their hash, and content that never became one. */
import type { Storage } from '../platform'
import { BLOBS_FOLDER } from './blobs'

export interface BlobFile {
  /** In the pond. */
  readonly file: string
  /** Null for content on its way, or left behind there. */
  readonly sha256: string | null
  readonly sizeBytes: number
  readonly modifiedMs: number
}

/** Everything of ours in the folder; what others put there is passed over. */
export async function* blobFiles(storage: Storage): AsyncGenerator<BlobFile> {
  if ((await storage.stat(BLOBS_FOLDER)) === undefined) return
  for (const { name, kind } of await storage.list(BLOBS_FOLDER)) {
    const path = `${BLOBS_FOLDER}/${name}`
    if (kind === 'file' && /^\.[0-9a-f]{24}\.tmp$/.test(name)) yield* fileAt(storage, path, null)
    if (kind !== 'folder' || !/^[0-9a-f]{2}$/.test(name)) continue
    for (const blob of await storage.list(path)) {
      if (blob.kind !== 'file' || !/^[0-9a-f]{64}$/.test(blob.name) || !blob.name.startsWith(name)) continue
      yield* fileAt(storage, `${path}/${blob.name}`, blob.name)
    }
  }
}

async function* fileAt(storage: Storage, file: string, sha256: string | null): AsyncGenerator<BlobFile> {
  const stat = await storage.stat(file)
  if (stat !== undefined) yield { file, sha256, sizeBytes: stat.sizeBytes, modifiedMs: stat.modifiedMs }
}

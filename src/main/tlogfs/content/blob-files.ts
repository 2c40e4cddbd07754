/** What lies in the folders of large content: blobs by their hash, and content that never became one. */
import type { Storage } from '../../platform'
import { BLOBS_FOLDER, OLD_BLOBS_FOLDER } from '../../../shared/pond-folder'

export interface BlobFile {
  /** In the pond. */
  readonly file: string
  /** Null for content on its way, or left behind there. */
  readonly sha256: string | null
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** Below the table, where DuckPond 0.1 put it and where another engine may clean up. */
  readonly isBelowTable: boolean
}

/** Everything of ours in the folders; what others put there is passed over. */
export async function* blobFiles(storage: Storage): AsyncGenerator<BlobFile> {
  yield* filesIn(storage, BLOBS_FOLDER)
  yield* filesIn(storage, OLD_BLOBS_FOLDER)
}

async function* filesIn(storage: Storage, folder: string): AsyncGenerator<BlobFile> {
  if ((await storage.stat(folder)) === undefined) return
  const isBelowTable = folder === OLD_BLOBS_FOLDER
  for (const { name, kind } of await storage.list(folder)) {
    const path = `${folder}/${name}`
    if (kind === 'file' && /^\.[0-9a-f]{24}\.tmp$/.test(name))
      yield* fileAt(storage, { file: path, sha256: null, isBelowTable })
    if (kind !== 'folder' || !/^[0-9a-f]{2}$/.test(name)) continue
    for (const blob of await storage.list(path)) {
      if (blob.kind !== 'file' || !/^[0-9a-f]{64}$/.test(blob.name) || !blob.name.startsWith(name)) continue
      yield* fileAt(storage, { file: `${path}/${blob.name}`, sha256: blob.name, isBelowTable })
    }
  }
}

async function* fileAt(
  storage: Storage,
  known: Pick<BlobFile, 'file' | 'sha256' | 'isBelowTable'>,
): AsyncGenerator<BlobFile> {
  const stat = await storage.stat(known.file)
  if (stat !== undefined) yield { ...known, sizeBytes: stat.sizeBytes, modifiedMs: stat.modifiedMs }
}

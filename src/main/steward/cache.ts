/**
 * Content as host files, for readers that want one (DuckDB): blobs where they are, once they are
 * checked against their hash; small content as a copy in the cache. Everything here can be deleted at
 * any time, and nothing in it is believed unseen.
 */
import { createHash } from 'node:crypto'
import type { FileReader } from '../tinyfs'
import type { Random, Storage } from '../platform'
import type { Blobs, NodeState } from '../tlogfs'

export interface CachePlace {
  readonly storage: Storage
  /** Folder in the storage; '' for its root. */
  readonly folder: string
}

export class ContentCache {
  readonly #place: CachePlace
  readonly #pond: Storage
  readonly #blobs: Blobs
  readonly #random: Random
  /** Blobs that this process has seen to be whole, by hash: what `stat` said then. */
  readonly #checked = new Map<string, string>()

  constructor(place: CachePlace, pond: Storage, blobs: Blobs, random: Random) {
    this.#place = place
    this.#pond = pond
    this.#blobs = blobs
    this.#random = random
  }

  get storage(): Storage {
    return this.#place.storage
  }

  /** Absolute host path of the cache folder. */
  get hostPath(): string {
    const { storage, folder } = this.#place
    return folder === '' ? (storage.hostPath ?? '') : `${storage.hostPath ?? ''}/${folder}`
  }

  /**
   * Absolute host path of a file with the content of a state. @throws tlogfs.corrupt-content,
   * tlogfs.missing-content
   */
  async hostFile(state: NodeState, open: () => Promise<FileReader>): Promise<string> {
    const sha256 = state.sha256 ?? ''
    if (state.content.kind === 'blob') {
      await this.#checkBlob(sha256, open)
      return `${this.#pond.hostPath ?? ''}/${await this.#blobs.find(sha256)}`
    }
    const { storage, folder } = this.#place
    const path = join(folder, `content/${sha256}`)
    if (!(await this.#isWhole(path, sha256))) await this.#copy(path, open)
    return `${storage.hostPath ?? ''}/${path}`
  }

  /** Removes the copies; blobs are checked again. Leaves what others put into the cache. */
  async clear(): Promise<void> {
    const { storage, folder } = this.#place
    this.#checked.clear()
    const content = join(folder, 'content')
    if ((await storage.stat(content)) === undefined) return
    for (const { name, kind } of await storage.list(content))
      if (kind === 'file') await storage.remove(join(content, name))
  }

  async #checkBlob(sha256: string, open: () => Promise<FileReader>): Promise<void> {
    const stat = await this.#pond.stat(await this.#blobs.find(sha256))
    const seen = stat === undefined ? 'missing' : `${stat.sizeBytes}/${stat.modifiedMs}`
    if (this.#checked.get(sha256) === seen) return
    const reader = await open()
    try {
      // Reading to the end is the check.
      for await (const _chunk of reader.chunks());
    } finally {
      await reader.close()
    }
    this.#checked.set(sha256, seen)
  }

  async #isWhole(path: string, sha256: string): Promise<boolean> {
    if ((await this.#place.storage.stat(path)) === undefined) return false
    return sha256Of(await this.#place.storage.readFile(path)) === sha256
  }

  async #copy(path: string, open: () => Promise<FileReader>): Promise<void> {
    const { storage, folder } = this.#place
    await storage.makeFolder(join(folder, 'content'))
    const temp = `${path}.${Buffer.from(this.#random.bytes(6)).toString('hex')}.tmp`
    const writer = await storage.create(temp)
    try {
      const reader = await open()
      try {
        for await (const chunk of reader.chunks()) await writer.write(chunk)
      } finally {
        await reader.close()
      }
      await writer.close()
      await storage.replace(temp, path)
    } catch (error) {
      await writer.close()
      await storage.remove(temp)
      throw error
    }
  }
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

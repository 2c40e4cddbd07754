/**
 * Content as host files, for readers that want one (DuckDB). Copies of small content are shared by all
 * processes in `cache/content`, and may go at any time; large content is a blob. What is handed out is a
 * further name of either, in a folder that this process owns: a clean-up by whomever takes nothing from
 * below its reader. Nothing is believed unseen.
 */
import { createHash } from 'node:crypto'
import { isPondError } from '../../../shared/errors'
import { makeOwnedFolder, type OwnedFolder, type Storage, type World } from '../../platform'
import type { FileReader } from '../../tinyfs'
import type { Blobs, NodeState, Overlay, View } from '../../tlogfs'

export interface CachePlace {
  readonly storage: Storage
  /** Folder in the storage; '' for its root. */
  readonly folder: string
}

export class ContentCache {
  readonly #place: CachePlace
  readonly #pond: Storage
  readonly #blobs: Blobs
  readonly #world: World
  #owned: Promise<OwnedFolder> | undefined
  /** Blobs that this process has seen to be whole, by hash: what `stat` said then. */
  readonly #checked = new Map<string, string>()
  /** Checks under way, by hash and what `stat` said: whoever asks meanwhile waits for the same one. */
  readonly #checking = new Map<string, Promise<void>>()

  constructor(place: CachePlace, blobs: Blobs, world: World) {
    this.#place = place
    this.#pond = world.storage
    this.#blobs = blobs
    this.#world = world
  }

  get storage(): Storage {
    return this.#place.storage
  }

  /** Absolute host path of the cache folder. */
  get hostPath(): string {
    const { storage, folder } = this.#place
    return folder === '' ? (storage.hostPath ?? '') : `${storage.hostPath ?? ''}/${folder}`
  }

  /** Absolute host path of a folder for files of this process. It goes on `close`, or once the process is dead. */
  async workFolder(): Promise<string> {
    return this.#hostPathOf((await this.own()).path)
  }

  /**
   * Absolute host path of a file with the content of a state, as the backend has it; there until `close`.
   * @throws tlogfs.corrupt-content, tlogfs.missing-content
   */
  async hostFile(state: NodeState, backend: View | Overlay): Promise<string> {
    const open = (): Promise<FileReader> => backend.openState(state)
    const sha256 = state.sha256 ?? ''
    const folder = `${(await this.own()).path}/content`
    await this.#place.storage.makeFolder(folder)
    const name = `${folder}/${sha256}`
    return state.content.kind === 'blob' ? this.#blobAs(name, sha256, open) : this.#copyAs(name, sha256, open)
  }

  /** Nothing may be reading what was handed out. Idempotent. */
  async close(): Promise<void> {
    const owned = await this.#owned?.catch(() => undefined)
    this.#owned = undefined
    await owned?.remove()
  }

  async #blobAs(name: string, sha256: string, open: () => Promise<FileReader>): Promise<string> {
    const { storage } = this.#place
    const seen = await this.#checkBlob(sha256, open)
    const blob = await this.#blobs.find(sha256)
    const own = `${this.#pond.hostPath ?? ''}/${blob}`
    if (storage !== this.#pond) return own
    const there = await storage.stat(name)
    if (there !== undefined && `${there.sizeBytes}/${there.modifiedMs}` === seen) return this.#hostPathOf(name)
    // Another file was the blob when it got this name: it was damaged, and has been written anew.
    if (there !== undefined) await storage.remove(name)
    return (await storage.link(blob, name)) === 'unsupported' ? own : this.#hostPathOf(name)
  }

  async #copyAs(name: string, sha256: string, open: () => Promise<FileReader>): Promise<string> {
    const { storage, folder } = this.#place
    if (await this.#isWhole(name, sha256)) return this.#hostPathOf(name)
    await storage.remove(name)
    const shared = join(folder, `content/${sha256}`)
    if (!(await this.#isWhole(shared, sha256))) await this.#copy(shared, open)
    const linked = await storage.link(shared, name).catch((error: unknown) => {
      // A clean-up came in between.
      if (isPondError(error, 'platform.not-found')) return 'unsupported' as const
      throw error
    })
    if (linked === 'unsupported') await this.#copy(name, open)
    return this.#hostPathOf(name)
  }

  /** The folder of this process, in the storage of the cache. */
  own(): Promise<OwnedFolder> {
    this.#owned ??= makeOwnedFolder(this.#world, this.#place).catch((error: unknown) => {
      this.#owned = undefined
      throw error
    })
    return this.#owned
  }

  #hostPathOf(path: string): string {
    return `${this.#place.storage.hostPath ?? ''}/${path}`
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

  /** What `stat` says of a blob that is whole. */
  async #checkBlob(sha256: string, open: () => Promise<FileReader>): Promise<string> {
    const stat = await this.#pond.stat(await this.#blobs.find(sha256))
    const seen = stat === undefined ? 'missing' : `${stat.sizeBytes}/${stat.modifiedMs}`
    if (this.#checked.get(sha256) === seen) return seen
    const key = `${sha256}/${seen}`
    let checking = this.#checking.get(key)
    if (checking === undefined) {
      checking = readToEnd(open).finally(() => this.#checking.delete(key))
      this.#checking.set(key, checking)
    }
    await checking
    this.#checked.set(sha256, seen)
    return seen
  }

  async #isWhole(path: string, sha256: string): Promise<boolean> {
    try {
      return sha256Of(await this.#place.storage.readFile(path)) === sha256
    } catch (error) {
      if (isPondError(error, 'platform.not-found')) return false
      throw error
    }
  }

  async #copy(path: string, open: () => Promise<FileReader>): Promise<void> {
    const { storage, folder } = this.#place
    await storage.makeFolder(join(folder, 'content'))
    const temp = `${path}.${Buffer.from(this.#world.random.bytes(6)).toString('hex')}.tmp`
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
      // What is left over is found by gc; the reason is what counts.
      await writer.close().catch(() => undefined)
      await storage.remove(temp).catch(() => undefined)
      throw error
    }
  }
}

/** That is the check. */
async function readToEnd(open: () => Promise<FileReader>): Promise<void> {
  const reader = await open()
  try {
    for await (const _chunk of reader.chunks());
  } finally {
    await reader.close()
  }
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

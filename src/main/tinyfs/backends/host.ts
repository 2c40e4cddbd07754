/**
 * A folder of the host as a filesystem that can be read: what a copy into a pond walks. Relies on
 * `HostTree` for the disk; promises never to lead out of the folder. What a pond could not hold (a link
 * that leads out, a name that is not UTF-8, a device) is left out and named in `skipped`.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { compareUtf8, quote } from '../../../shared/path'
import type { HostName, HostTree, StorageReader } from '../../platform'
import type { DirectoryEntry, FileReader, Metadata, NodeId, NodeRef, ReadBackend } from '../backend'
import { CHUNK_BYTES } from '../bytes-reader'
import { CheckedReader } from '../checked-reader'
import { notFound } from '../refusal'

const FILE_TYPES = { file: 'file:data', folder: 'directory', link: 'symlink' } as const

/** Names that are kept: those of a folder are looked at again once so many others were seen since. */
const KEPT_NAMES = 100_000

/** The names in a folder. Maps of them are made when somebody asks for a name: who walks a tree never does. */
class Listing {
  readonly sorted: readonly DirectoryEntry[]
  #byName: ReadonlyMap<string, DirectoryEntry> | undefined
  #byNormalName: ReadonlyMap<string, DirectoryEntry> | undefined

  constructor(sorted: readonly DirectoryEntry[]) {
    this.sorted = sorted
  }

  lookup(name: string): DirectoryEntry | undefined {
    this.#byName ??= new Map(this.sorted.map((entry) => [entry.name, entry]))
    const exact = this.#byName.get(name)
    if (exact !== undefined) return exact
    this.#byNormalName ??= new Map(this.sorted.toReversed().map((entry) => [entry.name.normalize('NFC'), entry]))
    return this.#byNormalName.get(name.normalize('NFC'))
  }
}

/** A node's identity is its path below the folder; names are those of one look at a directory, not of several. */
export class HostBackend implements ReadBackend {
  readonly root: NodeRef = { id: '', fileType: 'directory', parentId: '' }
  readonly #tree: HostTree
  readonly #listings = new Map<NodeId, Promise<Listing>>()
  /** Names in the listings that are done, the oldest first. */
  readonly #sizes = new Map<NodeId, number>()
  #kept = 0
  readonly #skipped = new Map<string, string>()

  constructor(tree: HostTree) {
    this.#tree = tree
  }

  /** What was left out of the directories that were looked at so far: path below the folder, and why. */
  get skipped(): ReadonlyMap<string, string> {
    return this.#skipped
  }

  async lookup(directory: NodeRef, name: string): Promise<DirectoryEntry | undefined> {
    // Not by asking the disk for the name: it may ignore case, or the form of letters.
    return (await this.#listing(directory)).lookup(name)
  }

  async entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    return (await this.#listing(directory)).sorted
  }

  async metadata(node: NodeRef): Promise<Metadata> {
    const found = await this.#tree.stat(node.id)
    if (found === undefined) throw notFound(`/${node.id}`)
    return {
      node,
      size: found.kind === 'file' ? found.sizeBytes : null,
      sha256: null,
      nodeVersion: 1,
      modifiedAt: found.modifiedMs * 1_000,
      minEventTime: null,
      maxEventTime: null,
      attributes: {},
    }
  }

  async metadataOfEntries(directory: NodeRef): Promise<readonly Metadata[]> {
    return Promise.all((await this.entries(directory)).map(({ node }) => this.metadata(node)))
  }

  async readLink(node: NodeRef): Promise<string> {
    return (await this.#tree.readLink(node.id)).target
  }

  async open(node: NodeRef): Promise<FileReader> {
    return new HostReader(node.id, await this.#tree.open(node.id))
  }

  #listing(directory: NodeRef): Promise<Listing> {
    const known = this.#listings.get(directory.id)
    if (known !== undefined) return known
    const listing = this.#list(directory)
    this.#listings.set(directory.id, listing)
    // A failure is not remembered: the folder may be readable the next time.
    listing.catch(() => this.#listings.delete(directory.id))
    return listing
  }

  async #list(directory: NodeRef): Promise<Listing> {
    const entries: DirectoryEntry[] = []
    for (const found of await this.#namesIn(directory)) {
      const id = directory.id === '' ? found.name : `${directory.id}/${found.name}`
      const reason = await this.#unfit(id, found)
      if (reason !== undefined) this.#skipped.set(id, reason)
      else if (found.kind !== 'other') {
        entries.push({ name: found.name, node: { id, fileType: FILE_TYPES[found.kind], parentId: directory.id } })
      }
    }
    const sorted = entries.sort((a, b) => compareUtf8(a.name, b.name))
    this.#keep(directory.id, sorted.length)
    return new Listing(sorted)
  }

  async #namesIn(directory: NodeRef): Promise<readonly HostName[]> {
    try {
      return await this.#tree.list(directory.id)
    } catch (error) {
      // One folder that is closed to us does not spoil the rest; the root is all there is.
      if (directory.id === '' || !isPondError(error, 'platform.denied')) throw error
      this.#skipped.set(directory.id, 'it cannot be read')
      return []
    }
  }

  /** Keeps a listing of so many names, and lets go of the oldest ones beyond the bound. */
  #keep(id: NodeId, names: number): void {
    this.#sizes.set(id, names)
    this.#kept += names
    for (const [oldest, size] of this.#sizes) {
      if (this.#kept <= KEPT_NAMES || oldest === id) return
      this.#sizes.delete(oldest)
      this.#listings.delete(oldest)
      this.#kept -= size
    }
  }

  async #unfit(id: NodeId, { isText, kind }: HostName): Promise<string | undefined> {
    if (!isText) return 'its name is not UTF-8'
    if (kind === 'other') return 'it is neither a file, a folder nor a link'
    if (kind !== 'link') return undefined
    const { target, outside } = await this.#tree.readLink(id)
    return outside ? `it is a link that leads out of the folder, to ${quote(target)}` : undefined
  }
}

class HostReader extends CheckedReader {
  readonly #path: string
  readonly #reader: StorageReader

  constructor(path: string, reader: StorageReader) {
    super()
    this.#path = path
    this.#reader = reader
  }

  /** As it was when the file was opened. */
  get size(): number {
    return this.#reader.sizeBytes
  }

  protected readPart(start: number, end: number): Promise<Uint8Array> {
    return this.#reader.read(start, end - start)
  }

  protected async *readChunks(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end;) {
      const chunk = await this.#reader.read(at, Math.min(CHUNK_BYTES, end - at))
      if (chunk.length === 0) throw this.#shrunk(at)
      at += chunk.length
      yield chunk
    }
  }

  protected release(): Promise<void> {
    return this.#reader.close()
  }

  #shrunk(at: number): PondError {
    const message = `${quote(this.#path)} changed while it was read: expected ${this.size} bytes, found ${at}`
    return new PondError('tinyfs.changed', message, { path: this.#path, expected: this.size, found: at })
  }
}

/**
 * Files by path, over any backend that can be read: a version, a host folder, what is pending. Begins
 * in one directory, names everything relative to it (written absolute) and cannot climb above it.
 * Semantics in docs/engine.md.
 */
import { isPondError } from '../../shared/errors'
import { checkName, childPath, hasTrailingSlash, joinNames, pathNames, ROOT, type PondPath } from '../../shared/path'
import type { DirectoryEntry, FileReader, Metadata, NodeRef, ReadBackend } from './backend'
import { isADirectory, notADirectory, notASymlink, notFound, tooLarge } from './refusal'
import { walk, WalkMemory, type Resolved, type WalkBase } from './resolve'
import { visitBelow, withMetadataAhead, type Visited } from './visit'

const READ_ALL_LIMIT = 16 * 1024 * 1024

export interface FollowOptions {
  /** Whether a symlink at the last name is followed. */
  readonly follow?: boolean
}

export interface VisitOptions {
  /** Whether metadata is read some way ahead. */
  readonly readAhead?: boolean
}

/** An existing node and the true path to it. */
export interface Found extends Resolved {
  readonly node: NodeRef
}

export interface Listed {
  readonly name: string
  readonly path: PondPath
  readonly node: NodeRef
}

export interface ListedWithMetadata extends Listed {
  readonly metadata: Metadata
}

export interface Stat extends Listed {
  readonly metadata: Metadata
}

export class ReadFileSystem<B extends ReadBackend = ReadBackend> {
  readonly backend: B
  /** Where it begins: '/' of its paths. */
  readonly base: WalkBase
  /** Of walks from here: who goes through a tree by its paths looks each directory up once. */
  protected readonly memory = new WalkMemory()

  constructor(backend: B, base: WalkBase = { node: backend.root, path: ROOT }) {
    this.backend = backend
    this.base = base
  }

  get root(): NodeRef {
    return this.base.node
  }

  /** The same filesystem seen from one of its directories. @throws tinyfs.not-found, tinyfs.not-a-directory */
  async workingDirectory(path: string): Promise<ReadFileSystem<B>> {
    return new ReadFileSystem(this.backend, await this.baseAt(path))
  }

  /**
   * Where a path leads; its last name may be free.
   * @throws tinyfs.not-found (a directory on the way), tinyfs.not-a-directory, tinyfs.symlink-loop,
   * tinyfs.above-root, tinyfs.bad-name
   */
  resolve(path: string, options: { readonly follow: boolean }): Promise<Resolved> {
    return walk(this.backend, this.base, path, { ...options, memory: this.memory })
  }

  /** As `resolve`, for a node that must be there. @throws tinyfs.not-found */
  async find(path: string, { follow = true }: FollowOptions = {}): Promise<Found> {
    const found = await this.resolve(path, { follow })
    if (found.node === undefined) throw notFound(found.path, found.link)
    return { ...found, node: found.node }
  }

  /** False also where a directory on the way is missing or links lead nowhere. */
  async exists(path: string, { follow = true }: FollowOptions = {}): Promise<boolean> {
    try {
      return (await this.resolve(path, { follow })).node !== undefined
    } catch (error) {
      if (isPondError(error, 'tinyfs.not-found')) return false
      if (isPondError(error, 'tinyfs.not-a-directory') || isPondError(error, 'tinyfs.symlink-loop')) return false
      throw error
    }
  }

  /** What is at the end of a link that is there; undefined where it leads nowhere, or out. */
  async follow(link: string): Promise<NodeRef | undefined> {
    try {
      return (await this.resolve(link, { follow: true })).node
    } catch (error) {
      if (isPondError(error) && error.code.startsWith('tinyfs.')) return undefined
      throw error
    }
  }

  /** @throws tinyfs.not-found */
  async stat(path: string, options: FollowOptions = {}): Promise<Stat> {
    const { path: truePath, name, node } = await this.find(path, options)
    return { path: truePath, name, node, metadata: await this.backend.metadata(node) }
  }

  /** The entries of a directory, by the UTF-8 bytes of their names. @throws tinyfs.not-found, tinyfs.not-a-directory */
  async list(path: string): Promise<readonly Listed[]> {
    const directory = await this.directory(path)
    const found: Listed[] = []
    for (const entry of await this.backend.entries(directory.node)) {
      if (this.backend.pace?.due) await this.backend.pace.rest()
      found.push(listed(directory.path, entry))
    }
    return found
  }

  /** As `list`, with what is known of each node, in one pass. */
  async listWithMetadata(path: string): Promise<readonly ListedWithMetadata[]> {
    const directory = await this.directory(path)
    const entries = await this.backend.entries(directory.node)
    const metadata = await this.backend.metadataOfEntries(directory.node)
    const found: ListedWithMetadata[] = []
    for (const [i, { name, node }] of entries.entries()) {
      if (this.backend.pace?.due) await this.backend.pace.rest()
      found.push({ name, path: childPath(directory.path, name), node, metadata: metadata[i]! })
    }
    return found
  }

  /** The target of a symlink, as written. @throws tinyfs.not-found, tinyfs.not-a-symlink */
  async readLink(path: string): Promise<string> {
    const found = await this.find(path, { follow: false })
    if (found.node.fileType !== 'symlink') throw notASymlink(found.path, found.node.fileType)
    return this.backend.readLink(found.node)
  }

  /**
   * Opens a file, links followed. Close the reader. @throws tinyfs.not-found, tinyfs.is-a-directory
   * @param signal ends the waiting for a file that has to be made first
   */
  async open(path: string, signal?: AbortSignal): Promise<FileReader> {
    const found = await this.find(path)
    if (found.node.fileType === 'directory') throw isADirectory(found.path)
    return this.backend.open(found.node, joinNames([...pathNames(this.base.path), ...pathNames(found.path)]), signal)
  }

  /** The whole of a small file, checked against its hash. @throws tinyfs.too-large beyond `limit` bytes (default 16 MiB) */
  async readAll(path: string, { limit = READ_ALL_LIMIT }: { readonly limit?: number } = {}): Promise<Uint8Array> {
    const reader = await this.open(path)
    try {
      if (reader.size > limit) throw tooLarge(path, reader.size, limit)
      const bytes = new Uint8Array(reader.size)
      let offset = 0
      for await (const chunk of reader.chunks()) {
        bytes.set(chunk, offset)
        offset += chunk.length
      }
      return bytes
    } finally {
      await reader.close()
    }
  }

  /**
   * Everything below a directory (or the one entry a path names), depth first, each directory before
   * what it contains and names in UTF-8 order. Symlinks are yielded, never entered. Whoever will ask for the
   * metadata of what is visited, or open it, says `readAhead`, and pays a few passes instead of one for each.
   * @throws tinyfs.not-found; tinyfs.visit-loop where a directory contains itself
   */
  async *visit(path: string, { readAhead = false }: VisitOptions = {}): AsyncGenerator<Visited> {
    const found = await this.find(path, { follow: hasTrailingSlash(path) })
    if (found.node.fileType === 'directory') {
      const visited = visitBelow(this.backend, found.path, found.node)
      yield* readAhead ? withMetadataAhead(this.backend, visited) : visited
    } else yield { path: found.path, name: found.name, node: found.node, depth: 0 }
  }

  /**
   * Where something called `name` goes when it is copied or moved to `to`: into it where that is a
   * directory (a trailing slash demands one), else to `to` itself, which may be taken.
   * @throws tinyfs.not-found, tinyfs.not-a-directory
   */
  async destination(to: string, name: string): Promise<Resolved> {
    const found = hasTrailingSlash(to) ? await this.find(to) : await this.resolve(to, { follow: true })
    if (found.node?.fileType !== 'directory') return found
    checkName(name)
    return this.resolve(childPath(found.path, name), { follow: false })
  }

  protected async baseAt(path: string): Promise<WalkBase> {
    const directory = await this.directory(path)
    const whole = joinNames([...pathNames(this.base.path), ...pathNames(directory.path)])
    return { node: directory.node, path: whole, computed: directory.computed }
  }

  /** The directory at a path, links followed. @throws tinyfs.not-found, tinyfs.not-a-directory */
  async directory(path: string): Promise<Found> {
    const found = await this.find(path)
    if (found.node.fileType !== 'directory') throw notADirectory(found.path, found.node.fileType)
    return found
  }
}

function listed(directory: PondPath, { name, node }: DirectoryEntry): Listed {
  return { name, path: childPath(directory, name), node }
}

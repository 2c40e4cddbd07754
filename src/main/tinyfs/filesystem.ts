/**
 * Files by path, over any backend: `ReadFileSystem` for what can only be read (a version, a host
 * folder), `FileSystem` for what can be changed. Both begin in one directory, name everything
 * relative to it (written absolute) and cannot climb above it; semantics in docs/engine.md.
 */
import { isPondError, PondError } from '../../shared/errors'
import {
  baseName,
  checkName,
  childPath,
  hasTrailingSlash,
  isWithin,
  joinNames,
  parentPath,
  parsePath,
  pathNames,
  quote,
  ROOT,
  type PondPath,
} from '../../shared/path'
import type {
  DirectoryEntry,
  FileOptions,
  FileReader,
  FileWriter,
  Metadata,
  NodeRef,
  ReadBackend,
  WriteBackend,
} from './backend'
import {
  alreadyExists,
  intoItself,
  isADirectory,
  notADirectory,
  notASymlink,
  notEmpty,
  notFound,
  rootRefused,
  tooLarge,
  visitLoop,
} from './refusal'
import { walk, type Resolved, type WalkBase } from './resolve'
import { visitBelow, type Visited } from './visit'

const MAX_TARGET_BYTES = 4_096
const READ_ALL_LIMIT = 16 * 1024 * 1024
const encoder = new TextEncoder()

export interface FollowOptions {
  /** Whether a symlink at the last name is followed. */
  readonly follow?: boolean
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

/** Where a file's content will go. */
export interface FilePlace {
  readonly path: PondPath
  readonly parent: NodeRef
  readonly name: string
  /** The file whose content is replaced; undefined where a new one is created. */
  readonly existing: NodeRef | undefined
}

export interface PlaceOptions {
  /** Accept a file that is there (links followed); without it that is tinyfs.exists. */
  readonly replace?: boolean
  /** Make missing directories above. */
  readonly parents?: boolean
}

export class ReadFileSystem<B extends ReadBackend = ReadBackend> {
  readonly backend: B
  /** Where it begins: '/' of its paths. */
  readonly base: WalkBase

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
    return walk(this.backend, this.base, path, options)
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

  /** @throws tinyfs.not-found */
  async stat(path: string, options: FollowOptions = {}): Promise<Stat> {
    const { path: truePath, name, node } = await this.find(path, options)
    return { path: truePath, name, node, metadata: await this.backend.metadata(node) }
  }

  /** The entries of a directory, by the UTF-8 bytes of their names. @throws tinyfs.not-found, tinyfs.not-a-directory */
  async list(path: string): Promise<readonly Listed[]> {
    const directory = await this.#directory(path)
    return (await this.backend.entries(directory.node)).map((entry) => listed(directory.path, entry))
  }

  /** As `list`, with what is known of each node, in one pass. */
  async listWithMetadata(path: string): Promise<readonly ListedWithMetadata[]> {
    const directory = await this.#directory(path)
    const entries = await this.backend.entries(directory.node)
    const metadata = await this.backend.metadataOfEntries(directory.node)
    return entries.map((entry, i) => ({ ...listed(directory.path, entry), metadata: metadata[i]! }))
  }

  /** The target of a symlink, as written. @throws tinyfs.not-found, tinyfs.not-a-symlink */
  async readLink(path: string): Promise<string> {
    const found = await this.find(path, { follow: false })
    if (found.node.fileType !== 'symlink') throw notASymlink(found.path, found.node.fileType)
    return this.backend.readLink(found.node)
  }

  /** Opens a file, links followed. Close the reader. @throws tinyfs.not-found, tinyfs.is-a-directory */
  async open(path: string): Promise<FileReader> {
    const found = await this.find(path)
    if (found.node.fileType === 'directory') throw isADirectory(found.path)
    return this.backend.open(found.node)
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
   * what it contains and names in UTF-8 order. Symlinks are yielded, never entered.
   * @throws tinyfs.not-found; tinyfs.visit-loop where a directory contains itself
   */
  async *visit(path: string): AsyncGenerator<Visited> {
    const found = await this.find(path, { follow: hasTrailingSlash(path) })
    if (found.node.fileType === 'directory') yield* visitBelow(this.backend, found.path, found.node)
    else yield { path: found.path, name: found.name, node: found.node, depth: 0 }
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
    const directory = await this.#directory(path)
    return { node: directory.node, path: joinNames([...pathNames(this.base.path), ...pathNames(directory.path)]) }
  }

  async #directory(path: string): Promise<Found> {
    const found = await this.find(path)
    if (found.node.fileType !== 'directory') throw notADirectory(found.path, found.node.fileType)
    return found
  }
}

export class FileSystem extends ReadFileSystem<WriteBackend> {
  override async workingDirectory(path: string): Promise<FileSystem> {
    return new FileSystem(this.backend, await this.baseAt(path))
  }

  /**
   * Makes a directory; with `parents` also those above it, and one that is there already is fine.
   * @throws tinyfs.exists, tinyfs.not-found, tinyfs.not-a-directory
   */
  async createDirectory(path: string, { parents = false }: { readonly parents?: boolean } = {}): Promise<NodeRef> {
    const place = await this.#place(withoutSlash(path), { follow: false, parents })
    if (place.node === undefined) return this.backend.createDirectory(place.parent, place.name)
    if (parents) {
      const there = await this.resolve(path, { follow: true })
      if (there.node?.fileType === 'directory') return there.node
    }
    throw alreadyExists(spelled(place, path), place.node.fileType, place.name)
  }

  /** Makes a symlink, to whatever the target says. @throws tinyfs.exists, tinyfs.bad-name (the target) */
  async createSymlink(path: string, target: string): Promise<NodeRef> {
    checkTarget(path, target)
    const place = await this.placeFile(path)
    return this.backend.createSymlink(place.parent, place.name, target)
  }

  /** A new file; it is there when the writer closes. @throws tinyfs.exists, tinyfs.not-found */
  async createFile(path: string, options: FileOptions & { readonly parents?: boolean } = {}): Promise<FileWriter> {
    const place = await this.placeFile(path, { parents: options.parents ?? false })
    return this.backend.createFile(place.parent, place.name, options)
  }

  /** New content for the file at a path, links followed; a new file where there is none. @throws tinyfs.is-a-directory */
  async writeFile(path: string, options: FileOptions & { readonly parents?: boolean } = {}): Promise<FileWriter> {
    const place = await this.placeFile(path, { replace: true, parents: options.parents ?? false })
    if (place.existing !== undefined) return this.backend.updateFile(place.existing, options)
    return this.backend.createFile(place.parent, place.name, options)
  }

  /**
   * Where content for `path` goes; makes missing directories (with `parents`) and nothing else. With
   * `replace`, a dangling link leads to the file it names, which is then created.
   * @throws tinyfs.exists, tinyfs.is-a-directory, tinyfs.not-found, tinyfs.not-a-directory
   */
  async placeFile(path: string, { replace = false, parents = false }: PlaceOptions = {}): Promise<FilePlace> {
    const place = await this.#place(path, { follow: replace, parents })
    const { node, parent, name } = place
    if (node === undefined && hasTrailingSlash(path)) throw notFound(`${place.path}/`, place.link)
    if (node !== undefined && !replace) throw alreadyExists(spelled(place, path), node.fileType, name)
    if (node?.fileType === 'directory') throw isADirectory(place.path)
    return { path: place.path, parent, name, existing: node }
  }

  /**
   * Removes an entry; never what a link points to. With `recursive` everything below goes first,
   * entry by entry. @throws tinyfs.not-found, tinyfs.not-empty, tinyfs.root
   */
  async remove(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): Promise<void> {
    const found = await this.#own(path)
    if (found.name === '') throw rootRefused('removed')
    if (found.node.fileType === 'directory') {
      if (recursive) await this.#empty(found.path, found.node, [])
      else if ((await this.backend.entries(found.node)).length > 0) throw notEmpty(found.path)
    }
    await this.backend.remove(found.parent, found.name)
  }

  /**
   * Gives a node another name or directory; it stays the same node. Nothing is ever replaced.
   * @throws tinyfs.not-found, tinyfs.exists, tinyfs.into-itself, tinyfs.not-a-directory, tinyfs.root
   */
  async rename(from: string, to: string): Promise<void> {
    const source = await this.#own(from)
    if (source.name === '') throw rootRefused('moved')
    const target = await this.resolve(withoutSlash(to), { follow: false })
    const isItself = target.path === source.path
    if (target.node !== undefined && !isItself)
      throw alreadyExists(spelled(target, to), target.node.fileType, target.name)
    if (hasTrailingSlash(to) && source.node.fileType !== 'directory') throw notFound(`${target.path}/`)
    // An entry may take a twin of its own name: lookup then answers with the old spelling.
    const name = isItself ? baseName(parsePath(to)) : target.name
    if (isItself && name === source.name) return
    if (!isItself && isWithin(target.path, source.path)) throw intoItself(source.path, target.path)
    await this.backend.rename({ parent: source.parent, name: source.name }, { parent: target.parent, name })
  }

  #place(
    path: string,
    { follow, parents }: { readonly follow: boolean; readonly parents: boolean },
  ): Promise<Resolved> {
    const makeDirectory = (parent: NodeRef, name: string) => this.backend.createDirectory(parent, name)
    return walk(this.backend, this.base, path, parents ? { follow, makeDirectory } : { follow })
  }

  /** The entry itself, never what it points to; a trailing slash insists on a directory. */
  async #own(path: string): Promise<Found> {
    const found = await this.find(withoutSlash(path), { follow: false })
    if (hasTrailingSlash(path) && found.node.fileType !== 'directory')
      throw notADirectory(found.path, found.node.fileType)
    return found
  }

  async #empty(path: PondPath, directory: NodeRef, above: readonly NodeRef[]): Promise<void> {
    if (above.some(({ id }) => id === directory.id)) throw visitLoop(path)
    for (const { name, node } of await this.backend.entries(directory)) {
      if (node.fileType === 'directory') await this.#empty(childPath(path, name), node, [...above, directory])
      await this.backend.remove(directory, name)
    }
  }
}

function listed(directory: PondPath, { name, node }: DirectoryEntry): Listed {
  return { name, path: childPath(directory, name), node }
}

function withoutSlash(path: string): string {
  return hasTrailingSlash(path) ? path.replace(/\/+$/, '') || '/' : path
}

/** A resolved path with the last name as the caller spelled it, which may be a twin of the one that is there. */
function spelled({ path }: Resolved, text: string): string {
  return childPath(parentPath(path), baseName(parsePath(text)))
}

function checkTarget(path: string, target: string): void {
  const bad = (why: string): PondError =>
    new PondError('tinyfs.bad-name', `${quote(target)} cannot be the target of the link ${quote(path)}: ${why}`, {
      path,
      target,
    })
  if (target === '') throw bad('it is empty')
  if (target.includes('\0') || !target.isWellFormed()) throw bad('it is not valid text')
  if (encoder.encode(target).length > MAX_TARGET_BYTES) throw bad(`more than ${MAX_TARGET_BYTES} bytes`)
}

/**
 * What `ReadFileSystem` is, and can be changed: files, directories and links by path. Decides from paths
 * and names what may happen; the backend makes it happen. Semantics in docs/engine.md.
 */
import { isPondError, PondError } from '../../shared/errors'
import {
  baseName,
  childPath,
  hasTrailingSlash,
  isWithin,
  parentPath,
  parsePath,
  quote,
  type PondPath,
} from '../../shared/path'
import {
  isOwnEntry,
  type DirectoryEntry,
  type FileOptions,
  type FileWriter,
  type NodeId,
  type NodeRef,
  type WriteBackend,
} from './backend'
import { ReadFileSystem, type Found } from './read-filesystem'
import {
  alreadyExists,
  intoItself,
  isADirectory,
  notADirectory,
  notEmpty,
  notFound,
  readOnly,
  rootRefused,
  visitLoop,
} from './refusal'
import { walk, type Resolved } from './resolve'

const MAX_TARGET_BYTES = 4_096
/** Entries of a directory that a recursive removal looks at ahead. */
const AHEAD = 500
const encoder = new TextEncoder()

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
    if (place.node === undefined && place.computed) throw this.#readOnly(place)
    const refusal =
      place.node === undefined
        ? await this.#makeDirectory(place.parent, place.name)
        : alreadyExists(spelled(place, path), place.node.fileType, place.name)
    if (!(refusal instanceof PondError)) return refusal
    if (parents) {
      const there = await this.resolve(path, { follow: true })
      if (there.node?.fileType === 'directory') return there.node
    }
    throw refusal
  }

  /** The refusal where the name was taken since it was looked up. */
  async #makeDirectory(parent: NodeRef, name: string): Promise<NodeRef | PondError> {
    try {
      return await this.backend.createDirectory(parent, name)
    } catch (error) {
      if (isPondError(error, 'tinyfs.exists')) return error
      throw error
    }
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
    if (place.computed) throw this.#readOnly(place)
    return { path: place.path, parent, name, existing: node }
  }

  /**
   * Removes an entry; never what a link points to. With `recursive` everything below goes first,
   * entry by entry. @throws tinyfs.not-found, tinyfs.not-empty, tinyfs.root
   */
  async remove(path: string, { recursive = false }: { readonly recursive?: boolean } = {}): Promise<void> {
    const found = await this.#own(path)
    if (found.name === '') throw rootRefused('removed')
    if (found.computed) throw this.#readOnly(found)
    if (found.node.fileType === 'directory') {
      if (recursive) await this.#empty(found.path, found.node)
      else if ((await this.#ownEntries(found.node)).length > 0) throw notEmpty(found.path)
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
    if (source.computed) throw this.#readOnly(source)
    const target = await this.resolve(withoutSlash(to), { follow: false })
    const isItself = target.path === source.path
    if (target.node !== undefined && !isItself)
      throw alreadyExists(spelled(target, to), target.node.fileType, target.name)
    if (target.computed) throw this.#readOnly(target)
    if (hasTrailingSlash(to) && source.node.fileType !== 'directory') throw notFound(`${target.path}/`)
    // An entry may take a twin of its own name: lookup then answers with the old spelling.
    const name = isItself ? baseName(parsePath(to)) : target.name
    if (isItself && name === source.name) return
    if (!isItself && isWithin(target.path, source.path)) throw intoItself(source.path, target.path)
    await this.backend.rename({ parent: source.parent, name: source.name }, { parent: target.parent, name })
  }

  #readOnly({ path, node, parent }: Pick<Resolved, 'path' | 'node' | 'parent'>): PondError {
    return readOnly(path, this.backend.madeBy?.(node ?? parent))
  }

  #place(
    path: string,
    { follow, parents }: { readonly follow: boolean; readonly parents: boolean },
  ): Promise<Resolved> {
    const makeDirectory = (parent: NodeRef, name: string) => this.#makeDirectory(parent, name)
    const { memory } = this
    return walk(this.backend, this.base, path, parents ? { follow, memory, makeDirectory } : { follow, memory })
  }

  /** The entry itself, never what it points to; a trailing slash insists on a directory. */
  async #own(path: string): Promise<Found> {
    const found = await this.find(withoutSlash(path), { follow: false })
    if (hasTrailingSlash(path) && found.node.fileType !== 'directory')
      throw notADirectory(found.path, found.node.fileType)
    return found
  }

  /** Computed entries go with the directory: there is nothing of them to remove. */
  async #ownEntries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    return (await this.backend.entries(directory)).filter((entry) => isOwnEntry(directory, entry))
  }

  /** What removing these and what is in them will ask for. */
  async #readAheadIn(entries: readonly DirectoryEntry[]): Promise<void> {
    const directories = entries.map(({ node }) => node).filter(({ fileType }) => fileType === 'directory')
    if (directories.length < 2) return
    await this.backend.readAheadEntries?.(directories)
    const inside: NodeRef[] = []
    for (const directory of directories) for (const { node } of await this.#ownEntries(directory)) inside.push(node)
    await this.backend.readAhead?.(inside)
  }

  /** Removes everything in a directory, what is deeper first, without one call inside another for each level. */
  async #empty(path: PondPath, directory: NodeRef): Promise<void> {
    const above = new Set<NodeId>()
    const levels: Emptied[] = []
    const enter = async (at: PondPath, node: NodeRef): Promise<void> => {
      if (above.has(node.id)) throw visitLoop(at)
      above.add(node.id)
      const entries = await this.#ownEntries(node)
      await this.backend.readAhead?.(entries.map((entry) => entry.node))
      levels.push({ path: at, node, entries, next: 0, ahead: 0 })
    }
    await enter(path, directory)
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const entry = level.entries[level.next]
      if (entry === undefined) {
        levels.pop()
        above.delete(level.node.id)
        const outer = levels.at(-1)
        if (outer !== undefined) await this.backend.remove(outer.node, outer.entries[outer.next++]!.name)
        continue
      }
      if (level.next >= level.ahead) {
        level.ahead = level.next + AHEAD
        await this.#readAheadIn(level.entries.slice(level.next, level.ahead))
      }
      if (entry.node.fileType === 'directory') await enter(childPath(level.path, entry.name), entry.node)
      else {
        await this.backend.remove(level.node, entry.name)
        level.next++
      }
    }
  }
}

/** A directory that is being emptied: what is in it, and how far that has come. */
interface Emptied {
  readonly path: PondPath
  readonly node: NodeRef
  readonly entries: readonly DirectoryEntry[]
  next: number
  /** Entries before this place were read ahead. */
  ahead: number
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

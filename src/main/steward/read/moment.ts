/**
 * The pond at one moment, as people read it: entries by path over a view or the pending overlay. Immutable: what others
 * do later does not show.
 */
import { PondError } from '../../../shared/errors'
import type { Entry, ResolvedAt } from '../../../shared/model'
import {
  childPath,
  compareUtf8,
  hasTrailingSlash,
  joinNames,
  pathNames,
  quote,
  type PondPath,
} from '../../../shared/path'
import {
  ComputedBackend,
  glob,
  ReadFileSystem,
  type ComputedNode,
  type DirectoryEntry,
  type FileReader,
  type Found,
  type Maker,
  type NodeId,
  type NodeRef,
  type ReadBackend,
  type Views,
} from '../../tinyfs'
import { Overlay, seriesParts, type NodeState, type SeriesPart, type View } from '../../tlogfs'
import { deletedEntry, entryOf, pendingOf } from './entries'
import { LastAsked } from './last-asked'

export interface ListRange {
  readonly offset: number
  readonly limit: number
}

export interface ListedPage {
  /** Of the whole list. */
  readonly total: number
  readonly entries: readonly Entry[]
}

/** The names of a directory: of what is there, and of what is pending deletion. */
interface Names {
  readonly folder: Found
  readonly names: readonly (DirectoryEntry | NodeState)[]
}

/**
 * The last listing of each state in use, with all there is to say of the entries, or by name: whoever pages through a
 * large directory asks for it again and again.
 */
const listings = new LastAsked<readonly Entry[]>()
const namings = new LastAsked<Names>()

function isGone(named: DirectoryEntry | NodeState): named is NodeState {
  return 'nodeVersion' in named
}

/** What is seen beside what is stored. */
export interface Seen {
  readonly views: Views
  /** The backend with what its files make; undefined where nothing is made. */
  readonly computed?: ComputedBackend | undefined
}

function overAll(backend: View | Overlay, { views, computed }: Seen): ReadBackend {
  return views.over(computed ?? backend)
}

export class Moment {
  readonly at: ResolvedAt
  /** What people see: with views, from the directory that the moment begins in. */
  readonly fs: ReadFileSystem
  /** What is stored. */
  readonly backend: View | Overlay
  readonly #seen: Seen

  constructor(at: ResolvedAt, backend: View | Overlay, seen: Seen, fs = new ReadFileSystem(overAll(backend, seen))) {
    this.at = at
    this.backend = backend
    this.fs = fs
    this.#seen = seen
  }

  /** The same moment, with files computed in another way. */
  computedBy(maker: Maker): Moment {
    return new Moment(this.at, this.backend, {
      views: this.#seen.views,
      computed: new ComputedBackend(this.backend, maker),
    })
  }

  /** What a node of `fs` is, where a file of the pond makes it; undefined for what is stored, and for views. */
  computed(node: NodeRef): ComputedNode | undefined {
    return this.#seen.computed?.computed(node)
  }

  /**
   * The same moment from one of its directories: paths in and out begin there, and nothing leads above it.
   * @throws tinyfs.not-found, tinyfs.not-a-directory
   */
  async workingDirectory(path: string): Promise<Moment> {
    return new Moment(this.at, this.backend, this.#seen, await this.fs.workingDirectory(path))
  }

  /** The entry at a path; a symlink at the end is not followed. @throws tinyfs.not-found */
  async entry(path: string): Promise<Entry> {
    const found = await this.fs.find(path, { follow: hasTrailingSlash(path) })
    return this.entryOf(found.path, found.name, found.node)
  }

  /** In the order of names; with `deleted` also what is pending deletion. @throws tinyfs.not-found, tinyfs.not-a-directory */
  list(path: string, deleted: boolean): Promise<readonly Entry[]> {
    return listings.of(this.fs.backend, { base: this.fs.base.path, path, deleted }, () => this.#list(path, deleted))
  }

  /** Some of the same list, and how many entries it has: of the others no more than their names is read. */
  async listPage(path: string, deleted: boolean, { offset, limit }: ListRange): Promise<ListedPage> {
    const asked = { base: this.fs.base.path, path, deleted }
    const { folder, names } = await namings.of(this.fs.backend, asked, () => this.#names(path, deleted))
    const wanted = names.slice(offset, offset + limit)
    // One pass over all of them is the cheapest where nearly all are wanted.
    if (wanted.length > names.length / 2)
      return { total: names.length, entries: (await this.list(path, deleted)).slice(offset, offset + limit) }
    const there = wanted.filter((named) => !isGone(named))
    await this.fs.backend.readAhead?.(there.map(({ node }) => node))
    const entries: Entry[] = []
    for (const named of wanted) {
      if (this.backend.pace.due) await this.backend.pace.rest()
      const at = childPath(folder.path, named.name)
      entries.push(isGone(named) ? deletedEntry(at, named) : await this.entryOf(at, named.name, named.node))
    }
    return { total: names.length, entries }
  }

  async #names(path: string, deleted: boolean): Promise<Names> {
    const folder = await this.fs.directory(path)
    const names = await this.fs.backend.entries(folder.node)
    const gone = deleted && this.backend instanceof Overlay ? await this.backend.goneFrom(this.#whole(folder.path)) : []
    if (gone.length === 0) return { folder, names }
    return { folder, names: [...names, ...gone].sort((a, b) => compareUtf8(a.name, b.name)) }
  }

  async #list(path: string, deleted: boolean): Promise<readonly Entry[]> {
    const directory = await this.fs.find(path)
    const listed = await this.fs.listWithMetadata(path)
    const entries: Entry[] = []
    for (const { name, path: at, node, metadata } of listed) {
      if (this.backend.pace.due) await this.backend.pace.rest()
      const target = node.fileType === 'symlink' ? await this.backend.readLink(node) : null
      entries.push(entryOf({ path: at, name, metadata, target }, await pendingOf(this.backend, node)))
    }
    if (!deleted || !(this.backend instanceof Overlay)) return entries
    const whole = this.#whole(directory.path)
    const gone = await this.backend.goneFrom(whole)
    if (gone.length === 0) return entries
    for (const state of gone) entries.push(deletedEntry(this.#below(childPath(whole, state.name)), state))
    return entries.sort((a, b) => compareUtf8(a.name, b.name))
  }

  async glob(pattern: string, all: boolean): Promise<readonly Entry[]> {
    const matches = await glob(this.fs, pattern, { all })
    await this.fs.backend.readAhead?.(matches.map(({ node }) => node))
    const entries: Entry[] = []
    for (const match of matches) {
      if (this.backend.pace.due) await this.backend.pace.rest()
      entries.push(await this.entryOf(match.path, match.name, match.node))
    }
    return entries
  }

  /**
   * The versions that the series at a path is made of, oldest first; links are followed.
   * @throws tlogfs.not-a-series
   */
  async seriesParts(path: string): Promise<readonly SeriesPart[]> {
    const found = await this.fs.find(path)
    if (this.computed(found.node) !== undefined) {
      const message = `${quote(found.path)} is computed: it is one file, and has no parts`
      throw new PondError('tlogfs.not-a-series', message, { path: found.path })
    }
    if (found.node.fileType === 'file:series') return seriesParts(this.backend, found.node)
    const message = `${quote(found.path)} is ${found.node.fileType}, expected file:series`
    throw new PondError('tlogfs.not-a-series', message, { path: found.path, fileType: found.node.fileType })
  }

  /** The bytes of one part, a Parquet file. Close the reader. */
  openPart({ state }: SeriesPart): Promise<FileReader> {
    return this.backend.openState(state)
  }

  /** The entry of a node, wherever it is in this moment. @throws tinyfs.not-found */
  async entryById(id: NodeId): Promise<Entry> {
    const state = await this.#byId(id)
    const directory =
      state.node.id === this.backend.root.id ? '' : await this.backend.directoryPath(state.node.parentId)
    return this.entryOf(
      joinNames([...pathNames(directory as PondPath), state.name].filter(Boolean)),
      state.name,
      state.node,
    )
  }

  /** The content of a file, by its id. Close the reader. @throws tinyfs.not-found, tinyfs.not-a-file */
  async openById(id: NodeId): Promise<FileReader> {
    const state = await this.#byId(id)
    if (state.node.fileType.startsWith('file:')) return this.backend.open(state.node)
    const message = `node ${id} is no file but a ${state.node.fileType}`
    throw new PondError('tinyfs.not-a-file', message, { nodeId: id, fileType: state.node.fileType })
  }

  async #byId(id: NodeId): Promise<NodeState> {
    const state = await this.backend.findNode(id)
    if (state !== undefined) return state
    const when = this.at.kind === 'pending' ? 'now' : `in version ${this.at.version}`
    throw new PondError('tinyfs.not-found', `there is no node ${quote(id)} ${when}`, { nodeId: id })
  }

  /** A node that was found at a path of this moment. */
  async entryOf(path: PondPath, name: string, node: NodeRef): Promise<Entry> {
    const target = node.fileType === 'symlink' ? await this.backend.readLink(node) : null
    const metadata = await this.fs.backend.metadata(node)
    return entryOf({ path, name, metadata, target }, await pendingOf(this.backend, node))
  }

  /** A path of this moment as a path of the pond. */
  #whole(path: PondPath): PondPath {
    const { base } = this.fs
    return base.path === '/' ? path : joinNames([...pathNames(base.path), ...pathNames(path)])
  }

  /** The other way round. */
  #below(wholePath: string): PondPath {
    const { base } = this.fs
    return joinNames(pathNames(wholePath as PondPath).slice(pathNames(base.path).length))
  }
}

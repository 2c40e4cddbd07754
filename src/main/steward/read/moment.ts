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
  glob,
  ReadFileSystem,
  type FileReader,
  type NodeId,
  type NodeRef,
  type ReadBackend,
  type Views,
} from '../../tinyfs'
import { Overlay, seriesParts, type NodeState, type SeriesPart, type View } from '../../tlogfs'
import { deletedEntry, entryOf, pendingOf } from './entries'

interface Listing {
  /** Of the directory that the moment begins in, and below it. */
  readonly base: string
  readonly path: string
  readonly deleted: boolean
  readonly entries: Promise<readonly Entry[]>
}

/** The last listing of each state in use: whoever pages through a large directory asks for it again and again. */
const listings = new WeakMap<ReadBackend, Listing>()

export class Moment {
  readonly at: ResolvedAt
  /** What people see: with views, from the directory that the moment begins in. */
  readonly fs: ReadFileSystem
  /** What is stored. */
  readonly backend: View | Overlay
  readonly #views: Views

  constructor(at: ResolvedAt, backend: View | Overlay, views: Views, fs = new ReadFileSystem(views.over(backend))) {
    this.at = at
    this.backend = backend
    this.fs = fs
    this.#views = views
  }

  /**
   * The same moment from one of its directories: paths in and out begin there, and nothing leads above it.
   * @throws tinyfs.not-found, tinyfs.not-a-directory
   */
  async workingDirectory(path: string): Promise<Moment> {
    return new Moment(this.at, this.backend, this.#views, await this.fs.workingDirectory(path))
  }

  /** The entry at a path; a symlink at the end is not followed. @throws tinyfs.not-found */
  async entry(path: string): Promise<Entry> {
    const found = await this.fs.find(path, { follow: hasTrailingSlash(path) })
    return this.entryOf(found.path, found.name, found.node)
  }

  /** In the order of names; with `deleted` also what is pending deletion. @throws tinyfs.not-found, tinyfs.not-a-directory */
  async list(path: string, deleted: boolean): Promise<readonly Entry[]> {
    const { backend, base } = this.fs
    const last = listings.get(backend)
    if (last?.path === path && last.base === base.path && last.deleted === deleted) return last.entries
    const listing: Listing = { base: base.path, path, deleted, entries: this.#list(path, deleted) }
    listings.set(backend, listing)
    listing.entries.catch(() => {
      if (listings.get(backend) === listing) listings.delete(backend)
    })
    return listing.entries
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

/** The pond at one moment, as people read it: entries by path over a view or the pending overlay. */
import { PondError } from '../../shared/errors'
import type { Entry, ResolvedAt } from '../../shared/model'
import { compareUtf8, hasTrailingSlash, parentPath, quote, type PondPath } from '../../shared/path'
import { glob, ReadFileSystem, type FileReader, type NodeRef } from '../tinyfs'
import { Overlay, seriesParts, type SeriesPart, type View } from '../tlogfs'
import { deletedEntry, entryOf, indexChanges, NO_CHANGES, type ChangeIndex } from './entries'
import type { Moment } from './types'

/** Indexes of pending states that are in use: one per overlay, dropped with it. */
const indexes = new WeakMap<Overlay, Promise<ChangeIndex>>()

export function changeIndex(backend: View | Overlay): Promise<ChangeIndex> {
  if (!(backend instanceof Overlay)) return Promise.resolve(NO_CHANGES)
  let index = indexes.get(backend)
  if (index === undefined) indexes.set(backend, (index = indexChanges(backend)))
  return index
}

interface Listing {
  readonly path: string
  readonly deleted: boolean
  readonly entries: Promise<readonly Entry[]>
}

/** The last listing of each state in use: whoever pages through a large directory asks for it again and again. */
const listings = new WeakMap<View | Overlay, Listing>()

export class PondMoment implements Moment {
  readonly at: ResolvedAt
  readonly fs: ReadFileSystem
  readonly backend: View | Overlay

  constructor(at: ResolvedAt, backend: View | Overlay) {
    this.at = at
    this.backend = backend
    this.fs = new ReadFileSystem(backend)
  }

  async entry(path: string): Promise<Entry> {
    const found = await this.fs.find(path, { follow: hasTrailingSlash(path) })
    return this.#entry(found.path, found.name, found.node)
  }

  async list(path: string, deleted: boolean): Promise<readonly Entry[]> {
    const last = listings.get(this.backend)
    if (last?.path === path && last.deleted === deleted) return last.entries
    const listing: Listing = { path, deleted, entries: this.#list(path, deleted) }
    listings.set(this.backend, listing)
    listing.entries.catch(() => {
      if (listings.get(this.backend) === listing) listings.delete(this.backend)
    })
    return listing.entries
  }

  async #list(path: string, deleted: boolean): Promise<readonly Entry[]> {
    const index = await changeIndex(this.backend)
    const directory = await this.fs.find(path)
    const listed = await this.fs.listWithMetadata(path)
    const entries: Entry[] = []
    for (const { name, path: at, node, metadata } of listed) {
      const target = node.fileType === 'symlink' ? await this.backend.readLink(node) : null
      entries.push(entryOf(at, name, metadata, target, index))
    }
    if (!deleted || !(this.backend instanceof Overlay)) return entries
    const gone = index.changes.filter(
      (change) => change.change === 'deleted' && parentPath(change.path as PondPath) === directory.path,
    )
    if (gone.length === 0) return entries
    for (const change of gone) {
      const state = this.backend.originOf(change.nodeId)
      if (state) entries.push(deletedEntry(change, state))
    }
    return entries.sort((a, b) => compareUtf8(a.name, b.name))
  }

  async glob(pattern: string, all: boolean): Promise<readonly Entry[]> {
    const entries: Entry[] = []
    for (const match of await glob(this.fs, pattern, { all }))
      entries.push(await this.#entry(match.path, match.name, match.node))
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

  async #entry(path: string, name: string, node: NodeRef): Promise<Entry> {
    const target = node.fileType === 'symlink' ? await this.backend.readLink(node) : null
    return entryOf(path, name, await this.backend.metadata(node), target, await changeIndex(this.backend))
  }
}

/**
 * The committed filesystem at one pond version, read from the rows of the oplog: rows whose txn_seq is
 * at most the version. Immutable; what it has read it keeps. Directories are folded from their last
 * full state and the deltas after it.
 */
import { PondError } from '../../../shared/errors'
import type { AddressedRow, OplogRow, Snapshot } from '../../oplog'
import type { Pace } from '../../platform'
import type { DirectoryEntry, FileReader, Metadata, NodeId, NodeRef, ReadBackend } from '../../tinyfs'
import { bytesReader, type Blobs } from '../content/blobs'
import { DirectoryPaths } from './directory-paths'
import { ROOT_NODE } from './directory-record'
import type { DirectoryState } from './directory-state'
import { lastRows, type LastRow } from './last-rows'
import { metadataOf, type NodeState } from '../content/node-state'
import { RowContent } from './row-content'
import { later, liveState, ViewMemory } from './view-memory'
import { isSymlink, readNames, readNodes, readPart, readPlaces, type Reading } from './view-reading'
import { hasManyParts } from '../content/series'
import { openSeries } from '../series/series-reader'

/** From this many subdirectories on, their metadata is read in one pass over all files. */
const MANY_DIRECTORIES = 8
/** Of a directory with so many times as many entries as are wanted, the others are not read. */
const PART_OF_MANY = 4
/** After this many nodes of a directory were read one by one, all of it is: that costs about as much as they did. */
const MANY_NODES = 16
/** Versions and rows that a view goes on by; after more it is cheaper to read anew what is asked for. */
const NEXT_VERSIONS = 64
const NEXT_ROWS = 4_096

/** True for rows that belong to the filesystem (the transaction's own row does not). */
export function isNodeRow(row: OplogRow): boolean {
  return row.fileType !== 'transaction'
}

/** What a view needs beside the table. */
export interface ViewSource {
  readonly blobs: Blobs
  readonly pace: Pace
}

export class View implements ReadBackend {
  readonly root = ROOT_NODE
  readonly version: number
  readonly snapshot: Snapshot
  readonly #source: ViewSource
  readonly #known: ViewMemory
  readonly #rowContent: RowContent
  /** What is being read. */
  readonly #names = new Map<NodeId, Promise<DirectoryState | null>>()
  readonly #parts = new Map<NodeId, Promise<void>>()
  readonly #last = new Map<NodeId, LastRow>()
  readonly #asked = new Map<NodeId, number>()
  readonly #paths = new DirectoryPaths()

  constructor(snapshot: Snapshot, version: number, source: ViewSource, known = new ViewMemory()) {
    this.snapshot = snapshot
    this.version = version
    this.#source = source
    this.#known = known
    this.#rowContent = new RowContent(snapshot, version)
  }

  /**
   * The view of a later snapshot's newest version. It knows what this one has read, where the versions
   * in between are few and small. @throws oplog.missing-data, oplog.corrupt-data, tlogfs.corrupt-directory
   */
  async next(snapshot: Snapshot): Promise<View> {
    const version = snapshot.pondVersion
    const rows: AddressedRow[] = []
    if (version < this.version || version - this.version > NEXT_VERSIONS)
      return new View(snapshot, version, this.#source)
    if (version > this.version) {
      const filter = { txnSeqAbove: this.version, txnSeqUpTo: version, content: hasStructure }
      for await (const batch of snapshot.scan(filter)) {
        rows.push(...batch)
        if (rows.length > NEXT_ROWS) return new View(snapshot, version, this.#source)
      }
    }
    return new View(snapshot, version, this.#source, await this.#known.next(rows, this.pace))
  }

  /**
   * The same version by a later snapshot, with what this one has read; undefined where a file that it was read from
   * is not of the table any more.
   */
  on(snapshot: Snapshot): View | undefined {
    const live = new Set(snapshot.files.map(({ path }) => path))
    if (!this.snapshot.files.every(({ path }) => live.has(path))) return undefined
    return new View(snapshot, this.version, this.#source, this.#known)
  }

  get #reading(): Reading {
    return { snapshot: this.snapshot, version: this.version, known: this.#known, pace: this.pace }
  }

  get pace(): Pace {
    return this.#source.pace
  }

  async lookup(directory: NodeRef, name: string): Promise<DirectoryEntry | undefined> {
    return (await this.directory(directory)).lookup(name)
  }

  async entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    return (await this.directory(directory)).sorted()
  }

  async metadata(node: NodeRef): Promise<Metadata> {
    return metadataOf(await this.mustState(node))
  }

  async metadataOfEntries(directory: NodeRef): Promise<readonly Metadata[]> {
    const entries = await this.entries(directory)
    await this.readAhead(entries.map((entry) => entry.node))
    const all: Metadata[] = []
    for (const { node } of entries) {
      if (this.pace.due) await this.pace.rest()
      // Most are known by now: a promise for each of many thousands would cost more than all the rest.
      all.push(metadataOf(this.known(node) ?? (await this.mustState(node))))
    }
    return all
  }

  async readLink(node: NodeRef): Promise<string> {
    const { target } = await this.mustState(node)
    if (target === null)
      throw new PondError('tinyfs.not-a-symlink', `node ${node.id} is no symlink`, { nodeId: node.id })
    return target
  }

  async open(node: NodeRef, path?: string): Promise<FileReader> {
    const state = await this.mustState(node)
    return hasManyParts(state) ? openSeries(this, node, path ?? state.name) : this.openState(state, path)
  }

  /** The names in a directory that is live at this version. @throws tlogfs.corrupt-directory */
  async directory(directory: NodeRef): Promise<DirectoryState> {
    const names = await this.#namesOf(directory.id)
    if (names === null) throw this.#noDirectory(directory.id)
    return names
  }

  /** The names in a directory by its id; undefined when it does not exist at this version. */
  async findDirectory(id: NodeId): Promise<DirectoryState | undefined> {
    return (await this.#namesOf(id)) ?? undefined
  }

  /** The state of a node as far as it was read already. */
  known(node: NodeRef): NodeState | undefined {
    return node.fileType === 'directory' ? undefined : (this.#known.nodes.get(node.id) ?? undefined)
  }

  /** What is known of a node that is kept in `node.parentId`; undefined when it is not live there. */
  async state(node: NodeRef): Promise<NodeState | undefined> {
    if (node.fileType === 'directory') return (await this.#placeOf(node.id)) ?? undefined
    const known = this.#known.nodes.get(node.id)
    if (known !== undefined) return known ?? undefined
    if (this.#isAskedOften(node.parentId)) await this.#part(node.parentId)
    if (!this.#known.nodes.has(node.id)) await readNodes(this.#reading, [node])
    return this.#known.nodes.get(node.id) ?? undefined
  }

  async mustState(node: NodeRef): Promise<NodeState> {
    const state = await this.state(node)
    if (state === undefined) {
      throw new PondError(
        'tlogfs.corrupt-directory',
        `directory ${node.parentId} names node ${node.id}, which has no row at version ${this.version}`,
        {
          directoryId: node.parentId,
          nodeId: node.id,
          version: this.version,
        },
      )
    }
    return state
  }

  /** Reads what `state` will be asked for soon, in as few passes as that takes. */
  async readAhead(nodes: readonly NodeRef[]): Promise<void> {
    const unread = new Map<NodeId, NodeRef[]>()
    const directories = new Set<NodeId>()
    for (const node of nodes) {
      if (node.fileType === 'directory') {
        if (!this.#known.places.has(node.id)) directories.add(node.id)
      } else if (!this.#known.nodes.has(node.id)) {
        const beside = unread.get(node.parentId)
        if (beside === undefined) unread.set(node.parentId, [node])
        else beside.push(node)
      }
    }
    if (unread.size >= MANY_DIRECTORIES) await readNodes(this.#reading, [...unread.values()].flat())
    else for (const [partId, wanted] of unread) if (wanted.length > 1) await this.#readSome(partId, wanted)
    if (directories.size >= MANY_DIRECTORIES) await readPlaces(this.#reading, directories)
  }

  async #readSome(partId: NodeId, wanted: readonly NodeRef[]): Promise<void> {
    const size = this.#known.names.get(partId)?.size ?? 0
    if (wanted.length * PART_OF_MANY < size) await readNodes(this.#reading, wanted)
    else await this.#part(partId)
  }

  /** Reads what `entries` will be asked for soon. */
  async readAheadEntries(directories: readonly NodeRef[]): Promise<void> {
    const unknown = directories.filter(({ id }) => !this.#known.names.has(id))
    if (unknown.length >= MANY_DIRECTORIES) await readNames(this.#reading, new Set(unknown.map(({ id }) => id)))
  }

  /** Content of a state of this view; the reader checks what it reads whole. */
  async openState(state: NodeState, path = state.name): Promise<FileReader> {
    const { content, node } = state
    const size = state.size ?? 0
    const sha256 = state.sha256 ?? ''
    const context = { path, version: this.version, nodeId: node.id }
    if (content.kind === 'blob') return this.#source.blobs.open(sha256, size, context)
    if (content.kind !== 'row')
      throw new PondError('tinyfs.not-a-file', `node ${node.id} has no content`, { nodeId: node.id })
    const bytes = await this.#rowContent.of(state)
    if (bytes === null) {
      throw new PondError(
        'tlogfs.missing-content',
        `the row of node ${node.id} at node version ${content.nodeVersion} has no content`,
        context,
      )
    }
    return bytesReader(bytes, sha256, size, context)
  }

  /** The bytes that a row of the node has, in the directory that it is in, of the content that a state names. */
  async findContent({ node, sha256 }: NodeState): Promise<Uint8Array | undefined> {
    const isWanted = (row: OplogRow): boolean => row.sha256 === sha256
    const filter = { partId: node.parentId, nodeId: node.id, txnSeqUpTo: this.version, content: isWanted }
    for await (const rows of this.snapshot.scan(filter)) {
      for (const row of rows) if (isWanted(row) && row.content !== null) return row.content
    }
    return undefined
  }

  /** The path of a live directory, by its id. @throws tlogfs.corrupt-directory */
  directoryPath(id: NodeId): Promise<string> {
    return this.#paths.of(id, async (at) => {
      const state = await this.#placeOf(at)
      if (state === null) throw this.#noDirectory(at)
      return { name: state.name, parentId: state.node.parentId }
    })
  }

  /**
   * Where these nodes are at this version, by id alone: one pass over the whole table, for what has
   * no better lead. Nodes that are not live are absent; `last` has the last node version of each.
   */
  async locate(
    ids: ReadonlySet<NodeId>,
  ): Promise<{ states: ReadonlyMap<NodeId, NodeState>; last: ReadonlyMap<NodeId, number> }> {
    const rows = new Map<NodeId, AddressedRow>()
    const last = new Map<NodeId, number>()
    const directories = new Set<NodeId>()
    for await (const batch of this.snapshot.scan({ nodeIds: ids, txnSeqUpTo: this.version, content: isSymlink })) {
      for (const row of batch) {
        last.set(row.nodeId, Math.max(last.get(row.nodeId) ?? 0, row.version))
        if (row.fileType === 'directory') directories.add(row.nodeId)
        else rows.set(row.nodeId, later(rows.get(row.nodeId), row))
      }
    }
    const states = new Map<NodeId, NodeState>()
    for (const [id, row] of rows) {
      const state = liveState(row)
      if (state !== null) states.set(id, state)
    }
    if (directories.size >= MANY_DIRECTORIES) await readPlaces(this.#reading, directories)
    for (const id of directories) {
      const place = await this.#placeOf(id)
      if (place !== null) states.set(id, place)
    }
    return { states, last }
  }

  /**
   * Where a node is, by id alone; undefined when it is not live. What was read before is known; for
   * everything else it takes a pass over the table.
   */
  async findNode(id: NodeId): Promise<NodeState | undefined> {
    const known = this.#known.nodes.get(id) ?? (await this.#placeOf(id))
    return known ?? (await this.locate(new Set([id]))).states.get(id)
  }

  /** The newest rows of nodes that were deleted, by a directory that each was in. Read once. */
  async lastRows(parts: ReadonlyMap<NodeId, NodeId>): Promise<ReadonlyMap<NodeId, LastRow>> {
    const unknown = new Map([...parts].filter(([id]) => !this.#last.has(id)))
    if (unknown.size > 0) for (const [id, last] of await lastRows(this, unknown)) this.#last.set(id, last)
    return this.#last
  }

  #noDirectory(id: NodeId): PondError {
    return new PondError('tlogfs.corrupt-directory', `directory ${id} does not exist at version ${this.version}`, {
      directoryId: id,
      version: this.version,
    })
  }

  async #namesOf(id: NodeId): Promise<DirectoryState | null> {
    const known = this.#known.names.get(id)
    if (known !== undefined) return known
    let reading = this.#names.get(id)
    if (reading === undefined) {
      reading = this.#readDirectory(id).finally(() => this.#names.delete(id))
      this.#names.set(id, reading)
    }
    return reading
  }

  async #readDirectory(id: NodeId): Promise<DirectoryState | null> {
    await readNames(this.#reading, new Set([id]))
    return this.#known.names.get(id) ?? null
  }

  async #placeOf(id: NodeId): Promise<NodeState | null> {
    if (!this.#known.places.has(id)) await readPlaces(this.#reading, new Set([id]))
    return this.#known.places.get(id) ?? null
  }

  /** Counts nodes of a directory that are read one by one. */
  #isAskedOften(partId: NodeId): boolean {
    const count = (this.#asked.get(partId) ?? 0) + 1
    this.#asked.set(partId, count)
    return count > MANY_NODES
  }

  /** Reads the rows of all files and symlinks of a directory at once. */
  async #part(partId: NodeId): Promise<void> {
    if (this.#known.parts.has(partId)) return
    let reading = this.#parts.get(partId)
    if (reading === undefined) {
      reading = this.#readPart(partId).finally(() => this.#parts.delete(partId))
      this.#parts.set(partId, reading)
    }
    await reading
  }

  async #readPart(partId: NodeId): Promise<void> {
    await readPart(this.#reading, partId, await this.findDirectory(partId))
  }
}

/** Rows whose content says what the filesystem looks like. */
function hasStructure(row: OplogRow): boolean {
  return row.fileType === 'directory' || row.fileType === 'symlink'
}

/**
 * Pending operations replayed on a committed view: the pending filesystem, and the one place that
 * decides whether an operation still holds. Each operation has a condition; one that does not hold is
 * a conflict, a value with its reason, and changes nothing. Source of the conditions: docs/engine.md.
 */
import { PondError, type ErrorCode } from '../../shared/errors'
import { quote } from '../../shared/path'
import type { Pace } from '../platform'
import type { DirectoryEntry, FileReader, Metadata, NodeId, NodeRef, ReadBackend } from '../tinyfs'
import { bytesReader, type Blobs } from './blobs'
import { metadataOf, type NodeState } from './node-state'
import { OverlayNames } from './overlay-names'
import { hasBlob, ROOT_ID, type Operation, type Place } from './operation'
import type { View } from './view'

/** An operation that took effect, with what replay computed for it. */
export interface AppliedOperation {
  readonly operation: Operation
  readonly nodeVersion: number
  /** Absolute path of the entry as it was then; of a rename, the new one. */
  readonly path: string
  /** A rename's former path. */
  readonly formerPath: string | null
  /** A rename's former part (its origin for files and symlinks; the directory itself otherwise). */
  readonly formerPart: NodeId | null
  /** The node's state before and after; null where it was not live. */
  readonly before: NodeState | null
  readonly after: NodeState | null
}

/** How a node differs between the base and the overlay; null where it does not exist. */
export interface NodeDifference {
  readonly id: NodeId
  readonly before: { readonly state: NodeState; readonly path: string } | null
  readonly after: { readonly state: NodeState; readonly path: string } | null
}

/** Why an operation does not hold. */
export interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
}

function refuse(code: ErrorCode, reason: string): Refusal {
  return { code, reason }
}

export interface OverlaySource {
  readonly blobs: Blobs
  /** Inline content of a pending operation, by sequence number. */
  readonly contentOf: (seq: number) => Promise<Uint8Array>
  readonly pace: Pace
}

export class Overlay implements ReadBackend {
  readonly root: NodeRef
  readonly base: View
  readonly applied: AppliedOperation[]
  /** For loops over what is pending. */
  readonly pace: Pace
  readonly #source: OverlaySource
  readonly #names: OverlayNames
  /** State after the operations; null: deleted. */
  readonly #nodes: Map<NodeId, NodeState | null>
  /** State in the base of every node in `#nodes`; null: not live there. */
  readonly #origin: Map<NodeId, NodeState | null>
  /** Last node version by node, kept across a delete. */
  readonly #versions: Map<NodeId, number>

  constructor(base: View, source: OverlaySource, parent?: Overlay) {
    this.root = base.root
    this.base = base
    this.pace = source.pace
    this.#source = source
    this.applied = [...(parent?.applied ?? [])]
    this.#names = new OverlayNames(parent === undefined ? undefined : parent.#names)
    this.#nodes = new Map(parent === undefined ? [] : parent.#nodes)
    this.#origin = new Map(parent === undefined ? [] : parent.#origin)
    this.#versions = new Map(parent === undefined ? [] : parent.#versions)
  }

  /** A copy to go on from; this one stays as it is for those who read it. */
  fork(contentOf: OverlaySource['contentOf']): Overlay {
    return new Overlay(this.base, { ...this.#source, contentOf }, this)
  }

  async lookup(directory: NodeRef, name: string): Promise<DirectoryEntry | undefined> {
    return this.#lookup(directory.id, name)
  }

  async entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    return this.#names.sorted(directory.id, await this.base.findDirectory(directory.id))
  }

  async metadata(node: NodeRef): Promise<Metadata> {
    return metadataOf(await this.mustState(node))
  }

  async metadataOfEntries(directory: NodeRef): Promise<readonly Metadata[]> {
    const entries = await this.entries(directory)
    await this.base.prefetch(entries.map((entry) => entry.node).filter((node) => !this.#nodes.has(node.id)))
    return Promise.all(entries.map((entry) => this.metadata(entry.node)))
  }

  async readLink(node: NodeRef): Promise<string> {
    const { target } = await this.mustState(node)
    if (target === null)
      throw new PondError('tinyfs.not-a-symlink', `node ${node.id} is no symlink`, { nodeId: node.id })
    return target
  }

  async open(node: NodeRef): Promise<FileReader> {
    return this.openState(await this.mustState(node))
  }

  async openState(state: NodeState): Promise<FileReader> {
    if (state.version !== null && state.content.kind !== 'operation') return this.base.openState(state)
    const size = state.size ?? 0
    const sha256 = state.sha256 ?? ''
    const context = { path: state.name, version: null, nodeId: state.node.id }
    switch (state.content.kind) {
      case 'operation':
        return bytesReader(await this.#source.contentOf(state.content.seq), sha256, size, context)
      case 'blob':
        return this.#source.blobs.open(sha256, size, context)
      default:
        return this.base.openState(state)
    }
  }

  async state(node: NodeRef): Promise<NodeState | undefined> {
    const changed = this.#nodes.get(node.id)
    if (changed !== undefined) return changed ?? undefined
    return this.base.state(node)
  }

  async mustState(node: NodeRef): Promise<NodeState> {
    return (await this.state(node)) ?? this.base.mustState(node)
  }

  /** The path of a directory that is live here, by its id. */
  async directoryPath(id: NodeId): Promise<string> {
    const names: string[] = []
    for (let at = id; at !== ROOT_ID;) {
      const state = this.#nodes.get(at) ?? (await this.base.mustState({ id: at, fileType: 'directory', parentId: at }))
      names.push(state.name)
      at = state.node.parentId
    }
    return `/${names.reverse().join('/')}`
  }

  async pathOf(state: NodeState): Promise<string> {
    return state.node.id === ROOT_ID ? '/' : join(await this.directoryPath(state.node.parentId), state.name)
  }

  /** Node ids that operations touched. */
  touched(): ReadonlySet<NodeId> {
    return new Set(this.#nodes.keys())
  }

  /** What each touched node was and is. Nodes that came and went again are left out. */
  async differences(): Promise<NodeDifference[]> {
    const differences: NodeDifference[] = []
    for (const [id, after] of this.#nodes) {
      if (this.pace.due) await this.pace.rest()
      const before = this.#origin.get(id) ?? null
      if (before === null && after === null) continue
      differences.push({
        id,
        before: before && {
          state: before,
          path: join(await this.base.directoryPath(before.node.parentId), before.name),
        },
        after: after && { state: after, path: await this.pathOf(after) },
      })
    }
    return differences
  }

  /** The state of a node that operations touched: null when it is gone; undefined for others. */
  stateById(id: NodeId): NodeState | null | undefined {
    return this.#nodes.get(id)
  }

  /** The node's state in the base, for nodes that operations touched. */
  originOf(id: NodeId): NodeState | null | undefined {
    return this.#origin.get(id)
  }

  /**
   * Directories whose names differ from the base, with the differing names. Directories that are gone
   * again are left out.
   */
  changedDirectories(): { id: NodeId; names: ReadonlyMap<string, DirectoryEntry | null> }[] {
    return [...this.#names.directories()].filter(({ id }) => this.#nodes.get(id) !== null)
  }

  /** Counts what `nodeVersion` a directory's next row gets, beyond those that `applied` took. */
  async nextDirectoryVersion(id: NodeId): Promise<number> {
    const state = this.#nodes.get(id) ?? (await this.base.mustState({ id, fileType: 'directory', parentId: id }))
    return state.nodeVersion + 1
  }

  /** Reads ahead what a run of operations will ask the base for. */
  async prefetch(operations: readonly Operation[]): Promise<void> {
    const nodes: NodeRef[] = []
    for (const { kind, nodeId, fileType, place, from } of operations) {
      if (kind !== 'create' && fileType !== 'directory') {
        nodes.push({ id: nodeId, fileType, parentId: (from ?? place).directoryId })
      }
    }
    await this.base.prefetch(nodes)
  }

  /** Applies an operation if its condition holds; else says why not, and nothing has changed. */
  async apply(operation: Operation): Promise<Refusal | null> {
    if (this.pace.due) await this.pace.rest()
    switch (operation.kind) {
      case 'create':
        return this.#create(operation)
      case 'update':
      case 'append':
        return this.#update(operation)
      case 'delete':
        return this.#delete(operation)
      case 'rename':
        return this.#rename(operation)
    }
  }

  async #create(operation: Operation): Promise<Refusal | null> {
    const { nodeId, fileType, place } = operation
    const directory = await this.#directoryProblem(place)
    if (directory !== null) return directory
    if ((await this.#lookup(place.directoryId, place.name)) !== undefined)
      return refuse('tinyfs.exists', `the name ${quote(place.name)} is taken`)
    const known = this.#nodes.get(nodeId)
    if (known) return refuse('tinyfs.exists', 'the node exists')
    const nodeVersion = Math.max(operation.priorVersion, this.#lastVersion(nodeId)) + 1
    const after = this.#stateOf(operation, { id: nodeId, fileType, parentId: place.directoryId }, nodeVersion)
    this.#names.set(place, after.node)
    await this.#record(operation, null, after, null)
    return null
  }

  async #update(operation: Operation): Promise<Refusal | null> {
    const before = await this.#live(operation)
    if (before === null) return refuse('tinyfs.not-found', 'the file does not exist any more')
    if (operation.kind === 'update' && before.sha256 !== operation.baseSha256) {
      return refuse('tlogfs.changed', 'its content is not what it was when this was staged')
    }
    const updated = this.#stateOf(operation, { ...before.node, fileType: operation.fileType }, before.nodeVersion + 1)
    const after = { ...updated, name: before.name, attributes: { ...before.attributes, ...operation.attributes } }
    if (after.node.fileType !== before.node.fileType)
      this.#names.set({ directoryId: after.node.parentId, name: after.name }, after.node)
    await this.#record(operation, before, after, null)
    return null
  }

  async #delete(operation: Operation): Promise<Refusal | null> {
    const { place, nodeId, fileType } = operation
    const entry = await this.#lookup(place.directoryId, place.name)
    if (entry?.node.id !== nodeId) return refuse('tinyfs.not-found', `it is not at ${quote(place.name)} any more`)
    if (fileType === 'directory' && (await this.entries(entry.node)).length > 0) {
      return refuse('tinyfs.not-empty', 'the directory is not empty')
    }
    const before = await this.mustState(entry.node)
    const path = await this.pathOf(before)
    this.#remember(nodeId, before)
    this.#nodes.set(nodeId, null)
    this.#versions.set(nodeId, before.nodeVersion + 1)
    this.#names.remove({ directoryId: place.directoryId, name: entry.name })
    this.applied.push({
      operation,
      nodeVersion: before.nodeVersion + 1,
      path,
      formerPath: null,
      formerPart: null,
      before,
      after: null,
    })
    return null
  }

  async #rename(operation: Operation): Promise<Refusal | null> {
    const { place, nodeId } = operation
    if (operation.from === null) return refuse('tinyfs.not-found', 'it does not say where from')
    const entry = await this.#lookup(operation.from.directoryId, operation.from.name)
    if (entry?.node.id !== nodeId) {
      return refuse('tinyfs.not-found', `it is not at ${quote(operation.from.name)} any more`)
    }
    const directory = await this.#directoryProblem(place)
    if (directory !== null) return directory
    const taken = await this.#lookup(place.directoryId, place.name)
    if (taken !== undefined && taken.node.id !== nodeId)
      return refuse('tinyfs.exists', `the name ${quote(place.name)} is taken`)
    if (entry.node.fileType === 'directory' && (await this.#isWithin(place.directoryId, nodeId))) {
      return refuse('tinyfs.into-itself', 'it would be inside itself')
    }
    const before = await this.mustState(entry.node)
    const former = await this.pathOf(before)
    const after: NodeState = {
      ...before,
      node: { ...before.node, parentId: place.directoryId },
      name: place.name,
      nodeVersion: before.nodeVersion + 1,
      modifiedAt: operation.stagedAt,
      version: null,
    }
    this.#names.remove({ directoryId: operation.from.directoryId, name: entry.name })
    this.#names.set(place, after.node)
    await this.#record(operation, before, after, former)
    return null
  }

  async #record(
    operation: Operation,
    before: NodeState | null,
    after: NodeState,
    formerPath: string | null,
  ): Promise<void> {
    this.#remember(operation.nodeId, before)
    this.#nodes.set(operation.nodeId, after)
    this.#versions.set(operation.nodeId, after.nodeVersion)
    this.applied.push({
      operation,
      nodeVersion: after.nodeVersion,
      path: await this.pathOf(after),
      formerPath,
      formerPart:
        formerPath === null || before === null
          ? null
          : before.node.fileType === 'directory'
            ? before.node.id
            : before.node.parentId,
      before,
      after,
    })
  }

  #lastVersion(id: NodeId): number {
    return this.#versions.get(id) ?? 0
  }

  #remember(id: NodeId, before: NodeState | null): void {
    if (!this.#origin.has(id)) this.#origin.set(id, before)
  }

  async #live(operation: Operation): Promise<NodeState | null> {
    const changed = this.#nodes.get(operation.nodeId)
    if (changed !== undefined) return changed
    const ref = { id: operation.nodeId, fileType: operation.fileType, parentId: operation.place.directoryId }
    return (await this.base.state(ref)) ?? null
  }

  #stateOf(operation: Operation, node: NodeRef, nodeVersion: number): NodeState {
    return {
      node,
      name: operation.place.name,
      nodeVersion,
      modifiedAt: operation.stagedAt,
      size: operation.size,
      sha256: operation.sha256,
      target: operation.target,
      attributes: operation.attributes,
      content:
        operation.size === null
          ? { kind: 'none' }
          : hasBlob(operation)
            ? { kind: 'blob' }
            : { kind: 'operation', seq: operation.seq },
      version: null,
    }
  }

  async #directoryProblem({ directoryId }: Place): Promise<Refusal | null> {
    const known = this.#nodes.get(directoryId)
    const live = known === undefined ? (await this.base.findDirectory(directoryId)) !== undefined : known !== null
    return live ? null : refuse('tinyfs.not-found', 'its directory does not exist any more')
  }

  async #isWithin(directory: NodeId, ancestor: NodeId): Promise<boolean> {
    for (let at = directory; ;) {
      if (at === ancestor) return true
      if (at === ROOT_ID) return false
      const state = this.#nodes.get(at) ?? (await this.base.mustState({ id: at, fileType: 'directory', parentId: at }))
      at = state.node.parentId
    }
  }

  async #lookup(directoryId: NodeId, name: string): Promise<DirectoryEntry | undefined> {
    return this.#names.lookup(directoryId, await this.base.findDirectory(directoryId), name)
  }
}

function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`
}

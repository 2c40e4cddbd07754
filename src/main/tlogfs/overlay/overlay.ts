/**
 * Pending operations replayed on a committed view: the pending filesystem as others read it. Reads go
 * through what the operations changed to the view below; `apply` takes one more operation in, or says
 * why it does not hold.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { Change } from '../../../shared/model'
import { pathNames, type PondPath } from '../../../shared/path'
import type { Pace } from '../../platform'
import type { DirectoryEntry, FileReader, Metadata, NodeId, NodeRef, ReadBackend } from '../../tinyfs'
import type { AppliedOperation, NodeDifference, NodeEnd, Refusal } from './applied'
import { applyOperation } from './apply'
import { bytesReader, type Blobs } from '../content/blobs'
import { metadataOf, type NodeState } from '../content/node-state'
import type { Operation } from '../content/operation'
import type { ForkedList } from '../maps/forked-list'
import { changeOf } from '../content/change'
import { OverlayNodes } from './overlay-nodes'
import type { ChangedNames } from './overlay-names'
import type { PendingSummary } from './pending-summary'
import type { View } from '../view/view'
import { hasManyParts } from '../content/series'
import { openSeries } from '../series/series-reader'

export interface OverlaySource {
  readonly blobs: Blobs
  /** Inline content of a pending operation, by sequence number. */
  readonly contentOf: (seq: number) => Promise<Uint8Array>
  /** The newest committed view, where content is found that was committed since. */
  readonly newestView: () => Promise<View>
  readonly pace: Pace
}

export class Overlay implements ReadBackend {
  readonly root: NodeRef
  readonly base: View
  /** For loops over what is pending. */
  readonly pace: Pace
  readonly #source: OverlaySource
  readonly #nodes: OverlayNodes

  constructor(base: View, source: OverlaySource, parent?: Overlay) {
    this.root = base.root
    this.base = base
    this.pace = source.pace
    this.#source = source
    this.#nodes = new OverlayNodes(base, parent === undefined ? undefined : parent.#nodes)
  }

  /** A copy to go on from; this one stays as it is for those who read it. */
  fork(contentOf: OverlaySource['contentOf']): Overlay {
    return new Overlay(this.base, { ...this.#source, contentOf }, this)
  }

  /** The operations that took effect, in order. */
  get applied(): ForkedList<AppliedOperation> {
    return this.#nodes.applied
  }

  lookup(directory: NodeRef, name: string): Promise<DirectoryEntry | undefined> {
    return this.#nodes.lookup(directory.id, name)
  }

  entries(directory: NodeRef): Promise<readonly DirectoryEntry[]> {
    return this.#nodes.entries(directory.id)
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
      all.push(metadataOf(this.#nodes.stateById(node.id) ?? this.base.known(node) ?? (await this.mustState(node))))
    }
    return all
  }

  async readAhead(nodes: readonly NodeRef[]): Promise<void> {
    await this.base.readAhead(nodes.filter(({ id }) => this.#nodes.stateById(id) === undefined))
  }

  async readAheadEntries(directories: readonly NodeRef[]): Promise<void> {
    await this.base.readAheadEntries(directories)
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

  /** @param path what messages call it */
  async openState(state: NodeState, path = state.name): Promise<FileReader> {
    if (state.version !== null && state.content.kind !== 'operation') return this.base.openState(state, path)
    const size = state.size ?? 0
    const sha256 = state.sha256 ?? ''
    const context = { path, version: null, nodeId: state.node.id }
    switch (state.content.kind) {
      case 'operation':
        return bytesReader(await this.#stagedContent(state, state.content.seq), sha256, size, context)
      case 'blob':
        return this.#source.blobs.open(sha256, size, context)
      default:
        return this.base.openState(state, path)
    }
  }

  /** Whoever holds on to this while others commit finds content in the rows that they wrote. */
  async #stagedContent(state: NodeState, seq: number): Promise<Uint8Array> {
    try {
      return await this.#source.contentOf(seq)
    } catch (error) {
      if (!isPondError(error, 'tlogfs.missing-content')) throw error
      const committed = await (await this.#source.newestView()).findContent(state)
      if (committed === undefined) throw error
      return committed
    }
  }

  state(node: NodeRef): Promise<NodeState | undefined> {
    return this.#nodes.state(node)
  }

  mustState(node: NodeRef): Promise<NodeState> {
    return this.#nodes.mustState(node)
  }

  /** The path of a directory that is live here, by its id. */
  directoryPath(id: NodeId): Promise<string> {
    return this.#nodes.directoryPath(id)
  }

  pathOf(state: NodeState): Promise<string> {
    return this.#nodes.pathOf(state)
  }

  /** What the operations amount to. */
  get summary(): PendingSummary {
    return this.#nodes.summary
  }

  /** Every node that operations touched, with the last operation on it, as they are now. */
  touched(): Generator<[NodeId, AppliedOperation]> {
    return this.#nodes.touched()
  }

  /** The operations on a node that took effect, in order. */
  stepsOf(id: NodeId): readonly AppliedOperation[] {
    return this.#nodes.stepsOf(id)
  }

  /** What each touched node was and is, or one of them. Nodes that came and went again are left out. */
  async differences(only?: NodeId): Promise<NodeDifference[]> {
    const differences: NodeDifference[] = []
    const ids = only === undefined ? Array.from(this.touched(), ([id]) => id) : [only]
    for (const id of ids) {
      if (this.pace.due) await this.pace.rest()
      const difference = await this.#nodes.difference(id)
      if (difference !== null) differences.push(difference)
    }
    return differences
  }

  /** How a node differs from the base; null where there is nothing to see. */
  async changeOf(id: NodeId): Promise<Change | null> {
    if ((this.#nodes.lastOn(id)?.change ?? null) === null) return null
    const difference = await this.#nodes.difference(id)
    return difference === null ? null : changeOf(difference)
  }

  /** How many changed nodes are, or were in the base, below a directory. Only after `settle`. */
  changesBelow(directoryId: NodeId): number {
    return this.#nodes.changesBelow(directoryId)
  }

  /** What was in the directory that is at this path in the base, and is gone. */
  async goneFrom(path: PondPath): Promise<readonly NodeState[]> {
    let at = this.base.root
    for (const name of pathNames(path)) {
      const entry = at.fileType === 'directory' ? await this.base.lookup(at, name) : undefined
      if (entry?.name !== name) return []
      at = entry.node
    }
    return [...this.#nodes.goneFrom(at.id)]
  }

  /** Before others read this: makes what they and forks of it need to know of the changes in directories. */
  settle(): Promise<void> {
    return this.#nodes.settle()
  }

  /** The state of a node that operations touched: null when it is gone; undefined for others. */
  stateById(id: NodeId): NodeState | null | undefined {
    return this.#nodes.stateById(id)
  }

  /** The newest of a node that operations touched, be it live or not. */
  end(id: NodeId): NodeEnd | undefined {
    return this.#nodes.end(id)
  }

  /** Where a node is, by id alone; undefined when it is not live. It may take a pass over the table. */
  async findNode(id: NodeId): Promise<NodeState | undefined> {
    const changed = this.#nodes.stateById(id)
    return changed === undefined ? this.base.findNode(id) : (changed ?? undefined)
  }

  /** The node's state in the base, for nodes that operations touched. */
  originOf(id: NodeId): NodeState | null | undefined {
    return this.#nodes.originOf(id)
  }

  /**
   * Directories whose names differ from the base, with the differing names. Directories that are gone
   * again are left out.
   */
  *changedDirectories(): Generator<ChangedNames> {
    for (const changed of this.#nodes.names.directories()) if (this.stateById(changed.id) !== null) yield changed
  }

  /** Counts what `nodeVersion` a directory's next row gets, beyond those that `applied` took. */
  async nextDirectoryVersion(id: NodeId): Promise<number> {
    return (await this.#nodes.mustDirectory(id)).nodeVersion + 1
  }

  /** Reads ahead what a run of operations will ask the base for. */
  async prefetch(operations: readonly Operation[]): Promise<void> {
    const nodes: NodeRef[] = []
    const reborn = new Map<NodeId, NodeId>()
    for (const { kind, nodeId, fileType, place, from } of operations) {
      if (kind === 'create' && from !== null) reborn.set(nodeId, from.directoryId)
      if (kind !== 'create' && fileType !== 'directory') {
        nodes.push({ id: nodeId, fileType, parentId: (from ?? place).directoryId })
      }
    }
    await this.base.readAhead(nodes)
    await this.base.lastRows(reborn)
  }

  /** Applies an operation if its condition holds; else says why not, and nothing has changed. */
  async apply(operation: Operation): Promise<Refusal | null> {
    if (this.pace.due) await this.pace.rest()
    return applyOperation(this.#nodes, operation)
  }
}

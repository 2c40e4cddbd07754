/**
 * The nodes and names of a pending filesystem: what operations made of a committed view, node by node.
 * Answers what is where; which operation may change it is for `apply.ts` to say. A copy shares with its
 * original what neither changes.
 */
import type { DirectoryEntry, NodeId, NodeRef } from '../tinyfs'
import type { AppliedOperation, NodeDifference, NodeEnd } from './applied'
import { DirectoryPaths } from './directory-paths'
import { ForkedMap } from './forked-map'
import type { NodeState } from './node-state'
import { ROOT_ID } from './operation'
import { OverlayNames } from './overlay-names'
import type { View } from './view'

export class OverlayNodes {
  readonly base: View
  readonly names: OverlayNames
  readonly applied: AppliedOperation[]
  /** State after the operations; null: deleted. */
  readonly #nodes: ForkedMap<NodeId, NodeState | null>
  /** State in the base of every node in `#nodes`; null: not live there. */
  readonly #origin: ForkedMap<NodeId, NodeState | null>
  /** The end of each touched node, kept across a delete. */
  readonly #ends: ForkedMap<NodeId, NodeEnd>
  readonly #paths = new DirectoryPaths()

  constructor(base: View, parent?: OverlayNodes) {
    this.base = base
    this.names = new OverlayNames(parent?.names)
    this.applied = [...(parent?.applied ?? [])]
    this.#nodes = parent === undefined ? new ForkedMap() : parent.#nodes.fork()
    this.#origin = parent === undefined ? new ForkedMap() : parent.#origin.fork()
    this.#ends = parent === undefined ? new ForkedMap() : parent.#ends.fork()
  }

  /** Node ids that operations touched. */
  touched(): ReadonlySet<NodeId> {
    return new Set(this.#nodes.keys())
  }

  /** The state of a node that operations touched: null when it is gone; undefined for others. */
  stateById(id: NodeId): NodeState | null | undefined {
    return this.#nodes.get(id)
  }

  /** The node's state in the base, for nodes that operations touched. */
  originOf(id: NodeId): NodeState | null | undefined {
    return this.#origin.get(id)
  }

  /** Of a node that operations touched, also when they deleted it. */
  end(id: NodeId): NodeEnd | undefined {
    return this.#ends.get(id)
  }

  async state(node: NodeRef): Promise<NodeState | undefined> {
    const changed = this.#nodes.get(node.id)
    if (changed !== undefined) return changed ?? undefined
    return this.base.state(node)
  }

  async mustState(node: NodeRef): Promise<NodeState> {
    return (await this.state(node)) ?? this.base.mustState(node)
  }

  /** The state of a directory that is live here. */
  async mustDirectory(id: NodeId): Promise<NodeState> {
    return this.#nodes.get(id) ?? this.base.mustState({ id, fileType: 'directory', parentId: id })
  }

  async lookup(directoryId: NodeId, name: string): Promise<DirectoryEntry | undefined> {
    return this.names.lookup(directoryId, await this.base.findDirectory(directoryId), name)
  }

  async entries(directoryId: NodeId): Promise<readonly DirectoryEntry[]> {
    return this.names.sorted(directoryId, { base: await this.base.findDirectory(directoryId), pace: this.base.pace })
  }

  async isLiveDirectory(id: NodeId): Promise<boolean> {
    const known = this.#nodes.get(id)
    return known === undefined ? (await this.base.findDirectory(id)) !== undefined : known !== null
  }

  /** Whether a directory is another one, or below it. */
  async isWithin(directory: NodeId, ancestor: NodeId): Promise<boolean> {
    for (let at = directory; ; at = (await this.mustDirectory(at)).node.parentId) {
      if (at === ancestor) return true
      if (at === ROOT_ID) return false
    }
  }

  /** The path of a directory that is live here, by its id. @throws tlogfs.corrupt-directory */
  directoryPath(id: NodeId): Promise<string> {
    return this.#paths.of(id, async (at) => {
      const { name, node } = await this.mustDirectory(at)
      return { name, parentId: node.parentId }
    })
  }

  async pathOf(state: NodeState): Promise<string> {
    return state.node.id === ROOT_ID ? '/' : join(await this.directoryPath(state.node.parentId), state.name)
  }

  /** What a touched node was and is; null when it came and went again. */
  async difference(id: NodeId): Promise<NodeDifference | null> {
    const before = this.#origin.get(id) ?? null
    const after = this.#nodes.get(id) ?? null
    if (before === null && after === null) return null
    return {
      id,
      before: before && { state: before, path: join(await this.base.directoryPath(before.node.parentId), before.name) },
      after: after && { state: after, path: await this.pathOf(after) },
      last: this.#ends.get(id) as NodeEnd,
    }
  }

  /** Takes in what an operation made of its node. */
  record(applied: AppliedOperation): void {
    const { nodeId } = applied.operation
    if (!this.#origin.has(nodeId)) this.#origin.set(nodeId, applied.before)
    this.#nodes.set(nodeId, applied.after)
    const { node } = (applied.after ?? applied.before) as NodeState
    const partId = node.fileType === 'directory' ? node.id : node.parentId
    this.#ends.set(nodeId, { nodeVersion: applied.nodeVersion, partId })
    // A directory that is removed is empty, and so is on the way to nothing.
    if (applied.after === null) this.#paths.forget(nodeId)
    else if (node.fileType === 'directory' && applied.before !== null) this.#paths.forgetAll()
    this.applied.push(applied)
  }
}

function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`
}

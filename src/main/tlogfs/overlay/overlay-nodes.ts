/**
 * The nodes and names of a pending filesystem: what operations made of a committed view, node by node.
 * Answers what is where; which operation may change it is for `apply.ts` to say. A copy shares with its
 * original what neither changes.
 */
import type { DirectoryEntry, NodeId, NodeRef } from '../../tinyfs'
import { AppliedOperation, type Effect, type NodeDifference, type NodeEnd } from './applied'
import { ForkedList } from '../maps/forked-list'
import { ChangesBelow } from './changes-below'
import { DirectoryPaths } from '../view/directory-paths'
import { ForkedMap } from '../maps/forked-map'
import type { NodeState } from '../content/node-state'
import { ROOT_ID } from '../content/operation'
import { OverlayNames } from './overlay-names'
import { NOTHING_PENDING, summaryAfter, type PendingSummary } from './pending-summary'
import type { View } from '../view/view'

export class OverlayNodes {
  readonly base: View
  readonly names: OverlayNames
  /** The operations that took effect, in order. */
  readonly applied: ForkedList<AppliedOperation>
  /** Every node that operations touched, with the last operation on it: what that left is what the node is now. */
  readonly #nodes: ForkedMap<NodeId, AppliedOperation>
  /** Of changed nodes that are live, by the directories above them. */
  readonly #live: ChangesBelow
  /** Of nodes that are gone, by the directories above them in the base. */
  readonly #gone: ChangesBelow
  /** Nodes that are gone, by the directory in the base and the name that they had there. */
  readonly #goneFrom: ForkedMap<string, NodeId>
  #summary: PendingSummary
  readonly #paths = new DirectoryPaths()

  constructor(base: View, parent?: OverlayNodes) {
    this.base = base
    this.names = new OverlayNames(parent?.names)
    this.applied = parent === undefined ? new ForkedList() : parent.applied.fork()
    this.#nodes = parent === undefined ? new ForkedMap() : parent.#nodes.fork()
    this.#live = parent === undefined ? new ChangesBelow() : parent.#live.fork()
    this.#gone = parent === undefined ? new ChangesBelow() : parent.#gone.fork()
    this.#goneFrom = parent === undefined ? new ForkedMap() : parent.#goneFrom.fork()
    this.#summary = parent === undefined ? NOTHING_PENDING : parent.#summary
  }

  get summary(): PendingSummary {
    return this.#summary
  }

  /** Every node that operations touched, with the last operation on it, as they are now. */
  *touched(): Generator<[NodeId, AppliedOperation]> {
    yield* this.#nodes.fork().entries()
  }

  /** The last operation on a node. */
  lastOn(id: NodeId): AppliedOperation | undefined {
    return this.#nodes.get(id)
  }

  /** The operations on a node, in order. */
  stepsOf(id: NodeId): readonly AppliedOperation[] {
    return this.#nodes.get(id)?.steps ?? []
  }

  /** The state of a node that operations touched: null when it is gone; undefined for others. */
  stateById(id: NodeId): NodeState | null | undefined {
    return this.#nodes.get(id)?.after
  }

  /** The node's state in the base, for nodes that operations touched. */
  originOf(id: NodeId): NodeState | null | undefined {
    return this.#nodes.get(id)?.origin
  }

  /** Of a node that operations touched, also when they deleted it. */
  end(id: NodeId): NodeEnd | undefined {
    return this.#nodes.get(id)?.end
  }

  async state(node: NodeRef): Promise<NodeState | undefined> {
    const changed = this.stateById(node.id)
    if (changed !== undefined) return changed ?? undefined
    return this.base.state(node)
  }

  async mustState(node: NodeRef): Promise<NodeState> {
    return (await this.state(node)) ?? this.base.mustState(node)
  }

  /** The state of a directory that is live here. */
  async mustDirectory(id: NodeId): Promise<NodeState> {
    return this.stateById(id) ?? this.base.mustState({ id, fileType: 'directory', parentId: id })
  }

  async lookup(directoryId: NodeId, name: string): Promise<DirectoryEntry | undefined> {
    return this.names.lookup(directoryId, await this.base.findDirectory(directoryId), name)
  }

  async entries(directoryId: NodeId): Promise<readonly DirectoryEntry[]> {
    return this.names.sorted(directoryId, { base: await this.base.findDirectory(directoryId), pace: this.base.pace })
  }

  /** Whether nothing is in a directory. */
  async isEmpty(directoryId: NodeId): Promise<boolean> {
    return this.names.isEmpty(directoryId, await this.base.findDirectory(directoryId))
  }

  async isLiveDirectory(id: NodeId): Promise<boolean> {
    const known = this.stateById(id)
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

  /** What a node was and is; null when no operation touched it, or it came and went again. */
  async difference(id: NodeId): Promise<NodeDifference | null> {
    const last = this.#nodes.get(id)
    if (last === undefined) return null
    const [before, after] = [last.origin, last.after]
    if (before === null && after === null) return null
    return {
      id,
      before: before && { state: before, path: join(await this.base.directoryPath(before.node.parentId), before.name) },
      after: after && { state: after, path: await this.pathOf(after) },
      last: last.end,
    }
  }

  /** How many changed nodes are, or were in the base, below a directory. Only after `settle`. */
  changesBelow(directoryId: NodeId): number {
    return this.#live.of(directoryId) + this.#gone.of(directoryId)
  }

  /** Nodes that were in a directory of the base, and are gone. */
  *goneFrom(directoryId: NodeId): Generator<NodeState> {
    for (const [key, id] of this.#goneFrom.fork().entries(`${directoryId}/`)) {
      if (!key.startsWith(`${directoryId}/`)) return
      yield this.originOf(id) as NodeState
    }
  }

  /**
   * Has the counts of changes below directories take in what was recorded: before they are asked for, and
   * before a directory moves.
   */
  async settle(): Promise<void> {
    await this.#live.carryUp(async (id) => (await this.mustDirectory(id)).node.parentId)
    await this.#gone.carryUp(async (id) => {
      const origin = this.originOf(id) ?? (await this.base.mustState({ id, fileType: 'directory', parentId: id }))
      return origin.node.parentId
    })
  }

  /** Takes in what an operation made of its node. Of a directory that moves, only after `settle`. */
  record(effect: Effect): void {
    const { nodeId, fileType } = effect.operation
    const before = this.#nodes.get(nodeId) ?? null
    const applied = new AppliedOperation(effect, before)
    this.#nodes.set(nodeId, applied)
    this.#summary = summaryAfter(this.#summary, applied)
    if (fileType === 'directory' && applied.before !== null) this.#directoryWent(applied)
    this.#note(before, -1)
    this.#note(applied, 1)
    this.applied.push(applied)
  }

  /** What is known by the place of a directory, once it is removed or moved. */
  #directoryWent({ before, after }: AppliedOperation): void {
    const { id, parentId } = (before as NodeState).node
    if (after === null) {
      // It is empty, and so is on the way to nothing.
      this.#paths.forget(id)
      this.#live.passUp(id, parentId)
      return
    }
    this.#paths.forgetAll()
    const below = this.#live.of(id)
    this.#live.note(parentId, -below)
    this.#live.note(after.node.parentId, below)
  }

  /** Counts a changed node where it is, or was. */
  #note(last: AppliedOperation | null, by: 1 | -1): void {
    if (last === null || last.change === null) return
    const { origin, after: state } = last
    if (state !== null) return this.#live.note(state.node.parentId, by)
    const { id, parentId } = (origin as NodeState).node
    this.#gone.note(parentId, by)
    const key = `${parentId}/${(origin as NodeState).name}`
    if (by > 0) this.#goneFrom.set(key, id)
    else this.#goneFrom.delete(key)
  }
}

function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`
}

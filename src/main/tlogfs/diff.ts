/**
 * What differs between two moments, by node. History follows the node id: an entry at another place is
 * `renamed`, and a moved directory is one change, not one per descendant.
 */
import type { Change, ChangeCounts, ChangeKind } from '../../shared/model'
import { compareUtf8 } from '../../shared/path'
import type { NodeId } from '../tinyfs'
import type { NodeDifference } from './applied'
import { sameContent, type NodeState } from './node-state'
import { Overlay } from './overlay'
import { contentBytes, contentHash } from './series'
import { isNodeRow, type View } from './view'

/** A filesystem to compare: committed at a version, or pending on top of it. */
export type Comparable = View | Overlay

type Side = { readonly state: NodeState; readonly path: string } | null

/** How a node's two sides differ for people; null when they do not. */
export function changeKind(
  before: Side,
  after: Side,
  same: (a: NodeState, b: NodeState) => boolean = sameContent,
): ChangeKind | null {
  if (before === null) return after === null ? null : 'added'
  if (after === null) return 'deleted'
  const moved = before.state.node.parentId !== after.state.node.parentId || before.state.name !== after.state.name
  if (moved) return 'renamed'
  return same(before.state, after.state) ? null : 'modified'
}

/** A node's difference as a change; null when there is none to see. */
export function changeOf({ id, before, after }: NodeDifference): Change | null {
  const change = changeKind(before, after)
  if (change === null) return null
  const side = (after ?? before) as NonNullable<Side>
  return {
    path: side.path,
    oldPath: change === 'renamed' ? (before as NonNullable<Side>).path : null,
    nodeId: id,
    fileType: side.state.node.fileType,
    change,
    sizeBefore: before === null ? null : contentBytes(before.state),
    sizeAfter: after === null ? null : contentBytes(after.state),
    sha256Before: before === null ? null : contentHash(before.state),
    sha256After: after === null ? null : contentHash(after.state),
  }
}

/** Net changes in path order. */
export function changesOf(differences: readonly NodeDifference[]): Change[] {
  const changes: Change[] = []
  for (const difference of differences) {
    const change = changeOf(difference)
    if (change !== null) changes.push(change)
  }
  return changes.sort((a, b) => compareUtf8(a.path, b.path))
}

export function countChanges(changes: readonly Change[]): ChangeCounts {
  const counts = { added: 0, modified: 0, deleted: 0, renamed: 0 }
  for (const { change } of changes) counts[change]++
  return counts
}

/**
 * What each node that changed between two moments was and is. Both must see the same table; the cost
 * is that of the rows between them, not of the pond.
 */
export async function differences(from: Comparable, to: Comparable): Promise<NodeDifference[]> {
  if (to instanceof Overlay && from === to.base) return to.differences()
  const [low, high] = viewOf(from).version <= viewOf(to).version ? [from, to] : [to, from]
  const touched = new Set<NodeId>()
  const newest = viewOf(high).snapshot
  const range = { txnSeqAbove: viewOf(low).version, txnSeqUpTo: viewOf(high).version, content: false }
  if (range.txnSeqAbove < range.txnSeqUpTo) {
    for await (const rows of newest.scan(range)) {
      for (const row of rows) if (isNodeRow(row) && row.operation !== 'entries') touched.add(row.nodeId)
    }
  }
  for (const side of [from, to]) if (side instanceof Overlay) for (const id of side.touched()) touched.add(id)
  if (touched.size === 0) return []
  const [before, after] = await Promise.all([statesOf(from, touched), statesOf(to, touched)])
  const result: NodeDifference[] = []
  for (const id of touched) {
    const sides = { before: before.get(id) ?? null, after: after.get(id) ?? null }
    if (sides.before !== null || sides.after !== null) result.push({ id, ...sides })
  }
  return result
}

function viewOf(side: Comparable): View {
  return side instanceof Overlay ? side.base : side
}

async function statesOf(
  side: Comparable,
  ids: ReadonlySet<NodeId>,
): Promise<Map<NodeId, { state: NodeState; path: string }>> {
  const { states } = await viewOf(side).locate(ids)
  const merged = new Map(states)
  if (side instanceof Overlay) {
    for (const id of side.touched()) {
      const now = side.stateById(id)
      if (now === null) merged.delete(id)
      else if (now !== undefined && ids.has(id)) merged.set(id, now)
    }
  }
  const result = new Map<NodeId, { state: NodeState; path: string }>()
  for (const [id, state] of merged) result.set(id, { state, path: await pathIn(side, state) })
  return result
}

async function pathIn(side: Comparable, state: NodeState): Promise<string> {
  if (state.node.id === side.root.id) return '/'
  const directory = await side.directoryPath(state.node.parentId)
  return directory === '/' ? `/${state.name}` : `${directory}/${state.name}`
}

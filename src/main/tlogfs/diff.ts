/**
 * What differs between two moments, by node. History follows the node id: an entry at another place is
 * `renamed`, and a moved directory is one change, not one per descendant.
 */
import type { Change, ChangeCounts } from '../../shared/model'
import { compareUtf8 } from '../../shared/path'
import type { AddressedRow, OplogRow } from '../oplog'
import { pacedSort, type Pace } from '../platform'
import type { NodeId, NodeRef } from '../tinyfs'
import type { NodeDifference, NodeEnd } from './overlay/applied'
import { changeOf } from './content/change'
import { parseAttributes, type NodeState } from './content/node-state'
import { Overlay } from './overlay/overlay'
import { isNodeRow, type View } from './view/view'
import { liveState } from './view/view-memory'

/** A filesystem to compare: committed at a version, or pending on top of it. */
export type Comparable = View | Overlay

/** From this many changed nodes of one directory on, all of it is read at once. */
const MANY = 32

/** Net changes in path order. */
export async function changesOf(differences: readonly NodeDifference[], pace: Pace): Promise<readonly Change[]> {
  const changes: Change[] = []
  for (const difference of differences) {
    if (pace.due) await pace.rest()
    const change = changeOf(difference)
    if (change !== null) changes.push(change)
  }
  return pacedSort(changes, (a, b) => compareUtf8(a.path, b.path), pace)
}

/**
 * The path of a node at two moments, through its own moves and those of directories above it; null where it is
 * not there. Costs what the node's own rows between them cost.
 */
export async function pathsOf(
  from: Comparable,
  to: Comparable,
  node: NodeState,
): Promise<{ readonly before: string | null; readonly after: string | null }> {
  const [difference] = await differences(from, to, node.node.id)
  if (difference !== undefined)
    return { before: difference.before?.path ?? null, after: difference.after?.path ?? null }
  const [before, after] = [await sideOf(from, node), await sideOf(to, node)]
  return { before: before?.path ?? null, after: after?.path ?? null }
}

export function countChanges(changes: readonly Change[]): ChangeCounts {
  const counts = { added: 0, modified: 0, deleted: 0, renamed: 0 }
  for (const { change } of changes) counts[change]++
  return counts
}

/**
 * What each node that changed between two moments was and is. Both must see the same table; the cost is
 * that of the rows between them, not of the pond.
 * @param only the one node that is asked for; default: all
 */
export async function differences(from: Comparable, to: Comparable, only?: NodeId): Promise<NodeDifference[]> {
  if (to instanceof Overlay && from === to.base) return to.differences(only)
  const [low, high] =
    viewOf(from).version <= viewOf(to).version ? [viewOf(from), viewOf(to)] : [viewOf(to), viewOf(from)]
  const changed = await changedBetween(low, high, only)
  const overlays = [from, to].filter((side) => side instanceof Overlay)
  const ids = new Set([
    ...changed.keys(),
    ...overlays.flatMap((overlay) => Array.from(overlay.touched(), ([id]) => id)),
  ])
  await readAhead(low, [...changed.values()])
  const stateIn = async (side: Comparable, id: NodeId): Promise<NodeState | null> => {
    const pending = side instanceof Overlay ? side.stateById(id) : undefined
    if (pending !== undefined) return pending
    const rows = changed.get(id)
    if (rows !== undefined) return viewOf(side) === high ? stateAfter(high, rows.last) : stateBefore(low, rows.first)
    // No row tells of it, so what is pending over there changed what is here.
    return overlays.map((overlay) => overlay.originOf(id)).find((origin) => origin !== undefined) ?? null
  }
  const result: NodeDifference[] = []
  for (const id of ids) {
    const [before, after] = [await sideOf(from, await stateIn(from, id)), await sideOf(to, await stateIn(to, id))]
    if (before === null && after === null) continue
    const row = changed.get(id)?.last
    const ends: readonly (NodeEnd | undefined)[] = [
      ...overlays.map((overlay) => overlay.end(id)),
      row && { nodeVersion: row.version, partId: row.partId },
    ]
    result.push({ id, before, after, last: newest(ends) })
  }
  return result
}

/** A node's rows between two versions: the first tells where it was, the last what it became. */
interface Changed {
  readonly first: AddressedRow
  readonly last: AddressedRow
}

async function changedBetween(low: View, high: View, only?: NodeId): Promise<Map<NodeId, Changed>> {
  const changed = new Map<NodeId, Changed>()
  if (low.version >= high.version) return changed
  const content = (row: OplogRow): boolean => row.fileType === 'symlink'
  const range = { txnSeqAbove: low.version, txnSeqUpTo: high.version, content }
  const filter = only === undefined ? range : { ...range, nodeIds: new Set([only]) }
  for await (const rows of high.snapshot.scan(filter)) {
    for (const row of rows) {
      if (!isNodeRow(row) || row.operation === 'entries') continue
      const { first, last } = changed.get(row.nodeId) ?? { first: row, last: row }
      changed.set(row.nodeId, {
        first: row.version < first.version ? row : first,
        last: row.version > last.version ? row : last,
      })
    }
  }
  return changed
}

async function stateAfter(view: View, row: AddressedRow): Promise<NodeState | null> {
  if (row.fileType === 'directory') return (await view.state(directoryRef(row.nodeId))) ?? null
  return liveState(row)
}

async function stateBefore(view: View, row: OplogRow): Promise<NodeState | null> {
  const node = refBefore(row)
  return node === null ? null : ((await view.state(node)) ?? null)
}

/** Where a node was before a row of it; null where that row created it. */
function refBefore(row: OplogRow): NodeRef | null {
  if (row.operation === 'create') return null
  if (row.fileType === 'directory') return directoryRef(row.nodeId)
  const { formerPart } = row.operation === 'rename' ? parseAttributes(row.extendedAttributes) : {}
  const parentId = typeof formerPart === 'string' ? formerPart : row.partId
  return { id: row.nodeId, fileType: row.fileType as NodeRef['fileType'], parentId }
}

/** Nodes that share a directory are read together where they are many; few are cheaper one by one. */
async function readAhead(view: View, changed: readonly Changed[]): Promise<void> {
  const byPart = new Map<NodeId, NodeRef[]>()
  for (const { first } of changed) {
    const node = refBefore(first)
    const key = node?.fileType === 'directory' ? '' : (node?.parentId ?? '')
    if (node === null) continue
    const nodes = byPart.get(key)
    if (nodes === undefined) byPart.set(key, [node])
    else nodes.push(node)
  }
  for (const nodes of byPart.values()) if (nodes.length >= MANY) await view.readAhead(nodes)
}

function directoryRef(id: NodeId): NodeRef {
  return { id, fileType: 'directory', parentId: id }
}

function newest(ends: readonly (NodeEnd | undefined)[]): NodeEnd {
  const known = ends.filter((end) => end !== undefined)
  return known.reduce((a, b) => (b.nodeVersion > a.nodeVersion ? b : a))
}

function viewOf(side: Comparable): View {
  return side instanceof Overlay ? side.base : side
}

async function sideOf(side: Comparable, state: NodeState | null): Promise<NodeDifference['before']> {
  if (state === null) return null
  if (state.node.id === side.root.id) return { state, path: '/' }
  const directory = await side.directoryPath(state.node.parentId)
  return { state, path: directory === '/' ? `/${state.name}` : `${directory}/${state.name}` }
}

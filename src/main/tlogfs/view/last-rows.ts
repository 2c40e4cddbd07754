/**
 * The newest rows of nodes that are gone, for operations that bring them back: which node version comes
 * next, and whether somebody else has brought them back already. The lead is the directory that a node's
 * last row was in when it was gone; rows since are searched for all nodes together.
 */
import type { OplogRow, Snapshot } from '../../oplog'
import type { NodeId } from '../../tinyfs'

/** What the newest row of a node says. */
export interface LastRow {
  readonly nodeVersion: number
  /** Where that row is. */
  readonly partId: NodeId
  readonly isLive: boolean
}

/** By node; absent where no row is found. `parts`: for each node, a directory that it was in. */
export async function lastRows(
  { snapshot, version }: { readonly snapshot: Snapshot; readonly version: number },
  parts: ReadonlyMap<NodeId, NodeId>,
): Promise<Map<NodeId, LastRow>> {
  const newest = new Map<NodeId, OplogRow>()
  const see = (row: OplogRow): void => {
    const known = newest.get(row.nodeId)
    if (known === undefined || known.version < row.version) newest.set(row.nodeId, row)
  }
  for (const [nodeId, partId] of parts) {
    for await (const rows of snapshot.scan({ partId, nodeId, txnSeqUpTo: version })) rows.forEach(see)
  }
  const nodeIds = new Set(parts.keys())
  const txnSeqAbove = Math.min(...[...nodeIds].map((id) => newest.get(id)?.txnSeq ?? 0))
  if (txnSeqAbove < version) {
    for await (const rows of snapshot.scan({ nodeIds, txnSeqAbove, txnSeqUpTo: version })) rows.forEach(see)
  }
  const last = new Map<NodeId, LastRow>()
  for (const [id, { version: nodeVersion, partId, operation }] of newest)
    last.set(id, { nodeVersion, partId, isLive: operation !== 'delete' })
  return last
}

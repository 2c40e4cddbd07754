/**
 * All rows of one node, wherever they are. A row that moved a node, or brought it back elsewhere, names the
 * part that it was in before; following those costs what the node's own rows cost, not what the table has.
 */
import type { AddressedRow } from '../../oplog'
import type { NodeId, NodeRef } from '../../tinyfs'
import { parseAttributes } from './node-state'
import type { View } from '../view/view'

/** Where to begin. */
export interface NodeLead {
  readonly node: NodeRef
  /** Whether that is where the node is at the view's version; else it may have gone on from there. */
  readonly isThere: boolean
}

/** The node's rows up to the view's version, by node version, without content. */
export async function nodeRows(view: View, { node, isThere }: NodeLead): Promise<readonly AddressedRow[]> {
  const { snapshot, version } = view
  const rows = new Map<number, AddressedRow>()
  const parts = new Set<NodeId>([node.fileType === 'directory' ? node.id : node.parentId])
  const see = (row: AddressedRow): void => {
    rows.set(row.version, row)
    const { formerPart } = parseAttributes(row.extendedAttributes)
    if (typeof formerPart === 'string') parts.add(formerPart)
  }
  const follow = async (): Promise<void> => {
    // A set hands out what is added while it is walked.
    for (const partId of parts)
      for await (const batch of snapshot.scan({ partId, nodeId: node.id, txnSeqUpTo: version })) batch.forEach(see)
  }
  await follow()
  if (!isThere && node.fileType !== 'directory') {
    // The version of the last row included: what was changed here may have been moved on in the same one.
    const txnSeqAbove = Math.max(0, ...Array.from(rows.values(), (row) => row.txnSeq - 1))
    for await (const batch of snapshot.scan({ nodeIds: new Set([node.id]), txnSeqAbove, txnSeqUpTo: version }))
      batch.forEach(see)
    await follow()
  }
  if (!isWhole(rows)) return allRows(view, node.id)
  return inOrder(rows.values())
}

/** The same, with no lead but the id: one pass over the table. */
export async function allRows({ snapshot, version }: View, id: NodeId): Promise<readonly AddressedRow[]> {
  const rows: AddressedRow[] = []
  for await (const batch of snapshot.scan({ nodeIds: new Set([id]), txnSeqUpTo: version })) rows.push(...batch)
  return inOrder(rows)
}

/** A node's versions count from 1 without a gap. */
function isWhole(rows: ReadonlyMap<number, AddressedRow>): boolean {
  for (let version = 1; version <= rows.size; version++) if (!rows.has(version)) return false
  return rows.size > 0
}

function inOrder(rows: Iterable<AddressedRow>): readonly AddressedRow[] {
  return [...rows].sort((a, b) => a.version - b.version)
}

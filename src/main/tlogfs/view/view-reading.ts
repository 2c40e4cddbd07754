/**
 * How a view reads its version from the table: of one directory, of many in one pass, of the files in a
 * directory or wherever they are. What was read is noted in the view's memory.
 */
import type { OplogRow, Snapshot } from '../../oplog'
import type { Pace } from '../../platform'
import type { NodeId, NodeRef } from '../../tinyfs'
import { foldNames, foldPlace } from './directory-record'
import type { DirectoryState } from './directory-state'
import { liveState, type ViewMemory } from './view-memory'

export interface Reading {
  readonly snapshot: Snapshot
  readonly version: number
  readonly known: ViewMemory
  readonly pace: Pace
}

/** Names and places of these directories. */
export async function readNames(reading: Reading, ids: ReadonlySet<NodeId>): Promise<void> {
  for (const [id, rows] of await directoryRows(reading, ids, true)) {
    reading.known.names.learn(id, await foldNames(id, rows, { from: null, pace: reading.pace }))
    reading.known.places.learn(id, foldPlace(id, rows, null))
  }
}

/** Where these directories are, and what there is to say of them but their names. */
export async function readPlaces(reading: Reading, ids: ReadonlySet<NodeId>): Promise<void> {
  for (const [id, rows] of await directoryRows(reading, ids, false)) {
    reading.known.places.learn(id, foldPlace(id, rows, null))
  }
}

/** These files and symlinks, each where it is kept. */
export async function readNodes(reading: Reading, nodes: readonly NodeRef[]): Promise<void> {
  const parts = new Map<NodeId, NodeId>()
  for (const node of nodes) parts.set(node.id, node.parentId)
  const last = await reading.snapshot.newest({ nodes: parts, txnSeqUpTo: reading.version, content: isSymlink })
  for (const id of parts.keys()) {
    if (reading.pace.due) await reading.pace.rest()
    const row = last.get(id)
    reading.known.nodes.learn(id, row === undefined ? null : liveState(row))
  }
}

/** All files and symlinks of a directory. @param names of the directory; undefined where it is not live */
export async function readPart(reading: Reading, partId: NodeId, names: DirectoryState | undefined): Promise<void> {
  const nodes = (names?.sorted() ?? []).map(({ node }) => node)
  await readNodes(
    reading,
    nodes.filter(({ fileType }) => fileType !== 'directory'),
  )
  reading.known.parts.learn(partId, true)
}

export function isSymlink(row: OplogRow): boolean {
  return row.fileType === 'symlink'
}

/** The own rows of each of these directories; one is looked for where it is, many in one pass over all files. */
async function directoryRows(
  { snapshot, version }: Reading,
  ids: ReadonlySet<NodeId>,
  content: boolean,
): Promise<ReadonlyMap<NodeId, readonly OplogRow[]>> {
  const rows = new Map<NodeId, OplogRow[]>([...ids].map((id) => [id, []]))
  const [only] = ids.size === 1 ? ids : []
  const which = only === undefined ? { directories: ids } : { partId: only, nodeId: only }
  const filter = { ...which, txnSeqUpTo: version, ...(content ? { content } : {}) }
  for await (const batch of snapshot.scan(filter)) for (const row of batch) rows.get(row.nodeId)?.push(row)
  return rows
}

/**
 * Which node a path means: the one that is there, else the one that was there last. Directories tell that
 * themselves, so this costs what the directories on the way have been through, not what the pond has.
 */
import { isPondError, PondError } from '../../shared/errors'
import { pathNames, type PondPath } from '../../shared/path'
import type { OplogRow } from '../oplog'
import { ReadFileSystem, type NodeId, type NodeRef, type Views } from '../tinyfs'
import { decodeEntries, ROOT_ID, type NodeLead, type Overlay, type View } from '../tlogfs'
import type { State } from './state'

/** A node, and where its committed rows are; null where it has none yet. */
export interface FoundNode {
  readonly id: NodeId
  readonly rows: NodeLead | null
}

/** @throws tinyfs.not-found where nothing is and nothing ever was */
export async function nodeAt(place: PondPath, state: State, views: Views): Promise<FoundNode> {
  for (const backend of [views.over(state.overlay), state.head]) {
    try {
      const { node } = await new ReadFileSystem(backend).find(place, { follow: false })
      return foundIn(state.overlay, node)
    } catch (error) {
      if (!isPondError(error, 'tinyfs.not-found') && !isPondError(error, 'tinyfs.not-a-directory')) throw error
    }
  }
  const pending = state.overlay.applied.findLast(({ path, formerPath }) => path === place || formerPath === place)
  const node = pending?.after?.node ?? pending?.before?.node
  if (node !== undefined) return foundIn(state.overlay, node)
  const former = await formerNode(state.head, place)
  if (former === undefined)
    throw new PondError('tinyfs.not-found', `${place} does not exist and never did`, { path: place })
  return { id: former.node.id, rows: former }
}

/** By id alone: what is not pending and was not read before takes a pass over the table. */
export async function nodeById(id: NodeId, { overlay, head }: State): Promise<FoundNode> {
  const state = overlay.stateById(id) ?? overlay.originOf(id) ?? (await head.findNode(id))
  if (state) return foundIn(overlay, state.node)
  return { id, rows: null }
}

/** A node of the pending filesystem: its rows are where it was when the head was committed. */
function foundIn(overlay: Overlay, node: NodeRef): FoundNode {
  const { id } = node
  const origin = overlay.originOf(id)
  if (origin === undefined) return { id, rows: { node, isThere: true } }
  if (origin !== null) return { id, rows: { node: origin.node, isThere: true } }
  const from = overlay.applied.find(({ operation }) => operation.nodeId === id)?.operation.from
  return { id, rows: from ? { node: { ...node, parentId: from.directoryId }, isThere: false } : null }
}

/** The node that was at a path last, up to the view's version; undefined where none ever was. */
export function formerNode(view: View, place: PondPath): Promise<NodeLead | undefined> {
  return formerBelow(view, ROOT_ID, pathNames(place))
}

/** Depth first, newest first: a directory that was at a name last may not be the one that had the next name. */
async function formerBelow(
  view: View,
  directoryId: NodeId,
  [name, ...rest]: readonly string[],
): Promise<NodeLead | undefined> {
  if (name === undefined) return undefined
  const now = (await view.findDirectory(directoryId))?.lookup(name)?.node
  for (const node of await everNamed(view, directoryId, name)) {
    if (rest.length === 0) return { node, isThere: node.id === now?.id }
    const found = node.fileType === 'directory' ? await formerBelow(view, node.id, rest) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** The nodes that ever had a name in a directory, the last one first. */
async function everNamed({ snapshot, version }: View, directoryId: NodeId, name: string): Promise<NodeRef[]> {
  const rows: OplogRow[] = []
  const filter = { partId: directoryId, nodeId: directoryId, txnSeqUpTo: version, content: true }
  for await (const batch of snapshot.scan(filter)) rows.push(...batch)
  const wanted = name.normalize('NFC')
  const named = new Map<NodeId, NodeRef>()
  for (const row of rows.sort((a, b) => a.version - b.version)) {
    if (row.content === null || row.content.length === 0) continue
    for (const { name: each, childNodeId: id, nodeType: fileType } of decodeEntries(row.content, directoryId).entries) {
      if (each !== name && each.normalize('NFC') !== wanted) continue
      // Set again, so that the last one is last.
      named.delete(id)
      named.set(id, { id, fileType, parentId: directoryId })
    }
  }
  return [...named.values()].reverse()
}

/**
 * Which node a path means: the one that is there, else the one that was there last. Directories tell that
 * themselves, so this costs what the directories on the way have been through, not what the pond has.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { pathNames, type PondPath } from '../../../shared/path'
import type { OplogRow } from '../../oplog'
import { ReadFileSystem, type NodeId, type NodeRef, type Views } from '../../tinyfs'
import { decodeEntries, Overlay, ROOT_ID, type NodeLead, type View } from '../../tlogfs'
import type { State } from '../state/state'

/** A node, and where its committed rows are; null where it has none yet. */
export interface FoundNode {
  readonly id: NodeId
  readonly rows: NodeLead | null
}

/** @throws tinyfs.not-found where nothing is and nothing ever was */
export async function nodeAt(place: PondPath, state: State, views: Views): Promise<FoundNode> {
  const found = (await nodeIn(views.over(state.overlay), place)) ?? (await formerPending(state.overlay, place))
  if (found !== undefined) return foundIn(state.overlay, found)
  const committed = await nodeIn(state.head, place)
  if (committed !== undefined) return foundIn(state.overlay, committed)
  const former = await formerNode(state.head, place)
  if (former === undefined)
    throw new PondError('tinyfs.not-found', `${place} does not exist and never did`, { path: place })
  return { id: former.node.id, rows: former }
}

/** The node at a path of one moment, links not followed; else the one that was there last, up to that moment. */
export async function lastNodeAt(
  { fs, backend }: { readonly fs: ReadFileSystem; readonly backend: View | Overlay },
  place: PondPath,
): Promise<NodeId | undefined> {
  const here = await nodeIn(fs.backend, place)
  if (here !== undefined) return here.id
  if (!(backend instanceof Overlay)) return (await formerNode(backend, place))?.node.id
  return ((await formerPending(backend, place)) ?? (await formerNode(backend.base, place))?.node)?.id
}

async function nodeIn(backend: ReadFileSystem['backend'], place: PondPath): Promise<NodeRef | undefined> {
  try {
    return (await new ReadFileSystem(backend).find(place, { follow: false })).node
  } catch (error) {
    if (isPondError(error, 'tinyfs.not-found') || isPondError(error, 'tinyfs.not-a-directory')) return undefined
    throw error
  }
}

/** The node that a pending operation took away from a path: the last one, by its own move or that of a directory above. */
async function formerPending(overlay: Overlay, place: PondPath): Promise<NodeRef | undefined> {
  const { applied } = overlay
  for (let index = applied.length - 1; index >= 0; index--) {
    const { operation, path, formerPath, before } = applied.at(index)!
    if (operation.kind === 'delete' ? path === place : formerPath === place) return before?.node
    if (formerPath === null || !place.startsWith(`${formerPath}/`)) continue
    const moved = await nodeAfter(overlay, { index, place: path + place.slice(formerPath.length) })
    if (moved !== undefined) return moved
  }
  return undefined
}

/** The node that was at a place just after the operation of that index, wherever later ones took it. */
async function nodeAfter(
  overlay: Overlay,
  { index, place }: { readonly index: number; readonly place: string },
): Promise<NodeRef | undefined> {
  let at = place
  for (const { operation, path, formerPath, before, after } of overlay.applied.from(index + 1)) {
    if (operation.kind === 'rename' && formerPath !== null) {
      if (formerPath === at) return before?.node
      if (at.startsWith(`${formerPath}/`)) at = path + at.slice(formerPath.length)
      // What comes to a place later was not there, and so nothing was.
      else if (path === at) return undefined
    } else if (path === at) return operation.kind === 'create' ? undefined : (before ?? after)?.node
  }
  return nodeIn(overlay, at as PondPath)
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
  const from = overlay.stepsOf(id)[0]?.operation.from
  return { id, rows: from ? { node: { ...node, parentId: from.directoryId }, isThere: false } : null }
}

/** The node that was at a path last, up to the view's version; undefined where none ever was. */
function formerNode(view: View, place: PondPath): Promise<NodeLead | undefined> {
  return formerBelow(view, { directoryId: ROOT_ID, from: 0, to: Infinity }, pathNames(place))
}

/** Versions of the pond from `from` on, up to and without `to`. */
interface Period {
  readonly from: number
  readonly to: number
}

/** Depth first, newest first: a directory that was at a name last may not be the one that had the next name then. */
async function formerBelow(
  view: View,
  { directoryId, ...period }: Period & { readonly directoryId: NodeId },
  [name, ...rest]: readonly string[],
): Promise<NodeLead | undefined> {
  if (name === undefined) return undefined
  const now = (await view.findDirectory(directoryId))?.lookup(name)?.node
  for (const { node, from, to } of await namedIn(view, directoryId, name)) {
    const both = { from: Math.max(from, period.from), to: Math.min(to, period.to) }
    if (both.from >= both.to) continue
    if (rest.length === 0) return { node, isThere: node.id === now?.id }
    if (node.fileType !== 'directory') continue
    const found = await formerBelow(view, { directoryId: node.id, ...both }, rest)
    if (found !== undefined) return found
  }
  return undefined
}

/** The nodes that ever had a name in a directory, and when; the last one first. */
async function namedIn(
  { snapshot, version }: View,
  directoryId: NodeId,
  name: string,
): Promise<(Period & { readonly node: NodeRef })[]> {
  const rows: OplogRow[] = []
  const filter = { partId: directoryId, nodeId: directoryId, txnSeqUpTo: version, content: true }
  for await (const batch of snapshot.scan(filter)) rows.push(...batch)
  const wanted = name.normalize('NFC')
  const periods: (Period & { readonly node: NodeRef })[] = []
  /** By spelling, as two twins may be there at once. */
  const open = new Map<string, { readonly node: NodeRef; readonly from: number }>()
  const end = (spelling: string, to: number): void => {
    const last = open.get(spelling)
    if (last !== undefined) periods.push({ ...last, to })
    open.delete(spelling)
  }
  for (const row of rows.sort((a, b) => a.version - b.version)) {
    if (row.operation === 'delete') for (const spelling of [...open.keys()]) end(spelling, row.txnSeq)
    if (row.content === null || row.content.length === 0) continue
    const { mode, entries } = decodeEntries(row.content, directoryId)
    const named = entries.filter(({ name: each }) => each === name || each.normalize('NFC') === wanted)
    if (mode === 'full') {
      for (const [spelling, { node }] of [...open])
        if (!named.some((each) => each.name === spelling && each.childNodeId === node.id)) end(spelling, row.txnSeq)
    }
    for (const { name: spelling, childNodeId: id, nodeType: fileType, operation } of named) {
      if (operation !== 'delete' && open.get(spelling)?.node.id === id) continue
      end(spelling, row.txnSeq)
      if (operation !== 'delete')
        open.set(spelling, { node: { id, fileType, parentId: directoryId }, from: row.txnSeq })
    }
  }
  for (const spelling of [...open.keys()]) end(spelling, Infinity)
  return periods.sort((a, b) => b.to - a.to)
}

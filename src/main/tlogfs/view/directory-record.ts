/**
 * What a directory's own rows say of it: where it is, and the names in it. Relies on getting all of its
 * rows up to a version; drawn in docs/formats.md.
 */
import { PondError } from '../../../shared/errors'
import type { OplogRow } from '../../oplog'
import type { Pace } from '../../platform'
import type { DirectoryEntry, NodeId, NodeRef } from '../../tinyfs'
import { decodeEntries } from './directory'
import { DirectoryState } from './directory-state'
import { parseAttributes, type NodeState } from '../content/node-state'
import { ROOT_ID } from '../content/operation'

export const ROOT_NODE: NodeRef = { id: ROOT_ID, fileType: 'directory', parentId: ROOT_ID }

const NOTHING: NodeState = {
  node: ROOT_NODE,
  name: '',
  nodeVersion: 0,
  modifiedAt: 0,
  size: null,
  sha256: null,
  minEventTime: null,
  maxEventTime: null,
  target: null,
  attributes: {},
  content: { kind: 'none' },
  version: 0,
}
/** Entries between two looks at the clock, which costs more than an entry. */
const PACED_ENTRIES = 1_024
const NO_NAMES = { fullEntries: 0, deltaEntries: 0, deltaRows: 0 }

/** Where a directory is after its own rows, or after those since `from`; null once it is removed. No content is needed. */
export function foldPlace(id: NodeId, rows: readonly OplogRow[], from: NodeState | null): NodeState | null {
  let live = from !== null || id === ROOT_ID
  let state = from ?? NOTHING
  for (const row of inOrder(rows)) {
    if (row.operation === 'delete') live = false
    else if (row.operation === 'create' || row.operation === 'rename') {
      live = true
      const attributes = parseAttributes(row.extendedAttributes)
      const parentId = typeof attributes['parent'] === 'string' ? attributes['parent'] : ROOT_ID
      state = { ...state, node: { id, fileType: 'directory', parentId }, name: row.name ?? '', attributes }
    }
    state = { ...state, nodeVersion: row.version, modifiedAt: row.timestamp, version: row.txnSeq }
  }
  return live ? state : null
}

/**
 * The names in a directory after its own rows, content included, or after those since `from`: creation
 * or full state, then deltas; a delete ends it. @throws tlogfs.corrupt-directory
 */
export async function foldNames(
  id: NodeId,
  rows: readonly OplogRow[],
  { from, pace }: { readonly from: DirectoryState | null; readonly pace: Pace },
): Promise<DirectoryState | null> {
  let live = from !== null || id === ROOT_ID
  // What the rows change in the names before them; null once those do not matter any more.
  let before = from
  let names = new Map<string, DirectoryEntry | null>()
  let stored = before?.stored ?? NO_NAMES
  for (const row of inOrder(rows)) {
    if (row.operation === 'delete') {
      live = false
      before = null
      names = new Map()
      stored = NO_NAMES
    } else if (row.operation === 'create' || row.operation === 'rename') live = true
    if (row.operation !== 'create' && row.operation !== 'entries') continue
    if (row.content === null || row.content.length === 0) {
      if (row.operation === 'create') continue
      // It is there for its names alone: none would look like no change.
      const message = `the names that version ${row.txnSeq} gave directory ${id} are missing`
      throw new PondError('tlogfs.corrupt-directory', message, { directoryId: id, version: row.txnSeq })
    }
    if (pace.due) await pace.rest()
    const { mode, entries } = decodeEntries(row.content, row.nodeId)
    if (mode === 'full') {
      before = null
      names = new Map()
      stored = { fullEntries: entries.length, deltaEntries: 0, deltaRows: 0 }
    } else {
      stored = { ...stored, deltaEntries: stored.deltaEntries + entries.length, deltaRows: stored.deltaRows + 1 }
    }
    for (const [i, entry] of entries.entries()) {
      if (i % PACED_ENTRIES === 0 && pace.due) await pace.rest()
      const node = { id: entry.childNodeId, fileType: entry.nodeType, parentId: id }
      names.set(entry.name, entry.operation === 'delete' ? null : { name: entry.name, node })
    }
  }
  if (!live) return null
  return before === null ? DirectoryState.of(names, stored) : before.next(names, stored)
}

function inOrder(rows: readonly OplogRow[]): readonly OplogRow[] {
  return rows.toSorted((a, b) => a.version - b.version)
}

/** From nodes and their metadata to the entries that people see, with what is pending on them. */
import mime from 'mime/lite'
import type { Change, ChangeKind, Entry, ViewDefinition } from '../../shared/model'
import { parentPath, type PondPath } from '../../shared/path'
import { changesOf, type NodeState, type Overlay } from '../tlogfs'
import type { Metadata, NodeId } from '../tinyfs'

/** What is pending, indexed for listings. Computed once per pending state. */
export interface ChangeIndex {
  /** By path, in order. */
  readonly changes: readonly Change[]
  readonly byNode: ReadonlyMap<NodeId, Change>
  /** Changes at or below a path. */
  readonly below: ReadonlyMap<string, number>
}

export const NO_CHANGES: ChangeIndex = { changes: [], byNode: new Map(), below: new Map() }

export async function indexChanges(overlay: Overlay): Promise<ChangeIndex> {
  const changes = await changesOf(await overlay.differences(), overlay.pace)
  const byNode = new Map<NodeId, Change>()
  const below = new Map<string, number>()
  for (const change of changes) {
    if (overlay.pace.due) await overlay.pace.rest()
    byNode.set(change.nodeId, change)
    for (let path = change.path as PondPath; ; path = parentPath(path)) {
      below.set(path, (below.get(path) ?? 0) + 1)
      if (path === '/') break
    }
  }
  return { changes, byNode, below }
}

/** A node as it was reached. */
export interface Reached {
  /** From the directory in which reading begins. */
  readonly path: string
  /** From the root of the pond. */
  readonly wholePath: string
  readonly name: string
  readonly metadata: Metadata
  /** Of a symlink, as written. */
  readonly target: string | null
}

export function entryOf({ path, wholePath, name, metadata, target }: Reached, index: ChangeIndex): Entry {
  const { node } = metadata
  const change = index.byNode.get(node.id)
  return {
    path,
    name,
    nodeId: node.id,
    fileType: node.fileType,
    size: metadata.size,
    sha256: metadata.sha256,
    nodeVersion: metadata.nodeVersion,
    modifiedAt: metadata.modifiedAt,
    mediaType: mediaType(name, metadata),
    target,
    change: change?.change ?? null,
    oldPath: change?.oldPath ?? null,
    pendingBelow: node.fileType === 'directory' ? (index.below.get(wholePath) ?? 0) : 0,
    ...viewOf(metadata),
  }
}

/** An entry of a node that is pending deletion, as it was. */
export function deletedEntry(change: Change, state: NodeState): Entry {
  const { node, name, size, sha256, nodeVersion, modifiedAt, target } = state
  return {
    path: change.path,
    name,
    nodeId: node.id,
    fileType: node.fileType,
    size,
    sha256,
    nodeVersion,
    modifiedAt,
    mediaType: null,
    target,
    change: 'deleted' satisfies ChangeKind,
    oldPath: null,
    pendingBelow: 0,
  }
}

/** A stored directory keeps no such attribute: it comes from the provider alone. */
function viewOf({ node, nodeVersion, attributes }: Metadata): { readonly view?: ViewDefinition } {
  const { view } = attributes
  const isView = node.fileType === 'directory' && nodeVersion === 0 && typeof view === 'object'
  return isView ? { view: view as ViewDefinition } : {}
}

function mediaType(name: string, { node, attributes }: Metadata): string | null {
  if (node.fileType === 'directory' || node.fileType === 'symlink') return null
  if (typeof attributes['mediaType'] === 'string') return attributes['mediaType']
  const extra: Readonly<Record<string, string>> = {
    parquet: 'application/vnd.apache.parquet',
    arrow: 'application/vnd.apache.arrow.file',
    jsonl: 'application/jsonl',
    ndjson: 'application/jsonl',
    tsv: 'text/tab-separated-values',
  }
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return extra[extension] ?? mime.getType(name)
}

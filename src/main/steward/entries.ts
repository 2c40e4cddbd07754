/** From nodes and their metadata to the entries that people see, with what is pending on them. */
import mime from 'mime/lite'
import type { Change, ChangeKind, Entry } from '../../shared/model'
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
  const changes = changesOf(await overlay.differences())
  const byNode = new Map<NodeId, Change>()
  const below = new Map<string, number>()
  for (const change of changes) {
    byNode.set(change.nodeId, change)
    for (let path = change.path as PondPath; ; path = parentPath(path)) {
      below.set(path, (below.get(path) ?? 0) + 1)
      if (path === '/') break
    }
  }
  return { changes, byNode, below }
}

export function entryOf(
  path: string,
  name: string,
  metadata: Metadata,
  target: string | null,
  index: ChangeIndex,
): Entry {
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
    pendingBelow: node.fileType === 'directory' ? (index.below.get(path) ?? 0) : 0,
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

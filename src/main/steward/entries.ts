/** From nodes and their metadata to the entries that people see, with what is pending on them. */
import mime from 'mime/lite'
import type { Change, ChangeKind, CommitOutcome, Entry, ViewDefinition } from '../../shared/model'
import { compareUtf8 } from '../../shared/path'
import { changesOf, type NodeState, type Overlay } from '../tlogfs'
import type { Metadata, NodeId } from '../tinyfs'

/** What is pending, indexed for listings. Computed once per pending state. */
export class ChangeIndex {
  /** By path, in order. */
  readonly changes: readonly Change[]
  readonly byNode: ReadonlyMap<NodeId, Change>
  #deleted: ReadonlyMap<string, readonly Change[]> | undefined

  constructor(changes: readonly Change[], byNode: ReadonlyMap<NodeId, Change>) {
    this.changes = changes
    this.byNode = byNode
  }

  /** How many changes are at or below a path: in their order these stand together. */
  countBelow(path: string): number {
    if (path === '/' || this.changes.length === 0) return this.changes.length
    const at = this.#before(path)
    const isChanged = this.changes[at]?.path === path
    // The next character after a slash begins what comes after everything below.
    return (isChanged ? 1 : 0) + this.#before(`${path}0`) - this.#before(`${path}/`)
  }

  /** Entries of a directory that are pending deletion. */
  deletedIn(directory: string): readonly Change[] {
    this.#deleted ??= byDirectory(this.changes.filter(({ change }) => change === 'deleted'))
    return this.#deleted.get(directory) ?? []
  }

  /** How many changes are at paths before this one. */
  #before(path: string): number {
    let [low, high] = [0, this.changes.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareUtf8(this.changes[middle]!.path, path) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

export const NO_CHANGES = new ChangeIndex([], new Map())

export async function indexChanges(overlay: Overlay): Promise<ChangeIndex> {
  const changes = await changesOf(await overlay.differences(), overlay.pace)
  const byNode = new Map<NodeId, Change>()
  for (const change of changes) {
    if (overlay.pace.due) await overlay.pace.rest()
    byNode.set(change.nodeId, change)
  }
  return new ChangeIndex(changes, byNode)
}

function byDirectory(changes: readonly Change[]): Map<string, Change[]> {
  const found = new Map<string, Change[]>()
  for (const change of changes) {
    const directory = change.path.slice(0, Math.max(1, change.path.lastIndexOf('/')))
    const known = found.get(directory)
    if (known === undefined) found.set(directory, [change])
    else known.push(change)
  }
  return found
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
    pendingBelow: node.fileType === 'directory' ? index.countBelow(wholePath) : 0,
    ...viewOf(metadata),
  }
}

/** What a stage answers with, where it committed as well: nothing of it is pending any more. */
export function asCommitted(entry: Entry, commit: CommitOutcome | null): Entry {
  return commit?.outcome === 'committed' ? { ...entry, change: null, oldPath: null, pendingBelow: 0 } : entry
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

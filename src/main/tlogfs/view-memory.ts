/**
 * What a view has read of its version, and how that becomes what the view of a later version knows:
 * rows in between replace what they are about, and everything else is shared.
 */
import type { OplogRow } from '../oplog'
import type { NodeId } from '../tinyfs'
import { foldDirectory, type DirectoryRecord } from './directory-record'
import { LayeredMap } from './layered-map'
import { stateOfRow, type NodeState } from './node-state'

export class ViewMemory {
  /** Null: not live at this version. */
  readonly directories: LayeredMap<NodeId, DirectoryRecord | null>
  /** Of files and symlinks; null: not live. */
  readonly nodes: LayeredMap<NodeId, NodeState | null>
  /** Directories of which every file and symlink is in `nodes`. */
  readonly parts: LayeredMap<NodeId, true>

  constructor(
    directories: ViewMemory['directories'] = new LayeredMap(),
    nodes: ViewMemory['nodes'] = new LayeredMap(),
    parts: ViewMemory['parts'] = new LayeredMap(),
  ) {
    this.directories = directories
    this.nodes = nodes
    this.parts = parts
  }

  /** What is known after these rows, which are all since; those of directories and symlinks with their content. */
  next(rows: readonly OplogRow[]): ViewMemory {
    const ofDirectories = new Map<NodeId, OplogRow[]>()
    const last = new Map<NodeId, OplogRow>()
    for (const row of rows) {
      if (row.fileType === 'transaction') continue
      if (row.fileType !== 'directory') last.set(row.nodeId, later(last.get(row.nodeId), row))
      else ofDirectories.set(row.nodeId, [...(ofDirectories.get(row.nodeId) ?? []), row])
    }
    const directories = new Map<NodeId, DirectoryRecord | null | undefined>()
    for (const [id, own] of ofDirectories) {
      const before = this.directories.get(id)
      directories.set(id, before === undefined ? undefined : foldDirectory(id, own, before))
    }
    const nodes = new Map([...last].map(([id, row]) => [id, liveState(row)]))
    return new ViewMemory(this.directories.next(directories), this.nodes.next(nodes), this.parts)
  }
}

export function later<Row extends OplogRow>(known: Row | undefined, row: Row): Row {
  return known !== undefined && known.version > row.version ? known : row
}

export function liveState(row: OplogRow): NodeState | null {
  return row.operation === 'delete' ? null : stateOfRow(row)
}

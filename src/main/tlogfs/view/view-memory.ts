/**
 * What a view has read of its version, and how that becomes what the view of a later version knows:
 * rows in between replace what they are about, and everything else is shared.
 */
import type { AddressedRow, OplogRow } from '../../oplog'
import type { Pace } from '../../platform'
import type { NodeId } from '../../tinyfs'
import { foldNames, foldPlace } from './directory-record'
import type { DirectoryState } from './directory-state'
import { LayeredMap } from '../maps/layered-map'
import { stateOfRow, type NodeState } from '../content/node-state'

interface Known {
  /** The names in a directory; null: not live at this version. */
  readonly names: LayeredMap<NodeId, DirectoryState | null>
  /** What there is to say of a directory besides. */
  readonly places: LayeredMap<NodeId, NodeState | null>
  /** Of files and symlinks. */
  readonly nodes: LayeredMap<NodeId, NodeState | null>
  /** Directories of which every file and symlink is in `nodes`. */
  readonly parts: LayeredMap<NodeId, true>
}

export class ViewMemory implements Known {
  readonly names: Known['names']
  readonly places: Known['places']
  readonly nodes: Known['nodes']
  readonly parts: Known['parts']

  constructor({ names, places, nodes, parts }: Partial<Known> = {}) {
    this.names = names ?? new LayeredMap()
    this.places = places ?? new LayeredMap()
    this.nodes = nodes ?? new LayeredMap()
    this.parts = parts ?? new LayeredMap()
  }

  /** What is known after these rows, which are all since; those of directories and symlinks with their content. */
  async next(rows: readonly AddressedRow[], pace: Pace): Promise<ViewMemory> {
    const ofDirectories = new Map<NodeId, OplogRow[]>()
    const last = new Map<NodeId, AddressedRow>()
    for (const row of rows) {
      if (row.fileType === 'transaction') continue
      if (row.fileType !== 'directory') last.set(row.nodeId, later(last.get(row.nodeId), row))
      else ofDirectories.set(row.nodeId, [...(ofDirectories.get(row.nodeId) ?? []), row])
    }
    const names = new Map<NodeId, DirectoryState | null | undefined>()
    const places = new Map<NodeId, NodeState | null | undefined>()
    for (const [id, own] of ofDirectories) {
      const [namesBefore, placeBefore] = [this.names.get(id), this.places.get(id)]
      names.set(id, namesBefore === undefined ? undefined : await foldNames(id, own, { from: namesBefore, pace }))
      places.set(id, placeBefore === undefined ? undefined : foldPlace(id, own, placeBefore))
    }
    const nodes = new Map([...last].map(([id, row]) => [id, liveState(row)]))
    return new ViewMemory({
      names: this.names.next(names),
      places: this.places.next(places),
      nodes: this.nodes.next(nodes),
      parts: this.parts,
    })
  }
}

export function later<Row extends OplogRow>(known: Row | undefined, row: Row): Row {
  return known !== undefined && known.version > row.version ? known : row
}

export function liveState(row: AddressedRow): NodeState | null {
  return row.operation === 'delete' ? null : stateOfRow(row)
}

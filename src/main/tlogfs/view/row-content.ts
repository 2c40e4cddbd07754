/**
 * Content that is kept in rows, read where its row was found. A compaction moves rows into other files,
 * and then they are looked for again: one by one where few are asked for, else a directory's at once.
 */
import { isPondError } from '../../../shared/errors'
import type { OplogRow, RowAddress, Snapshot } from '../../oplog'
import type { NodeId } from '../../tinyfs'
import type { NodeState } from '../content/node-state'

/** From this many rows of a directory on that have moved, all of its rows are looked for. */
const MANY_MOVED = 16

interface Moved {
  count: number
  /** By node and node version. */
  addresses?: Promise<ReadonlyMap<string, RowAddress>>
}

export class RowContent {
  readonly #snapshot: Snapshot
  readonly #version: number
  readonly #moved = new Map<NodeId, Moved>()

  constructor(snapshot: Snapshot, version: number) {
    this.#snapshot = snapshot
    this.#version = version
  }

  /** Of a state whose content is in a row; null where the row has none, or is gone. @throws oplog.missing-data, oplog.corrupt-data */
  async of(state: NodeState): Promise<Uint8Array | null> {
    const { content, node } = state
    if (content.kind !== 'row') return null
    const there = await this.#at(content.address)
    if (there !== undefined) return there
    const address = (await this.#found(content.partId))?.get(keyOf(node.id, content.nodeVersion))
    const found = address && (await this.#at(address))
    return found === undefined ? this.#search(state) : found
  }

  /** Undefined where the file is not one of the snapshot's any more. */
  async #at(address: RowAddress): Promise<Uint8Array | null | undefined> {
    try {
      return await this.#snapshot.contentOf(address)
    } catch (error) {
      if (isPondError(error, 'oplog.missing-data')) return undefined
      throw error
    }
  }

  /** Where the rows of a directory are by now; undefined as long as few were asked for. */
  async #found(partId: NodeId): Promise<ReadonlyMap<string, RowAddress> | undefined> {
    const moved = this.#moved.get(partId) ?? { count: 0 }
    this.#moved.set(partId, moved)
    if (++moved.count <= MANY_MOVED) return undefined
    moved.addresses ??= this.#addresses(partId)
    return moved.addresses
  }

  async #addresses(partId: NodeId): Promise<ReadonlyMap<string, RowAddress>> {
    const addresses = new Map<string, RowAddress>()
    for await (const rows of this.#snapshot.scan({ partId, txnSeqUpTo: this.#version }))
      for (const { nodeId, version, address } of rows) addresses.set(keyOf(nodeId, version), address)
    return addresses
  }

  async #search({ node, content, version }: NodeState): Promise<Uint8Array | null> {
    if (content.kind !== 'row') return null
    let bytes: Uint8Array | null = null
    const isWanted = (row: OplogRow): boolean => row.version === content.nodeVersion
    const filter = {
      partId: content.partId,
      nodeId: node.id,
      // The row of one version: no other file is looked into.
      ...(version === null ? {} : { txnSeqAbove: version - 1 }),
      txnSeqUpTo: version ?? this.#version,
      content: isWanted,
    }
    for await (const rows of this.#snapshot.scan(filter)) for (const row of rows) if (isWanted(row)) bytes = row.content
    return bytes
  }
}

function keyOf(nodeId: NodeId, nodeVersion: number): string {
  return `${nodeId} ${nodeVersion}`
}

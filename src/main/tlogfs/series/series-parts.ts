/**
 * The versions a series is made of at one moment, oldest first, wherever its rows are: committed ones in
 * every directory it was kept in, pending ones on top. Reads rows without content; whoever wants the
 * bytes of a part opens its state.
 */
import type { Micros, Version } from '../../../shared/model'
import type { AddressedRow } from '../../oplog'
import type { NodeRef } from '../../tinyfs'
import { stateOfRow, type NodeState } from '../content/node-state'
import { nodeRows } from '../content/node-rows'
import type { Overlay } from '../overlay/overlay'
import { seriesFacts } from '../content/series'
import type { View } from '../view/view'

/** One version of a series: a whole Parquet file. */
export interface SeriesPart {
  readonly nodeVersion: number
  /** The pond version that committed it; null while it is pending. */
  readonly version: Version | null
  readonly size: number
  readonly sha256: string
  readonly rows: number | null
  readonly timestampColumn: string | null
  /** Of its event times; null where it has none. */
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
  /** What `openState` of the backend it came from takes. */
  readonly state: NodeState
}

/** The parts of the series at a node of this backend, in the order in which they were appended. */
export async function seriesParts(backend: View | Overlay, node: NodeRef): Promise<SeriesPart[]> {
  const chain = new Chain()
  for (const row of await committedRows(backend, node)) {
    const state = row.operation === 'delete' ? null : stateOfRow(row)
    chain.add({ kind: row.operation, nodeVersion: row.version, state })
  }
  if ('base' in backend) {
    for (const { operation, nodeVersion, after } of backend.stepsOf(node.id))
      chain.add({ kind: operation.kind, nodeVersion, state: after })
  }
  return chain.parts()
}

/** Rows of the node up to the backend's version, wherever it was. */
async function committedRows(backend: View | Overlay, node: NodeRef): Promise<readonly AddressedRow[]> {
  if (!('base' in backend)) return nodeRows(backend, { node, isThere: true })
  const origin = backend.originOf(node.id)
  if (origin === undefined) return nodeRows(backend.base, { node, isThere: true })
  if (origin !== null) return nodeRows(backend.base, { node: origin.node, isThere: true })
  // Made anew, or brought back from the part that it was deleted in.
  const birth = backend.stepsOf(node.id)[0]?.operation
  if (birth === undefined || birth.priorVersion === 0) return []
  const parentId = birth.from?.directoryId ?? birth.place.directoryId
  return nodeRows(backend.base, { node: { ...node, parentId }, isThere: birth.from !== null })
}

interface Link {
  readonly part: SeriesPart
  readonly before: Link | null
}

/** What a series consists of after each of its node versions, sharing what they have in common. */
class Chain {
  #last: Link | null = null
  readonly #at = new Map<number, Link | null>()

  add(step: { readonly kind: string; readonly nodeVersion: number; readonly state: NodeState | null }): void {
    this.#last = this.#after(step)
    this.#at.set(step.nodeVersion, this.#last)
  }

  parts(): SeriesPart[] {
    const parts: SeriesPart[] = []
    for (let link = this.#last; link !== null; link = link.before) parts.push(link.part)
    return parts.reverse()
  }

  #after({ kind, state }: { readonly kind: string; readonly state: NodeState | null }): Link | null {
    if (state === null) return null
    const facts = seriesFacts(state)
    if (facts === null) return null
    switch (kind) {
      case 'append':
        return { part: partOf(state), before: this.#last }
      case 'create':
      case 'update':
        if (facts.partsOf !== undefined) return this.#at.get(facts.partsOf) ?? { part: partOf(state), before: null }
        return { part: partOf(state), before: null }
      default:
        // A rename repeats the newest part and adds none.
        return this.#last
    }
  }
}

function partOf(state: NodeState): SeriesPart {
  const facts = seriesFacts(state)
  return {
    nodeVersion: state.nodeVersion,
    version: state.version,
    size: state.size ?? 0,
    sha256: state.sha256 ?? '',
    rows: facts?.rows ?? null,
    timestampColumn: facts?.timestampColumn ?? null,
    minEventTime: state.minEventTime,
    maxEventTime: state.maxEventTime,
    state,
  }
}

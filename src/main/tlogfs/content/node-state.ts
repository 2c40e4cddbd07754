/** What is known of a node at one moment, whether it comes from committed rows or pending operations. */
import type { Micros } from '../../../shared/model'
import type { AddressedRow, RowAddress } from '../../oplog'
import type { Metadata, NodeId, NodeRef } from '../../tinyfs'
import { INLINE_LIMIT } from './operation'
import { contentBytes, contentHash, seriesFacts } from './series'

/** Where a file's bytes are. */
export type ContentSource =
  | { readonly kind: 'none' }
  /** In the content column of the row (part, node, node version), which was found at the address. */
  | { readonly kind: 'row'; readonly partId: NodeId; readonly nodeVersion: number; readonly address: RowAddress }
  /** With a pending operation, in the journal. */
  | { readonly kind: 'operation'; readonly seq: number }
  /** In the folder `large`, named by its hash. */
  | { readonly kind: 'blob' }

export interface NodeState {
  readonly node: NodeRef
  readonly name: string
  readonly nodeVersion: number
  readonly modifiedAt: Micros
  readonly size: number | null
  readonly sha256: string | null
  /** Event times in the content, of a series: of its newest version. */
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
  readonly target: string | null
  readonly attributes: Readonly<Record<string, unknown>>
  readonly content: ContentSource
  /** Pond version that last wrote a row of the node; null while that is pending. */
  readonly version: number | null
}

export function metadataOf(state: NodeState): Metadata {
  const { node, nodeVersion, modifiedAt, attributes } = state
  const { minEventTime, maxEventTime } = seriesFacts(state) ?? state
  const identity = { size: contentBytes(state), sha256: contentHash(state) }
  return { node, ...identity, nodeVersion, modifiedAt, minEventTime, maxEventTime, attributes }
}

const decoder = new TextDecoder()

/** The state that a committed row of a file or symlink leaves; directories are folded from several. */
export function stateOfRow(row: AddressedRow): NodeState {
  const isFile = row.fileType.startsWith('file:')
  return {
    node: { id: row.nodeId, fileType: row.fileType as NodeRef['fileType'], parentId: row.partId },
    name: row.name ?? '',
    nodeVersion: row.version,
    modifiedAt: row.timestamp,
    size: isFile ? row.size : null,
    sha256: isFile ? row.sha256 : null,
    minEventTime: row.minEventTime,
    maxEventTime: row.maxEventTime,
    target: row.fileType === 'symlink' && row.content ? decoder.decode(row.content) : null,
    attributes: parseAttributes(row.extendedAttributes),
    content: !isFile
      ? { kind: 'none' }
      : (row.size ?? 0) > INLINE_LIMIT
        ? { kind: 'blob' }
        : { kind: 'row', partId: row.partId, nodeVersion: row.version, address: row.address },
    version: row.txnSeq,
  }
}

/** Attributes are advice: text that is no JSON object reads as none. */
export function parseAttributes(text: string | null): Readonly<Record<string, unknown>> {
  if (!text) return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}

/** True when a reader of the node would see the same thing. */
export function sameContent(a: NodeState, b: NodeState): boolean {
  return (
    contentHash(a) === contentHash(b) &&
    a.size === b.size &&
    a.target === b.target &&
    a.node.fileType === b.node.fileType &&
    saysTheSame(a.attributes, b.attributes)
  )
}

/** Attributes by which people read a file: how its text is a table, and its media type. */
const SAID = ['reading', 'mediaType'] as const

/** Whether the same was said of two files. Null is as good as nothing. */
export function saysTheSame(a: NodeState['attributes'], b: NodeState['attributes']): boolean {
  return SAID.every((name) => JSON.stringify(a[name] ?? null) === JSON.stringify(b[name] ?? null))
}

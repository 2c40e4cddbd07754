/**
 * A pending operation: what somebody did, as plain data that can be written to the journal and
 * replayed on any head. It names nodes by id and places by (directory id, name); node versions, paths
 * and pond versions are not part of it, replay computes them.
 */
import type { FileType, Micros, OperationKind } from '../../../shared/model'
import type { NodeId } from '../../tinyfs'

/** Content of at most this many bytes is kept in the row; more is a blob. */
export const INLINE_LIMIT = 65_536

export const ROOT_ID: NodeId = '00000000-0000-7000-8000-000000000000'
/** `part_id` of the rows that describe transactions. */
export const TRANSACTIONS_ID: NodeId = '00000000-0000-7000-8000-000000000001'

export interface Place {
  readonly directoryId: NodeId
  readonly name: string
}

export interface Operation {
  /** Unique within the pond's journal, growing, never reused. */
  readonly seq: number
  readonly kind: OperationKind
  readonly nodeId: NodeId
  readonly fileType: FileType
  /** Where the entry is; for a rename, where it goes. */
  readonly place: Place
  /** A rename's origin; of a create that brings a deleted node back, where the last row of it is. */
  readonly from: Place | null
  readonly stagedAt: Micros
  /** Of the new content; null for directories, symlinks, deletes and renames. */
  readonly size: number | null
  readonly sha256: string | null
  /** An update: the hash of the content it replaces. */
  readonly baseSha256: string | null
  /** A symlink's target. */
  readonly target: string | null
  /** A create that brings a deleted node back: the node version it had last. */
  readonly priorVersion: number
  /** Event times in the content of a series' version; null where there are none. */
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
  readonly attributes: Readonly<Record<string, unknown>>
}

/** One for all that have nothing to tell: there may be many. */
export const NO_ATTRIBUTES: Operation['attributes'] = {}

export function hasAttributes(attributes: Operation['attributes']): boolean {
  for (const _ in attributes) return true
  return false
}

/** True where the operation's content travels in the journal (and then in the row). */
export function hasInlineContent(operation: Operation): boolean {
  return operation.size !== null && operation.size <= INLINE_LIMIT
}

/** True where the operation's content is a blob. */
export function hasBlob(operation: Operation): boolean {
  return operation.size !== null && operation.size > INLINE_LIMIT
}

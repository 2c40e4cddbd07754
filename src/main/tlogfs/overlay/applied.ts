/** The outcome of replaying operations: which took effect, why one did not, and what each node became. */
import type { ErrorCode } from '../../../shared/errors'
import type { NodeId } from '../../tinyfs'
import type { NodeState } from '../content/node-state'
import type { Operation } from '../content/operation'

/** An operation that took effect, with what replay computed for it. */
export interface AppliedOperation {
  readonly operation: Operation
  readonly nodeVersion: number
  /** Absolute path of the entry as it was then; of a rename, the new one. */
  readonly path: string
  /** A rename's former path. */
  readonly formerPath: string | null
  /**
   * The part of the node's rows before, where a rename, or a create that brings it back, goes on from
   * another: a directory's own id for directories.
   */
  readonly formerPart: NodeId | null
  /** The node's state before and after; null where it was not live. */
  readonly before: NodeState | null
  readonly after: NodeState | null
}

/** How a node differs between the base and the overlay; null where it does not exist. */
export interface NodeDifference {
  readonly id: NodeId
  readonly before: { readonly state: NodeState; readonly path: string } | null
  readonly after: { readonly state: NodeState; readonly path: string } | null
  /** The newest that is known of the node, be it live or not: its node version, and the part it is in. */
  readonly last: NodeEnd
}

export interface NodeEnd {
  readonly nodeVersion: number
  readonly partId: NodeId
}

/** Why an operation does not hold. */
export interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
}

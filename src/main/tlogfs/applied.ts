/** What replaying operations gives: those that took effect, why one did not, and what became of each node. */
import type { ErrorCode } from '../../shared/errors'
import type { NodeId } from '../tinyfs'
import type { NodeState } from './node-state'
import type { Operation } from './operation'

/** An operation that took effect, with what replay computed for it. */
export interface AppliedOperation {
  readonly operation: Operation
  readonly nodeVersion: number
  /** Absolute path of the entry as it was then; of a rename, the new one. */
  readonly path: string
  /** A rename's former path. */
  readonly formerPath: string | null
  /** A rename's former part (its origin for files and symlinks; the directory itself otherwise). */
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
}

/** Why an operation does not hold. */
export interface Refusal {
  readonly code: ErrorCode
  readonly reason: string
}

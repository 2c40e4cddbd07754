/** The outcome of replaying operations: which took effect, why one did not, and what each node became. */
import type { ErrorCode } from '../../../shared/errors'
import type { ChangeKind } from '../../../shared/model'
import { childPath, type PondPath } from '../../../shared/path'
import type { NodeId } from '../../tinyfs'
import { changeKind } from '../content/change-kind'
import type { NodeState } from '../content/node-state'
import type { Operation } from '../content/operation'

/** What replay computes for an operation that takes effect. */
export interface Effect {
  readonly operation: Operation
  readonly nodeVersion: number
  /** Absolute path of the directory that the entry was in then; of a rename, the new one. */
  readonly directoryPath: string
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

/**
 * An operation that took effect, and what it and those before it made of its node. It is one object with few
 * texts of its own: there may be hundreds of thousands.
 */
export class AppliedOperation implements Effect {
  readonly operation: Operation
  readonly nodeVersion: number
  readonly directoryPath: string
  readonly formerPath: string | null
  readonly formerPart: NodeId | null
  readonly before: NodeState | null
  readonly after: NodeState | null
  /** The operation on the same node before this one. */
  readonly earlier: AppliedOperation | null
  /** The node in the base; null: not live there. */
  readonly origin: NodeState | null
  /** How the node differs from the base now; null where it came and went again, or is as it was. */
  readonly change: ChangeKind | null
  /** How many operations on the node there are, up to this one. */
  readonly count: number

  constructor(effect: Effect, earlier: AppliedOperation | null) {
    this.operation = effect.operation
    this.nodeVersion = effect.nodeVersion
    this.directoryPath = effect.directoryPath
    this.formerPath = effect.formerPath
    this.formerPart = effect.formerPart
    this.before = effect.before
    this.after = effect.after
    this.earlier = earlier
    this.origin = earlier === null ? effect.before : earlier.origin
    this.change = changeKind(this.origin, effect.after)
    this.count = (earlier?.count ?? 0) + 1
  }

  /** Absolute path of the entry as it was then; of a rename, the new one. */
  get path(): string {
    return childPath(this.directoryPath as PondPath, this.#state.name)
  }

  /** The newest that is known of the node, be it live or not. */
  get end(): NodeEnd {
    const { node } = this.#state
    return { nodeVersion: this.nodeVersion, partId: node.fileType === 'directory' ? node.id : node.parentId }
  }

  /** The operations on the node, in order. */
  get steps(): AppliedOperation[] {
    const steps: AppliedOperation[] = [this]
    for (let at = this.earlier; at !== null; at = at.earlier) steps.push(at)
    return steps.reverse()
  }

  get #state(): NodeState {
    return (this.after ?? this.before) as NodeState
  }
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

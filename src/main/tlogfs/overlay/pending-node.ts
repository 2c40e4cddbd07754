/** What operations made of one node of a committed view. */
import type { ChangeKind } from '../../../shared/model'
import type { NodeId } from '../../tinyfs'
import type { AppliedOperation, NodeEnd } from './applied'
import { changeKind } from '../content/change-kind'
import type { NodeState } from '../content/node-state'

export interface PendingNode {
  /** In the base; null: not live there. */
  readonly origin: NodeState | null
  /** The last operation on it; what it left is what the node is now. */
  readonly applied: AppliedOperation
  /** The node before that. */
  readonly before: PendingNode | null
  /** How it differs from the base; null where it came and went again, or is as it was. */
  readonly change: ChangeKind | null
  readonly operations: number
}

export function pendingNode(before: PendingNode | undefined, applied: AppliedOperation): PendingNode {
  const origin = before === undefined ? applied.before : before.origin
  return {
    origin,
    applied,
    before: before ?? null,
    change: changeKind(origin, applied.after),
    operations: (before?.operations ?? 0) + 1,
  }
}

/** The newest that is known of it, be it live or not. */
export function endOf({ applied }: PendingNode): NodeEnd {
  const { node } = (applied.after ?? applied.before) as NodeState
  const partId: NodeId = node.fileType === 'directory' ? node.id : node.parentId
  return { nodeVersion: applied.nodeVersion, partId }
}

/** The operations on it, in order. */
export function stepsOf(node: PendingNode): AppliedOperation[] {
  const steps: AppliedOperation[] = []
  for (let at: PendingNode | null = node; at !== null; at = at.before) steps.push(at.applied)
  return steps.reverse()
}

/** What operations made of one node of a committed view. */
import type { ChangeKind } from '../../../shared/model'
import type { NodeId } from '../../tinyfs'
import type { AppliedOperation, NodeEnd } from './applied'
import { changeKind } from '../content/change-kind'
import type { NodeState } from '../content/node-state'

/** An operation on a node, and those on it before. */
interface Step {
  readonly applied: AppliedOperation
  readonly before: Step | null
}

export interface PendingNode {
  /** In the base; null: not live there. */
  readonly origin: NodeState | null
  /** After the operations; null: deleted. */
  readonly state: NodeState | null
  /** How the one differs from the other, which is null where a node came and went again, or is as it was. */
  readonly change: ChangeKind | null
  /** The newest that is known of it, kept across a delete. */
  readonly end: NodeEnd
  readonly last: Step
  readonly operations: number
}

export function pendingNode(before: PendingNode | undefined, applied: AppliedOperation): PendingNode {
  const origin = before === undefined ? applied.before : before.origin
  const { node } = (applied.after ?? applied.before) as NodeState
  const partId: NodeId = node.fileType === 'directory' ? node.id : node.parentId
  return {
    origin,
    state: applied.after,
    change: changeKind(origin, applied.after),
    end: { nodeVersion: applied.nodeVersion, partId },
    last: { applied, before: before?.last ?? null },
    operations: (before?.operations ?? 0) + 1,
  }
}

/** The operations on it, in order. */
export function stepsOf({ last }: PendingNode): AppliedOperation[] {
  const steps: AppliedOperation[] = []
  for (let step: Step | null = last; step !== null; step = step.before) steps.push(step.applied)
  return steps.reverse()
}

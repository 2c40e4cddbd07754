/** How a node differs between two moments, for people. */
import type { ChangeKind } from '../../../shared/model'
import { sameContent, type NodeState } from './node-state'

/** Null is a moment at which the node is not live; the kind is null where there is no difference to see. */
export function changeKind(before: NodeState | null, after: NodeState | null): ChangeKind | null {
  if (before === null) return after === null ? null : 'added'
  if (after === null) return 'deleted'
  const moved = before.node.parentId !== after.node.parentId || before.name !== after.name
  if (moved) return 'renamed'
  return sameContent(before, after) ? null : 'modified'
}

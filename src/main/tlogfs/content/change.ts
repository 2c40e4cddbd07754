/** A node's difference as people see it. */
import type { Change } from '../../../shared/model'
import type { NodeDifference } from '../overlay/applied'
import { changeKind } from './change-kind'
import { contentBytes, contentHash } from './series'

/** Null when there is nothing to see. */
export function changeOf({ id, before, after }: NodeDifference): Change | null {
  const change = changeKind(before?.state ?? null, after?.state ?? null)
  const side = after ?? before
  if (change === null || side === null) return null
  // Of what was moved, by itself or with a directory above it.
  const isElsewhere = before !== null && after !== null && (change === 'renamed' || before.path !== after.path)
  return {
    path: side.path,
    oldPath: isElsewhere ? before.path : null,
    nodeId: id,
    fileType: side.state.node.fileType,
    change,
    sizeBefore: before === null ? null : contentBytes(before.state),
    sizeAfter: after === null ? null : contentBytes(after.state),
    sha256Before: before === null ? null : contentHash(before.state),
    sha256After: after === null ? null : contentHash(after.state),
  }
}

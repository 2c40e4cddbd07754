/**
 * What this process knows of the pond: the newest snapshot, the head view and the pending overlay,
 * published together so that nobody sees one without the other. Immutable once published.
 */
import type { PondError } from '../../shared/errors'
import type { Conflict } from '../../shared/model'
import type { Snapshot } from '../oplog'
import type { Overlay, View } from '../tlogfs'

export interface State {
  readonly snapshot: Snapshot
  readonly head: View
  readonly overlay: Overlay
  /** Pending operations that do not hold on this head; `overlay` is without them. */
  readonly conflicts: readonly Conflict[]
  /** Sequence numbers in the journal that are committed already. */
  readonly committed: ReadonlySet<number>
  readonly pendingCount: number
  /** Bytes that the pending operations hold in memory. */
  readonly pendingBytes: number
  readonly undoable: number
  /** Identifies what was read: the Delta version, the journal's generation and revision. */
  readonly key: string
  /** Why pending work cannot be read; the head is all there is then. */
  readonly problem: PondError | null
}

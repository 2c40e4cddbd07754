/**
 * What this process knows of the pond: the newest snapshot, the head view and the pending overlay,
 * published together so that nobody sees one without the other. Immutable once published.
 */
import { isPondError, type PondError } from '../../../shared/errors'
import type { Conflict } from '../../../shared/model'
import type { Snapshot } from '../../oplog'
import type { Operation, Overlay, Pending, View } from '../../tlogfs'
import { replay } from './replay'

export interface State {
  readonly snapshot: Snapshot
  readonly head: View
  readonly overlay: Overlay
  /** Pending operations that do not hold on this head; `overlay` is without them. */
  readonly conflicts: readonly Conflict[]
  /** Sequence numbers in the journal that are committed already. */
  readonly committed: ReadonlySet<number>
  readonly pendingCount: number
  /** Bytes of content that the pending operations bring, wherever they are kept. */
  readonly contentBytes: number
  /** Bytes that the pending operations hold in memory. */
  readonly pendingBytes: number
  readonly undoable: number
  /** Identifies what was read: the Delta version, the journal's generation and revision. */
  readonly key: string
  /** Why pending work cannot be read; the head is all there is then. */
  readonly problem: PondError | null
}

/** The state that a head and what is pending on it make together. */
export async function buildState({
  head,
  overlayOn,
  pending,
  key,
  problem,
}: {
  readonly head: View
  /** The pending filesystem on a view, with nothing replayed yet. */
  readonly overlayOn: (head: View) => Overlay
  readonly pending: Pending | null
  readonly key: string
  readonly problem: PondError | null
}): Promise<State> {
  const { snapshot } = head
  const committed = new Set<number>()
  for (const intent of pending?.intents ?? []) {
    if (await snapshot.hasTransaction(intent.transactionId, pending?.baseDelta ?? 0))
      for (const seq of intent.seqs) committed.add(seq)
  }
  const overlay = overlayOn(head)
  const operations = (await pending?.operations(committed)) ?? []
  let conflicts: readonly Conflict[] = []
  let trouble = problem
  try {
    conflicts = await replay(overlay, operations)
    await overlay.settle()
  } catch (error) {
    // Damage below what is pending must not keep the versions that can be read from being read.
    if (!isPondError(error) || error.code === 'platform.crashed') throw error
    trouble = error
  }
  return {
    snapshot,
    head,
    overlay,
    conflicts,
    committed,
    pendingCount: operations.length,
    contentBytes: contentBytes(operations),
    pendingBytes: pending?.memoryBytes ?? 0,
    undoable: pending?.lastUndoable(committed)?.seqs.size ?? 0,
    key,
    problem: trouble,
  }
}

export function contentBytes(operations: readonly Operation[]): number {
  return operations.reduce((sum, { size }) => sum + (size ?? 0), 0)
}

/**
 * What can happen to pending operations after they are staged: they are discarded, displaced, or part of a commit
 * that began.
 */

/** Operations that were taken back. */
export interface Discard {
  readonly seq: number
  readonly seqs: ReadonlySet<number>
  /** Those of them that did not hold when they were taken back. */
  readonly failing: ReadonlySet<number>
}

export interface KnownDiscard extends Discard {
  undone: boolean
  /** The displacement that it took back; such a discard is itself never undone. */
  readonly undoes: number | null
}

/** Operations of one act that took the place of pending ones, so that taking them back brings those back. */
export interface Displacement {
  readonly seq: number
  readonly seqs: ReadonlySet<number>
  undone: boolean
}

/** What `undo` does next: bring back what a discard took, or take back what displaced something pending. */
export type Undoable =
  | ({ readonly kind: 'discard' } & Discard)
  | { readonly kind: 'displacement'; readonly seq: number; readonly seqs: ReadonlySet<number> }

/** A commit that was begun: it happened if its transaction is in the log. */
export interface Intent {
  readonly transactionId: string
  readonly seqs: ReadonlySet<number>
}

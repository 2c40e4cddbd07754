/** The options of what changes a pond: one set for every face of it. */
import type { CommitOptions } from '../../../shared/commit-options'
import type { CommitOutcome, RestoreOutcome } from '../../../shared/model'
import type { Choice } from './choice'

export type { CommitOptions }

/** Of a commit that may leave some of what is pending. */
export interface PartialCommitOptions extends CommitOptions {
  /**
   * Commit a part of what is pending: all at or below these paths, or the oldest so many operations. What
   * those depend on comes along and is named in the outcome; the rest stays pending.
   */
  readonly only?: Choice
}

/** Of a stage that commits its own operations as well, and those they depend on. */
export interface StageCommitOptions extends CommitOptions {
  /** Commit whatever else is pending, too. */
  readonly everything?: boolean
}

export interface StageOptions {
  readonly signal?: AbortSignal
  /** Where this deletes or replaces something that is pending only, `undo` takes it back. */
  readonly undoable?: boolean
  /** Commit what was staged (and what it depends on) in the same hold. */
  readonly commit?: StageCommitOptions
}

export interface RestoreOptions {
  /** Refuse where something pending would give way, as what is committed at once cannot be undone. */
  readonly refuseToDisplace?: boolean
  /** Commit all that is pending first, in the same hold: nothing gives way then. */
  readonly keep?: CommitOptions
  /** Commit what is pending where it was restored, in the same hold. Default message: what goes back to where. */
  readonly commit?: CommitOptions
}

export interface Restored extends RestoreOutcome {
  /** Of `keep`; null where it was not asked for. After a conflict nothing was restored. */
  readonly kept: CommitOutcome | null
  /** Of `commit`; null where it was not asked for, or nothing was staged. */
  readonly commit: CommitOutcome | null
}

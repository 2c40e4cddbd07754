/** The options of what a pond does. */
import type { Progress } from '../../shared/model'
import type { Choice } from '../steward'

export interface OpenOptions {
  /** Never write outside the cache, whatever the folder would allow. */
  readonly readOnly?: boolean
  /** How long to wait for another process's lock. Default 10,000. */
  readonly lockTimeoutMs?: number
}

export interface StageOptions {
  readonly signal?: AbortSignal
  /** Where this deletes or replaces something that is pending only, `undo` takes it back. */
  readonly undoable?: boolean
  /** Commit what was staged (and what it depends on) in the same hold, with this message. */
  readonly commit?: CommitOptions
}

export interface CommitOptions {
  /** Default: made of what the commit changes. */
  readonly message?: string
  /** Default: the setting `author`, else the user of this machine. */
  readonly author?: string
  readonly command?: string
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

export interface PartialCommitOptions extends CommitOptions {
  /**
   * Commit a part of what is pending: all at or below these paths, or the oldest so many operations. What
   * those depend on comes along and is named in the outcome; the rest stays pending.
   */
  readonly only?: Choice
}

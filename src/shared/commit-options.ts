/** The options of a commit: one set for every face of the engine. */
import type { Progress } from './model'

export interface CommitOptions {
  /** Default: made of what the commit changes. */
  readonly message?: string
  /** Default: the setting `author`, else the user of this machine. */
  readonly author?: string
  /** What to name as the origin in the log. Default: what this process calls itself. */
  readonly command?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

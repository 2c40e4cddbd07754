/** What a copy in any direction is asked and answers. */
import type { Staged } from '../pond'

export interface CopyOutcome {
  readonly files: number
  readonly bytes: number
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
  /** What became pending; null for a copy out. */
  readonly staged: Pick<Staged<unknown>, 'operations' | 'commit'> | null
}

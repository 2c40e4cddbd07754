/** What many calls of a pond take. */
import type { At } from '../../shared/model'

export interface ReadOptions {
  /**
   * The moment to read: `pending` (the default: committed and pending), `head`, `head~2`, a version such as
   * `12`, or a time such as `2026-03-01` (the last version not later). @throws steward.unknown-version, steward.bad-time
   */
  readonly at?: At
}

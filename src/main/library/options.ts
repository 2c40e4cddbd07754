/** What many calls of a pond take. */
import type { At } from '../../shared/model'

export interface ReadOptions {
  /**
   * The moment to read: `pending` (the default: committed and pending), `head`, `head~2`, a version such as
   * `12`, or a time such as `2026-03-01` (the last version not later). @throws steward.unknown-version, steward.bad-time
   */
  readonly at?: At
}

export interface CreateOptions {
  /** Make missing directories above. Default false. */
  readonly parents?: boolean
}

export interface CreateFileOptions extends CreateOptions {
  /**
   * `text/csv`, say: kept with the file, also when it gets another name. Default: what was said before, else what the
   * ending of the name tells. Null takes back what was said.
   */
  readonly mediaType?: string | null
}

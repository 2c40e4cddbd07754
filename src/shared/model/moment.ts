/** When: versions, instants, and the moments that people name. */

/** Integer microseconds since 1970-01-01T00:00:00Z. Exact as a JavaScript number until the year 2255. */
export type Micros = number

/** A pond version: 0 is the empty pond, every committed transaction adds 1. */
export type Version = number

/**
 * A moment of a pond as people write it: `pending`, `head`, `head~2`, `12`, or a timestamp
 * (`2026-03-01`, `2026-03-01T10:00`, with or without a zone). The steward resolves it.
 */
export type At = string

/** A moment, resolved: pending on top of `version`, or the committed `version` itself. */
export interface ResolvedAt {
  readonly kind: 'pending' | 'version'
  readonly version: Version
}

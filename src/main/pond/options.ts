/** The options of a pond as a whole. */
export interface OpenOptions {
  /** Never write outside the cache, whatever the folder would allow. */
  readonly readOnly?: boolean
  /** How long to wait for another process's lock. Default 10,000. */
  readonly lockTimeoutMs?: number
}

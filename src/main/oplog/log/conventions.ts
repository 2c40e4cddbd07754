/** What every table and commit of ours says about itself. */
import { PRODUCT_VERSION } from '../../../shared/version'

export const ENGINE_INFO = `DuckPond/${PRODUCT_VERSION}`

/** Delta commits between two checkpoints. */
export const CHECKPOINT_INTERVAL = 100
/** How long a removed file stays named (as a tombstone) and, for gc, on disk. */
export const TOMBSTONE_RETENTION_DAYS = 7

/**
 * Rows are never changed, only arranged differently; and no other engine's checkpoint may throw the
 * log away, because the log is the pond's history.
 */
export const TABLE_PROPERTIES = {
  'delta.appendOnly': 'true',
  'delta.checkpointInterval': String(CHECKPOINT_INTERVAL),
  'delta.enableExpiredLogCleanup': 'false',
  'delta.logRetentionDuration': 'interval 36500 days',
  'delta.deletedFileRetentionDuration': `interval ${TOMBSTONE_RETENTION_DAYS} days`,
} as const

export const PROTOCOL = { minReaderVersion: 1, minWriterVersion: 2 } as const

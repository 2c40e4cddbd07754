/** Transactions, the lock, recovery, maintenance: the one place that changes a pond. */
export { parseAt } from './at'
export type { PondMoment } from './moment'
export type { StewardCommitOptions } from './changing'
export { Steward, type StewardOptions } from './steward'
export type { Moment, PreparedContent, PutOptions, Staged, StagingFileSystem } from './types'

/** Transactions, the lock, recovery, maintenance: the one place that changes a pond. */
export { parseAt, timeOf } from './at'
export type { PondMoment } from './moment'
export type { PartialCommitOptions, StewardCommitOptions } from './changing'
export type { Choice } from './choice'
export { asCommitted } from './entries'
export { CONFIG_KEYS } from './config'
export type { EntryPaths } from './entry-paths'
export type { FindCriteria } from './find'
export { lastNodeAt } from './former'
export { Steward, type StewardOptions } from './steward'
export type {
  Appended,
  Moment,
  PreparedContent,
  PutOptions,
  SeriesContent,
  SeriesPart,
  Staged,
  StagingFileSystem,
} from './types'

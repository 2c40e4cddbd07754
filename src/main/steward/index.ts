/** Transactions, the lock, recovery, maintenance: the one place that changes a pond. */
export { parsedAt, timeOf, type ParsedAt } from './read/at'
export { Moment } from './read/moment'
export type { CommitOptions, PartialCommitOptions, Restored, RestoreOptions, StageOptions } from './change/options'
export type { Choice } from './change/choice'
export { asCommitted } from './read/entries'
export { CONFIG_KEYS } from './ground/config'
export { DerivedCache, type DerivedFile, type DerivedTarget } from './ground/derived-cache'
export type { MakerAt } from './read/moments'
export type { EntryPaths } from './change/entry-paths'
export type { FindCriteria } from './read/find'
export { lastNodeAt } from './read/former'
export { closeSteward, createSteward, openSteward, type Steward, type StewardOptions } from './steward'
export { recover, rereadPond, type RecoverOptions } from './care/recover'
export { collectGarbage } from './care/gc'
export { verifyPond } from './care/verify'
export { verifyUnopened } from './care/verify-unopened'
export { findEntries } from './read/find'
export { pondInfo, pondStatus } from './read/status'
export { entryPaths } from './change/entry-paths'
export type {
  Appended,
  PreparedContent,
  PutOptions,
  SeriesContent,
  SeriesPart,
  Staged,
  StagingFileSystem,
} from './types'

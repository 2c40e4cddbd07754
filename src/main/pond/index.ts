/** A pond, opened: the face of the engine. Enter it here. */
export { createPond, openPond, Pond } from './pond'
export type { OpenOptions } from './options'
export { timeOf, verifyUnopened } from '../steward'
export type {
  Choice,
  CommitOptions,
  FindCriteria,
  Moment,
  PreparedContent,
  Restored,
  RestoreOptions,
  Staged,
  StageOptions,
  StagingFileSystem,
} from '../steward'
export { TableRows } from './tables/read'
export type { AppendedSeries } from './tables/write'
export type { TableRecord, TableType } from '../tables'
/** DuckDB's values, for hosts that show rows. */
export { toJson, toText, type RowStream } from '../query'
export { recipeSchema } from '../recipes'
export { notComputed } from './recipes/freeze'
export { firstRows } from './recipes/first-rows'

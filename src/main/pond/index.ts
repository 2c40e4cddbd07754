/** A pond, opened: the face of the engine. Enter it here. */
export { createPond, openPond, Pond } from './pond'
export type { OpenOptions } from './options'
export { CONFIG_KEYS, timeOf, verifyUnopened } from '../steward'
export type {
  Choice,
  CommitOptions,
  FindCriteria,
  Moment,
  PartialCommitOptions,
  PreparedContent,
  Restored,
  RestoreOptions,
  Staged,
  StageOptions,
  StagingFileSystem,
} from '../steward'
export { TableRows } from './tables/read'
export type { ReadRowsOptions, ReadSeriesOptions } from './tables/read'
export type { AppendedSeries, AppendOptions, Rows, RowSchema, WriteOptions } from './tables/write'
export type { Column, ColumnType, RecordValue, TableRecord, TableType } from '../tables'
/** DuckDB's values, for hosts that show rows. */
export { toJson, toText, type QuerySource, type RowStream } from '../query'
export { recipeSchema } from '../recipes'

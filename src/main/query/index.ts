/** The query layer: one sandboxed DuckDB that reads a pond at one moment. Enter it here. */
export { isTablePath } from './formats'
export { Queries } from './queries'
export type {
  Completion,
  ExportOptions,
  QueriesOptions,
  Relation,
  RowBatch,
  RowStream,
  Run,
  TableDescription,
} from './queries'
export type { DirectoryRow, PendingRow, QuerySource, TableFile } from './source'

/** The query layer: sandboxed DuckDB that reads a pond at one moment. Enter it here. */
export type { Conversion } from './convert/convert'
export type { TableDescription } from './convert/describe'
export { formatOfName, isTablePath } from './formats'
export { openQueries, type Queries } from './remote/open-queries'
export type { RowStream } from './run/queries'
export { serveQueries } from './remote/serve-queries'
export type { ByteFormat } from './run/result-bytes'
export type { Run } from './run/run'
export type {
  DirectoryRow,
  FileState,
  ListedName,
  NamesAsked,
  PendingRow,
  ComputedRows,
  LineageRow,
  QuerySource,
  RecipeRow,
  SeriesPartFile,
  TableBytes,
  TableFile,
} from './source'
export { toJson, toText, type Json } from './engine/values'

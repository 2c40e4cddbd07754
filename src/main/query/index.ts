/** The query layer: sandboxed DuckDB that reads a pond at one moment. Enter it here. */
export type { RowBatch } from './batches'
export type { Completion, Relation } from './catalog'
export type { Conversion, ConversionSource, Converted } from './convert'
export type { DescribeOptions, RowGroup, TableDescription, TableShape } from './describe'
export type { ExportOptions, ExportResult } from './export'
export { toQueryError } from './failure'
export { formatOfName, isTablePath } from './formats'
export { openQueries, type Queries } from './open-queries'
export type { QueriesOptions, RowStream } from './queries'
export { serveQueries } from './remote/serve-queries'
export type { ByteFormat, ByteStream, BytesOptions } from './result-bytes'
export type { Run } from './run'
export type {
  DirectoryRow,
  FileState,
  ListedName,
  PendingRow,
  QuerySource,
  SeriesPartFile,
  TableBytes,
  TableFile,
} from './source'
export { toJson, toText, type Json } from './values'

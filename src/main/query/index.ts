/** The query layer: sandboxed DuckDB that reads a pond at one moment. Enter it here. */
export type { RowBatch } from './out/batches'
export type { Completion, Relation } from './run/catalog'
export type { Conversion, ConversionSource, Converted } from './convert/convert'
export type { DescribeOptions, RowGroup, TableDescription, TableShape } from './convert/describe'
export type { ExportOptions, ExportResult } from './run/export'
export { toQueryError } from './engine/failure'
export { formatOfName, isTablePath } from './formats'
export { openQueries, type Queries } from './remote/open-queries'
export type { FileRead, Reads } from './bind/reads'
export type { QueriesOptions, RowStream } from './run/queries'
export { serveQueries } from './remote/serve-queries'
export type { ByteFormat, ByteStream, BytesOptions } from './run/result-bytes'
export type { Run } from './run/run'
export type {
  DirectoryRow,
  FileState,
  ListedName,
  NamesAsked,
  PendingRow,
  QuerySource,
  SeriesPartFile,
  TableBytes,
  TableFile,
} from './source'
export { toJson, toText, type Json } from './engine/values'

/** Table types, and Parquet as content: what the rest of the engine knows of tables. Enter it here. */
export { arrowSchema } from './arrow-schema'
export { EVENT_TIME_COLUMNS, findEventColumn, readEventTimes, type EventTimes, type NoEventTimes } from './event-times'
export { arrowSchemaOf, readBatches, type ReadBatches } from './parquet-reader'
export { beginsLikeParquet, readParquetShape } from './parquet-content'
export type { ByteSource, NoParquet, ParquetColumn, ParquetShape, RowGroup } from './parquet-content'
export { deltaSchema, duckdbColumns, parquetLeaf, parquetSchema } from './table-type'
export type { Column, ColumnType, TableType } from './table-type'

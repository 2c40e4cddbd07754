/** Table types, and Parquet as content: what the rest of the engine knows of tables. Enter it here. */
export { arrowSchema } from './arrow-schema'
export { deltaSchema, duckdbColumns, parquetLeaf, parquetSchema } from './table-type'
export type { Column, ColumnType, TableType } from './table-type'

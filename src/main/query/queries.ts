import type { Column, ExportFormat, QueryState, SortKey, TableFormat } from '../../shared/model'
import type { PondError } from '../../shared/errors'
import type { World } from '../platform/world'
import type { QuerySource, TableFile } from './source'

export interface QueriesOptions {
  /** Worker threads of each DuckDB instance; DuckDB's own choice when absent. */
  readonly threads?: number
  /** DuckDB spelling, e.g. `2GB`. */
  readonly memoryLimit?: string
  /** Absolute, writable: where DuckDB spills and results are spooled. */
  readonly tempFolder: string
}

/** A bounded number of rows; a row has one value for each column, in DuckDB's own JavaScript types (see `toJson`). */
export type RowBatch = readonly (readonly unknown[])[]

export interface RowStream {
  readonly columns: readonly Column[]
  /** Leaving the iteration early frees everything. */
  readonly batches: AsyncIterable<RowBatch>
}

export interface ExportOptions {
  readonly format: ExportFormat
  /** Absolute host path of a file that does not exist; the caller renames it when it is whole. */
  readonly target: string
  /** Kept in a Parquet file's key-value metadata and in an Arrow schema's metadata. */
  readonly metadata: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { readonly percent: number | null; readonly rows: number | null }) => void
}

export type TableDescription =
  | {
      readonly format: TableFormat
      readonly columns: readonly Column[]
      /** Known without reading data (Parquet), else null. */
      readonly rows: number | null
      readonly rowGroups: readonly { readonly rows: number; readonly bytes: number }[] | null
    }
  | { readonly problem: PondError }

export interface Relation {
  readonly name: string
  readonly columns: readonly Column[]
}

export interface Completion {
  readonly label: string
  /** UTF-16 offset in the text at which the suggestion replaces. */
  readonly from: number
}

/** One statement that runs or has run for a grid: its rows can be paged to at any offset. */
export interface Run {
  readonly id: string
  /** Every state from now on, at most about ten a second; ends after `done`, `failed` or `cancelled`. */
  states(): AsyncIterable<QueryState>
  current(): QueryState
  /** An Arrow IPC stream of the rows from `offset`; fewer where the result (or what is ready of it) ends. */
  page(offset: number, limit: number): Promise<Uint8Array>
  /** Resolves when the rows are in this order; `[]` is DuckDB's own order. @throws query.cancelled */
  sort(keys: readonly SortKey[]): Promise<QueryState>
  cancel(): void
  close(): Promise<void>
}

export declare class Queries {
  constructor(world: World, options: QueriesOptions)
  /** A run for the app's grid. Resolves at once: what is wrong with the statement is in its states. */
  start(source: QuerySource, sql: string): Promise<Run>
  /** Rows in batches of bounded size. @throws query.* */
  stream(source: QuerySource, sql: string, signal?: AbortSignal): Promise<RowStream>
  /** Runs a statement into a file. A failed or cancelled one leaves none. @throws query.* */
  export(source: QuerySource, sql: string, options: ExportOptions): Promise<{ rows: number; bytes: number }>
  describe(file: TableFile, format?: TableFormat): Promise<TableDescription>
  catalog(source: QuerySource): Promise<Relation[]>
  complete(source: QuerySource, sql: string, position: number): Promise<Completion[]>
  close(): Promise<void>
}

/** A query that runs, its rows in order, and their export. */
import type { WireError } from './call'
import type { ResolvedAt } from './moment'
import type { FileNote } from './reading'
import type { Column } from './table'

export const EXPORT_FORMATS = ['parquet', 'csv', 'jsonl', 'arrow'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface SortKey {
  readonly column: number
  readonly descending: boolean
}

/** What a running or finished query looks like. Rows come as Arrow through the byte plane. */
export interface QueryState {
  readonly queryId: string
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  readonly at: ResolvedAt
  /** Null until the first chunk exists. */
  readonly columns: readonly Column[] | null
  /** Rows that can be paged to now; final once `state` is `done`. */
  readonly rowsReady: number
  /** 0..100, null while DuckDB does not know. */
  readonly percent: number | null
  readonly elapsedMs: number
  /** Results of earlier statements of the same text, which are not shown: the last one's rows are the result. */
  readonly resultsDropped: number
  /** What of the files that were read is not in their tables. */
  readonly notes: readonly FileNote[]
  readonly error: QueryError | null
}

export interface QueryError extends WireError {
  /** From 1; null when DuckDB names no place. */
  readonly line: number | null
  /** From 1, in characters. */
  readonly column: number | null
  readonly candidates: readonly string[]
}

/** What reads as a table: formats and columns. */

/** A column of a file, a table or a result; `type` is DuckDB's own spelling. */
export interface Column {
  readonly name: string
  readonly type: string
}

/** How a file reads as a table. */
export const TABLE_FORMATS = ['parquet', 'csv', 'json', 'jsonl', 'arrow', 'xlsx'] as const
export type TableFormat = (typeof TABLE_FORMATS)[number]

/** The formats of text that read as tables. */
export const TEXT_FORMATS = ['csv', 'json', 'jsonl'] as const
export type TextFormat = (typeof TEXT_FORMATS)[number]

/** Formats of which it is decided how they are read: a sheet of a workbook becomes text on the way. */
export type PlannedFormat = TextFormat | 'xlsx'

/** The first rows of a table, as text; null is no value. */
export interface TablePreview {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** How text and sheets become tables: what somebody said, and what was decided. Semantics in docs/engine.md. */
import type { Column, TextFormat } from './table'

/** What is done with a line that has another number of values than the table. */
export const BAD_LINES = ['refuse', 'skip', 'fill'] as const

/**
 * What somebody says of how a text file is read as a table; what is absent is decided from all its bytes.
 * Kept as the attribute `reading` of an entry. Semantics in docs/engine.md.
 */
export interface ReadingOptions {
  readonly format?: TextFormat
  /** Of the WHATWG's labels, such as `utf-8`, `windows-1252`, `utf-16le`. */
  readonly encoding?: string
  /** One ASCII character; a space means any number of them. */
  readonly delimiter?: string
  /** One ASCII character; empty where nothing is quoted. */
  readonly quote?: string
  /** One ASCII character: the quote itself, or a backslash. */
  readonly escape?: string
  /** Whether the first line of the table names the columns. */
  readonly header?: boolean
  /** Lines above the header, or above the first row where there is none. */
  readonly skip?: number
  /** One ASCII character; lines that begin with it are left out. */
  readonly comment?: string
  /** Texts that mean no value, in every column. */
  readonly nulls?: readonly string[]
  readonly decimal?: '.' | ','
  /**
   * As strptime has them, such as `%d/%m/%Y %H:%M`; those of which one fits are times. `epoch`, `epoch_ms`, `epoch_us`
   * and `epoch_ns` are numbers since 1970 in UTC, of columns whose type or name says that they are times.
   */
  readonly timestampFormats?: readonly string[]
  /** Of times that have none: a name of the IANA database, or an offset such as `+01:00`. */
  readonly timezone?: string
  /** By column: DuckDB's names. */
  readonly types?: Readonly<Record<string, string>>
  readonly badLines?: (typeof BAD_LINES)[number]
  /** Of a workbook: the name of the sheet, or its number from 1. */
  readonly sheet?: string
  /** Of a sheet: cells such as `B2:F100`, `B:F`, `2:100`, or `B2` from which on. */
  readonly range?: string
}

/** What is remarkable about how a file is read. */
export interface ReadingNote {
  readonly message: string
  /** Of the file, from 1. */
  readonly line?: number
  readonly column?: string
  /** Something of the file is not in the table: worth a line wherever the table is shown. */
  readonly isLoss?: true
}

/** What people should know of how a file that they asked about was read. */
export interface FileNote {
  readonly path: string
  readonly message: string
}

export interface ReadingColumn extends Column {
  /** Of text that became times: what they look like, such as `dd/mm/yyyy hh:mm`. */
  readonly format?: string
  /** Texts that are read as no value. */
  readonly nulls?: readonly string[]
}

/** How a text file is read: everything that was decided, by us or by who said it. */
export interface Reading {
  readonly format: TextFormat
  readonly encoding: string
  readonly hasByteOrderMark: boolean
  /** The next eight are null for JSON. */
  readonly delimiter: string | null
  /** Empty where nothing is quoted. */
  readonly quote: string | null
  readonly escape: string | null
  readonly hasHeader: boolean | null
  /** Lines above the header, or above the first row. */
  readonly skipped: number | null
  readonly comment: string | null
  readonly decimal: '.' | ',' | null
  /** Every way in which lines end. */
  readonly lineEnds: readonly ('LF' | 'CRLF' | 'CR')[] | null
  /** Of times that have none. */
  readonly timezone: string
  readonly columns: readonly ReadingColumn[]
  readonly rows: number
  /** Lines that are not in the table because they do not fit it; their number and the first of them. */
  readonly leftOut: { readonly count: number; readonly lines: readonly number[] }
  readonly notes: readonly ReadingNote[]
  /** What was said; the rest was decided. */
  readonly said: ReadingOptions
  /** Of a workbook: the sheet that is read, its cells, the header included, and all sheets there are. */
  readonly sheet?: { readonly name: string; readonly range: string; readonly sheets: readonly SheetName[] }
}

/** A sheet that a workbook has. */
export interface SheetName {
  readonly name: string
  readonly isHidden: boolean
}

/**
 * The nouns every runtime shares: what an entry, a change, a version and a result look like on the
 * control plane. Everything here is JSON-safe: sizes and versions are numbers, instants are integer
 * microseconds since 1970 UTC, content never appears.
 */

/** Integer microseconds since 1970-01-01T00:00:00Z. Exact as a JavaScript number until the year 2255. */
export type Micros = number
/** A pond version: 0 is the empty pond, every committed transaction adds 1. */
export type Version = number

export const FILE_TYPES = ['directory', 'symlink', 'file:data', 'file:table', 'file:series'] as const
export type FileType = (typeof FILE_TYPES)[number]

export const CHANGE_KINDS = ['added', 'modified', 'deleted', 'renamed'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export const OPERATION_KINDS = ['create', 'update', 'append', 'delete', 'rename'] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

/**
 * A moment of a pond as people write it: `pending`, `head`, `head~2`, `12`, or a timestamp
 * (`2026-03-01`, `2026-03-01T10:00`, with or without a zone). The steward resolves it.
 */
export type At = string

/** A moment, resolved: pending on top of `version`, or the committed `version` itself. */
export interface ResolvedAt {
  readonly kind: 'pending' | 'version'
  readonly version: Version
}

/** One name in a directory, with what is known of the node behind it. */
export interface Entry {
  readonly path: string
  readonly name: string
  readonly nodeId: string
  readonly fileType: FileType
  /** Bytes of a file's content; null for directories and symlinks. */
  readonly size: number | null
  readonly sha256: string | null
  /** The node's own version counter, from 1. The one it would get, while pending. */
  readonly nodeVersion: number
  readonly modifiedAt: Micros
  readonly mediaType: string | null
  /** Where a symlink points, as written. */
  readonly target: string | null
  /** How the entry itself differs from the head; null when it does not, or when the past is read. */
  readonly change: ChangeKind | null
  /** Its committed path when `change` is `renamed`. */
  readonly oldPath: string | null
  /** Pending changes at or below a directory; 0 elsewhere. */
  readonly pendingBelow: number
  /** Of a directory that is computed by a pattern. It has no versions (`nodeVersion` 0) and can only be read. */
  readonly view?: ViewDefinition
}

/** A net difference of one path between two moments. */
export interface Change {
  readonly path: string
  /** Where it was, if that was elsewhere: of `renamed`, and of `modified` below a directory that was moved. */
  readonly oldPath: string | null
  readonly nodeId: string
  readonly fileType: FileType
  readonly change: ChangeKind
  readonly sizeBefore: number | null
  readonly sizeAfter: number | null
  readonly sha256Before: string | null
  readonly sha256After: string | null
}

export interface ChangeCounts {
  readonly added: number
  readonly modified: number
  readonly deleted: number
  readonly renamed: number
}

/** One committed transaction. */
export interface LogEntry {
  readonly version: Version
  readonly committedAt: Micros
  readonly author: string
  readonly message: string
  readonly command: string
  readonly transactionId: string
  readonly operations: number
  readonly counts: ChangeCounts
  readonly bytesDelta: number
  readonly isHead: boolean
}

/** One operation as it was recorded in a version (or is staged, with `version` null). */
export interface OperationRecord {
  readonly version: Version | null
  /** Order within the transaction, from 0; the journal's sequence while pending. */
  readonly seq: number
  readonly operation: OperationKind
  readonly path: string
  readonly oldPath: string | null
  readonly nodeId: string
  readonly fileType: FileType
  readonly nodeVersion: number
  readonly size: number | null
  readonly sha256: string | null
  readonly at: Micros
}

/** One version of one entry, newest first in lists; `version` null is the pending one. */
export interface FileVersion {
  /** As it was then. */
  readonly path: string
  /** Where it was before, of `renamed`: by a move of its own, or of a directory above it. */
  readonly oldPath: string | null
  readonly version: Version | null
  readonly nodeVersion: number
  readonly change: ChangeKind
  readonly size: number | null
  readonly sha256: string | null
  readonly author: string | null
  readonly committedAt: Micros | null
  readonly message: string | null
}

export interface Status {
  readonly version: Version
  readonly transactionId: string | null
  readonly pendingOperations: number
  readonly totalNodes: number
  readonly lastCommit: Micros | null
  /** Bytes that the pending operations hold in memory (content is on disk). */
  readonly memoryUsageBytes: number
  /** Net changes: what a commit would show. */
  readonly counts: ChangeCounts
  /** Pending operations on entries that are as they were all the same, or came and went. */
  readonly withoutEffect: number
  /** Pending operations that do not hold on the newest version: a commit would name them and do nothing. */
  readonly conflicts: readonly Conflict[]
  /** Operations that `undo` would bring back now, or take back where they displaced others. */
  readonly undoable: number
}

/** Why one pending operation cannot be applied to the current head. */
export interface Conflict {
  readonly seq: number
  readonly operation: OperationKind
  readonly path: string
  readonly reason: string
}

export type CommitOutcome =
  | {
      readonly outcome: 'committed'
      readonly version: Version
      readonly transactionId: string
      readonly operationsCommitted: number
      /** Paths of operations that were not asked for, but that those asked for depend on. */
      readonly alsoCommitted: readonly string[]
      readonly bytesWritten: number
      /** Rows in the transaction's data files. */
      readonly recordBatchSize: number
      readonly durationUs: number
    }
  | { readonly outcome: 'nothing-to-commit'; readonly version: Version }
  | { readonly outcome: 'conflict'; readonly version: Version; readonly conflicts: readonly Conflict[] }

export interface RestoreOutcome {
  readonly nodesRestored: number
  readonly staged: number
  readonly durationUs: number
  /** What was restored to, e.g. `version 3`. */
  readonly target: string
  /** Paths, as they were, of entries whose pending changes gave way; `undo` brings those back. */
  readonly displaced: readonly string[]
}

export interface UndoOutcome {
  /** Operations that are pending again, or that were taken back. */
  readonly restored: number
  /** Set where they were taken back, because they had displaced others. */
  readonly takenBack?: boolean
}

/** What people set for a pond, by key, with the defaults filled in. Drawn in docs/formats.md. */
export interface PondConfig {
  /** Commit by itself once what is pending has more bytes of content than this; null: never. */
  readonly 'autocommit.bytes': number | null
  /** Whether a command line that staged something commits when it ends. */
  readonly autosync: boolean
  /** Who commits, unless said otherwise; null: the user of this machine. */
  readonly author: string | null
  /** Bytes that a query may hold before it spills to disk; null: the default of this build. */
  readonly 'query.memoryBytes': number | null
  /** Directories whose entries are what a pattern finds, by path; a text alone is a pattern. */
  readonly views: Readonly<Record<string, string | ViewDefinition>>
}

/** A setting as it may be given: as a value, or as the text that somebody typed. */
export type Setting = string | number | boolean | ViewDefinition | Readonly<Record<string, string | ViewDefinition>>

/** What a view directory shows. Semantics in docs/engine.md. */
export interface ViewDefinition {
  /** From the root of the pond. */
  readonly glob: string
  /** Name of each entry: `$0` is the first capture, `$$` a dollar. Default: its path, with slashes made safe. */
  readonly name?: string
}

export interface PondInfo {
  readonly pondId: string
  readonly path: string
  readonly name: string
  readonly createdAt: string
  readonly format: number
  readonly version: Version
  readonly deltaVersion: number
  /** Why nothing can be staged here; null for a writable pond. */
  readonly readOnly: { readonly code: string; readonly message: string } | null
}

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

/** The first rows of a table, as text; null is no value. */
export interface TablePreview {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface Description {
  readonly entry: Entry
  /** What the viewer opens: `table` has `columns`. */
  readonly kind: 'directory' | 'symlink' | 'table' | 'text' | 'image' | 'binary'
  readonly tableFormat: TableFormat | null
  readonly columns: readonly Column[] | null
  /** Of Parquet and of text; else null. */
  readonly rows: number | null
  readonly rowGroups: readonly { readonly rows: number; readonly bytes: number }[] | null
  /** When the rows of a series happened, first and last; null for everything else, and where no row says. */
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
  /** Why a file that looks like a table cannot be read as one. */
  readonly problem: WireError | null
  /** Of a text file that is a table: how it is read. Of Parquet that was made of text: how that was read. */
  readonly reading: Reading | null
  /** What was said of this entry, which SQL goes by; null where nothing was. */
  readonly readingOptions: ReadingOptions | null
  /** Where it was asked for. */
  readonly preview: TablePreview | null
  readonly versions: number
}

/** Any failure as it crosses a wire. */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly detail: Readonly<Record<string, unknown>>
}

export interface Problem {
  readonly file: string
  readonly kind: string
  readonly message: string
}

export interface VerifyReport {
  readonly ok: boolean
  readonly checked: {
    readonly dataFiles: number
    readonly rows: number
    readonly blobs: number
    readonly bytes: number
  }
  /** Damage; each names a file in the pond's folder. */
  readonly problems: readonly Problem[]
  /** Remarkable, and no damage: files that nothing names, a hint that is late, another program's checkpoint. */
  readonly notes: readonly Problem[]
}

/** What a clean-up removed, or would remove: paths in the pond's folder. */
export interface GarbageReport {
  readonly removed: readonly RemovedFile[]
  /** Of all that was removed. */
  readonly bytes: number
  /** Large files of DuckPond 0.1 that were brought to where other engines do not clean up. */
  readonly moved: { readonly files: number; readonly bytes: number }
}

export interface RemovedFile {
  readonly file: string
  readonly bytes: number
  readonly kind: 'blob' | 'data-file' | 'temporary' | 'journal' | 'cache'
}

/** What the page hears about without asking: everything else is asked for again. */
export interface PondChanged {
  readonly type: 'pond.changed'
  readonly version: Version
  /** Pending operations now. */
  readonly pending: number
  /** Grows with every change seen by this host; a cache key for reads at `pending`. */
  readonly tick: number
}

/** How far long work has come; `total` null while unknown. */
export interface Progress {
  readonly kind: 'progress'
  readonly done: number
  readonly total: number | null
  readonly unit: 'files' | 'bytes' | 'rows' | 'percent'
  readonly note: string
}
/** A long call is a stream of these, the last of which is `done`. Aborting the stream cancels the work. */
export type Step<T> = Progress | { readonly kind: 'done'; readonly result: T }

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

/**
 * What a query reads: one pond at one moment. The query layer owns this interface; `pond/sql`
 * implements it over a steward's view, so that neither layer knows the other.
 */
import type { PondError } from '../../shared/errors'
import type { Change, FileType, Micros, ReadingOptions, ResolvedAt } from '../../shared/model'
import type { OplogRow } from '../oplog'

/** An entry as its directory's Arrow content names it, with the path the tree gives it at the moment. */
export interface DirectoryRow {
  readonly partId: string
  readonly name: string
  readonly childNodeId: string
  readonly nodeType: FileType
  readonly path: string
}

/** A file that SQL may read as a table. */
export interface TableFile {
  /** Its path in the pond. */
  readonly path: string
  readonly fileType: FileType
  readonly size: number
  readonly sha256: string
  /** What was said of how it is read, where it is text. */
  readonly reading?: ReadingOptions
  /**
   * Of a table that is computed by a query over the pond at the same moment: the query. Its rows can be had
   * without its content, which is made only where `hostFile` or `open` is called.
   */
  readonly query?: string
  /** Says of what that query fails by where it stands. */
  told?(error: ErrorTold): Promise<ErrorTold>
  /**
   * Makes the content readable for DuckDB and returns its absolute host path: the blob itself once it
   * is checked against its hash, or a copy in the cache. The name has no useful extension. What has to be computed first
   * is computed no further once nobody waits for it any more, as signals say.
   */
  hostFile(signal?: AbortSignal): Promise<string>
  /** Of what is computed: columns of types that Parquet has not, which its content holds as text. */
  types?(): Promise<readonly ColumnType[]>
  /** The content at any place, for what DuckDB does not read. Not checked: call `hostFile` before. Close it. */
  open(): Promise<TableBytes>
  /** Of a series alone: its versions up to the moment, in order. Reading it is reading all of them. */
  parts?(): Promise<readonly SeriesPartFile[]>
}

/** An error as plain data. */
export type ErrorTold = Pick<PondError, 'code' | 'message' | 'detail'>

export interface ColumnType {
  readonly name: string
  /** DuckDB's spelling. */
  readonly type: string
}

export interface TableBytes {
  readonly size: number
  /** Fewer bytes than asked only at the end. */
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** One version of a series: a whole Parquet file. */
export interface SeriesPartFile {
  readonly nodeVersion: number
  /** The pond version that committed it; null while it is pending. */
  readonly version: number | null
  readonly size: number
  readonly sha256: string
  readonly rows: number | null
  /** The column of its event times; null where nobody said. */
  readonly timestampColumn: string | null
  /** Of its event times, microseconds; null where it has none: only a query without a range needs it. */
  readonly minEventTime: number | null
  readonly maxEventTime: number | null
  /** Both as of `TableFile`. */
  hostFile(): Promise<string>
  open(): Promise<TableBytes>
}

/** A file at one of the versions in which its content is another than before. */
export interface FileState {
  /** Null for what is pending. */
  readonly version: number | null
  /** Microseconds; null for what is pending, and for version 0. */
  readonly committedAt: Micros | null
  /** Null where it is not there. */
  readonly file: TableFile | null
}

/** A name in a directory. */
export interface ListedName {
  readonly name: string
  readonly fileType: FileType
}

export interface NamesAsked {
  /** What they begin with. */
  readonly prefix: string
  /** The first so many. */
  readonly limit: number
}

/** A recipe, as `pond.recipes` tells of it. */
export interface RecipeRow {
  readonly path: string
  readonly output: string
  readonly factory: string | null
  readonly kind: string
  readonly fileType: string
  readonly description: string | null
  readonly state: string
  readonly problem: string | null
  readonly line: number | null
  readonly column: number | null
  /** Of one file; null of a directory, and where nothing can be made. */
  readonly key: string | null
  readonly cachedBytes: number
}

/** What a computed file reads, as `pond.lineage` tells of it. */
export interface LineageRow {
  readonly output: string
  readonly input: string
  /** Of its content; of what is computed, its key. */
  readonly hash: string
  /** Null of what is computed. */
  readonly nodeVersion: number | null
  /** The recipe. */
  readonly via: string
}

/** All that is computed. */
export interface ComputedRows {
  readonly recipes: readonly RecipeRow[]
  readonly lineage: readonly LineageRow[]
}

/** A pending operation as the row it would become: `txnSeq` is -1 and means NULL. */
export type PendingRow = OplogRow

export interface QuerySource {
  /** What is asked is computed for a recipe: it sees files, nothing else of the pond, and no later moment. */
  readonly isForRecipe?: boolean
  /** Tells whoever asked what they should know of how their query was read; once, besides its rows. */
  notice(text: string): void
  readonly at: ResolvedAt
  readonly pondId: string
  /** Absolute host paths: the only folders DuckDB may read. */
  readonly pondFolder: string
  /** Absolute host path, writable (in the system's temp folder for a read-only pond). */
  readonly cacheFolder: string
  /** Absolute host paths of the table's live Parquet files. */
  readonly dataFiles: readonly string[]
  /** Of these, those that another engine wrote: types of columns may be others, partitions may be missing from them. */
  readonly othersFiles: Readonly<Record<string, Readonly<Record<string, string | null>>>>
  /** Whether they may have rows with txn_seq beyond `at.version`, which are to be left out. */
  readonly hasLaterRows: boolean
  /**
   * Rows of the pending operations, in bounded batches; nothing unless `at` is pending. Without `content`
   * that of files is null: to read it takes longer than all the rest.
   */
  pendingRows(options: { readonly content: boolean }): AsyncIterable<readonly PendingRow[]>
  directoryRows(): AsyncIterable<readonly DirectoryRow[]>
  /** Net changes from head to pending; nothing unless `at` is pending. */
  changes(): Promise<readonly Change[]>
  /**
   * Files at an absolute pond path or glob, by path; a file that is really called like the glob is meant
   * itself. @throws tinyfs.* for a plain path that is not there.
   */
  tables(pathOrGlob: string): Promise<readonly TableFile[]>
  /** Names of a directory in UTF-8 order, all of them by default. @throws tinyfs.not-found, tinyfs.not-a-directory */
  list(directory: string, which?: NamesAsked): Promise<readonly ListedName[]>
  info(): Promise<Readonly<Record<string, string>>>
  /** Told without computing it. It may take queries of its own: nobody holds a slot who asks. */
  computed(): Promise<ComputedRows>
  /**
   * Another moment of the same pond: a version, `head`, `head~2`, `pending` or a time. The head is the one
   * that this source knows, whatever others commit meanwhile. @throws steward.bad-time, steward.unknown-version
   */
  moment(text: string): Promise<QuerySource>
  /** Net changes from this moment to another one. */
  changesUntil(to: ResolvedAt): Promise<readonly Change[]>
  /** The node at a path, links not followed; else the one that was there last. Null when none ever was. */
  nodeId(path: string): Promise<string | null>
  /**
   * The file at a path at one moment and at another one, and with `between` each version on the way (`to` is the
   * later one then) in which its content changed, in order. What was moved is followed: where nothing is at
   * the path, the file is meant that is there at the other moment, or at this source's own.
   */
  fileStates(
    path: string,
    span: { readonly from: ResolvedAt; readonly to: ResolvedAt; readonly between: boolean },
  ): Promise<readonly FileState[]>
}

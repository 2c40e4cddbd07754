/** What the steward hands out and takes: a file system to stage through, and what was staged. */
import type { CommitOutcome, Entry, OperationRecord, ReadingOptions } from '../../shared/model'
import type { PondPath } from '../../shared/path'
import type { FileSystem, NodeId } from '../tinyfs'
import type { PreparedContent, SeriesContent, SeriesPart } from '../tlogfs'

export type { PreparedContent, SeriesContent, SeriesPart }

export interface PutOptions {
  /** Default: refuse with tinyfs.exists. */
  readonly replace?: boolean
  /** Make missing directories above. */
  readonly parents?: boolean
  readonly fileType?: 'file:data' | 'file:table' | 'file:series'
  /** Of a series: as in `FileOptions`. */
  readonly timestampColumn?: string
  readonly attributes?: Readonly<Record<string, unknown>>
  /** Take the place of what is computed there. Default: refuse with tinyfs.read-only. */
  readonly overComputed?: boolean
}

/** The pending filesystem inside `stage`: reads see what the same `stage` did before. */
export interface StagingFileSystem extends FileSystem {
  /** @throws tinyfs.not-found, tinyfs.not-a-directory */
  workingDirectory(path: string): Promise<StagingFileSystem>
  /**
   * Names prepared content: a new file, or with `replace` new content of the one at the path (links
   * followed; content that is the same already is left alone). Returns the file's true path.
   */
  put(path: string, content: PreparedContent, options?: PutOptions): Promise<PondPath>
  /** New content for a file, wherever it is. Returns its path. @throws tinyfs.not-found, tinyfs.not-a-file */
  putById(
    nodeId: NodeId,
    content: PreparedContent,
    options?: Omit<PutOptions, 'replace' | 'parents'>,
  ): Promise<PondPath>
  /** As `remove`, wherever the entry is. Returns the path it had. @throws tinyfs.not-found, tinyfs.not-empty */
  removeById(nodeId: NodeId, options?: { readonly recursive?: boolean }): Promise<PondPath>
  /** Adds a version to the series at a path (links followed), or makes one. @throws tlogfs.not-a-series */
  append(path: string, part: SeriesContent, options?: Pick<PutOptions, 'parents' | 'attributes'>): Promise<Appended>
  /**
   * Says how the text at a path (links followed) is read, instead of what was said before; null takes that back.
   * Returns the file's true path. @throws tinyfs.not-found, tinyfs.not-a-file, query.bad-reading
   */
  setReading(path: string, reading: ReadingOptions | null): Promise<PondPath>
  /**
   * What is known of the entry at a path (a link at its end is not followed), as it is pending once this is
   * staged: whoever answers with it need not look again, and fail, when it is. @throws tinyfs.not-found
   */
  entry(path: string): Promise<Entry>
}

export interface Appended {
  /** The series' true path. */
  readonly path: PondPath
  readonly nodeVersion: number
}

export interface Staged<T> {
  readonly result: T
  /** In order, as they are pending now (or were committed). */
  readonly operations: readonly OperationRecord[]
  /** Set when the stage committed as well: because it was asked to, or because of the setting `autocommit.bytes`. */
  readonly commit: CommitOutcome | null
  /** Of a stage that is `undoable`: paths of entries whose pending changes it took the place of. */
  readonly displaced: readonly string[]
}

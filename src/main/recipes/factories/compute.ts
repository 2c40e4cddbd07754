/**
 * What recipes ask of whoever can read a pond with SQL, at one moment. Declared here, brought by the wiring, so that
 * this layer knows no engine.
 */
import type { FileReader } from '../../tinyfs'
import type { TimeRange } from './reduce-state'
import type { Timed } from './slices'

export interface Column {
  readonly name: string
  /** DuckDB's spelling. */
  readonly type: string
}

export interface Match {
  readonly path: string
  readonly captures: readonly string[]
}

/** What a query reads: all that its rows depend on. */
export interface Read {
  readonly path: string
  /** Of its content; of what is computed, its key. */
  readonly hash: string
  /** How it is read, where that was said. */
  readonly reading?: unknown
}

export interface Reads {
  /** Ordered by path, each content once. */
  readonly files: readonly Read[]
  /** Of whoever computes: another version may give other rows. */
  readonly engineVersion: string
}

export interface Compute {
  /** Of what a query would give. Cheap: nothing is read but what says what there is. @throws query.* */
  columns(sql: string): Promise<readonly Column[]>
  /** A result of few rows, each value as text, null for NULL. @throws query.* */
  texts(sql: string, over?: Omit<FromFiles, 'sql'>): Promise<readonly (readonly (string | null)[])[]>
  /** @throws query.*, recipes.cycle, recipes.not-deterministic */
  reads(sql: string): Promise<Reads>
  /**
   * What the rows of a query come from, if they come one by one, with the times that its column has there; undefined where
   * rows are put together, or where nobody knows their times. @throws query.*
   */
  timed(sql: string, column: string): Promise<Timed | undefined>
  /** The version that `at` means to whoever reads at this moment. @throws recipes.bad-spec beyond it */
  versionOf(at: string | number): Promise<number>
  /** Files that a pattern matches, with its captures, ordered by path; `at` as of an input. @throws tinyfs.bad-pattern */
  matches(glob: string, exclude: readonly string[], at?: string | number): Promise<readonly Match[]>
  /** Rows as objects by column name, as JSON. @throws query.*, recipes.too-large beyond `most` rows */
  objects(sql: string, most: number): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** The whole of a small text file. @throws tinyfs.* */
  text(path: string): Promise<string>
  /** Of the content at a path; of what is computed, its key. @throws tinyfs.* */
  hashOf(path: string): Promise<string>
  /** Bytes, made once for each key. @throws recipes.too-large */
  bytes(key: string, make: () => Promise<Uint8Array>, signal?: AbortSignal): Promise<MadeFile>
  /** The rows of a query as Parquet, made once for each key. @throws query.*, recipes.too-large */
  parquet(made: {
    readonly sql: string
    readonly key: string
    readonly metadata: Readonly<Record<string, string>>
    /** Another query that gives the same rows, where there is one; asked once the rows have to be made. */
    readonly instead?: (signal: AbortSignal) => Promise<FromFiles | undefined>
    /** What else to say in the file, known once its rows are to be made; also to whoever asks for it. */
    readonly remarks?: (over: FromFiles | undefined) => Promise<Remarks>
    readonly signal?: AbortSignal | undefined
  }): Promise<MadeFile>
  /**
   * Rows of a query as several files, made once for each key; those that are missing are computed together, from the parts
   * that may have rows in their ranges. @throws query.*, recipes.too-large
   */
  slices(made: {
    /** The first column says to which file a row goes, by its value. */
    readonly sql: (ranges: readonly TimeRange[]) => string
    readonly files: readonly (TimeRange & { readonly key: string; readonly value: number })[]
    readonly signal?: AbortSignal | undefined
  }): Promise<readonly MadeFile[]>
}

export interface Remarks {
  readonly metadata: Readonly<Record<string, string>>
  readonly notices: readonly string[]
}

/** A query over files of the cache. */
export interface FromFiles {
  readonly sql: string
  /** What it calls them, all of them together, in their order. */
  readonly path: string
  readonly files: readonly MadeFile[]
  /** What they are made of, where that was counted. */
  readonly rows: number | null
}

/** A file in the cache. */
export interface MadeFile {
  readonly key: string
  readonly sizeBytes: number
  /** Absolute host path; there as long as this process lives. */
  readonly hostPath: string
  open(): Promise<FileReader>
}

/**
 * What recipes ask of whoever can read a pond with SQL, at one moment. Declared here, brought by the wiring, so that
 * this layer knows no engine.
 */
import type { FileReader } from '../../tinyfs'

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
  texts(sql: string): Promise<readonly (readonly (string | null)[])[]>
  /** @throws query.*, recipes.cycle, recipes.not-deterministic */
  reads(sql: string): Promise<Reads>
  /** The version that `at` means to whoever reads at this moment. @throws recipes.bad-spec beyond it */
  versionOf(at: string | number): Promise<number>
  /** Files that a pattern matches, with its captures, ordered by path. @throws tinyfs.bad-pattern */
  matches(glob: string, exclude: readonly string[]): Promise<readonly Match[]>
  /** Rows as objects by column name, as JSON. @throws query.*, recipes.too-large beyond `most` rows */
  objects(sql: string, most: number): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** The whole of a small text file. @throws tinyfs.* */
  text(path: string): Promise<string>
  /** Of the content at a path; of what is computed, its key. @throws tinyfs.* */
  hashOf(path: string): Promise<string>
  /** Bytes, made once for each key. @throws recipes.too-large */
  bytes(key: string, make: () => Promise<Uint8Array>): Promise<MadeFile>
  /** The rows of a query as Parquet, made once for each key. @throws query.*, recipes.too-large */
  parquet(made: {
    readonly sql: string
    readonly key: string
    readonly metadata: Readonly<Record<string, string>>
  }): Promise<MadeFile>
}

/** A file in the cache. */
export interface MadeFile {
  /** Absolute host path; there as long as this process lives. */
  readonly hostPath: string
  open(): Promise<FileReader>
}

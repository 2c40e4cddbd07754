/** What the steward hands out and takes: moments to read, a file system to stage through, options. */
import type { CommitOutcome, Entry, OperationRecord, ResolvedAt } from '../../shared/model'
import type { PondPath } from '../../shared/path'
import type { NodeRef, ReadFileSystem } from '../tinyfs'

/** The pond at one moment. Immutable: what others do later does not show. */
export interface Moment {
  readonly at: ResolvedAt
  readonly fs: ReadFileSystem
  /** The entry at a path; a symlink at the end is not followed. @throws tinyfs.not-found */
  entry(path: string): Promise<Entry>
  /** @throws tinyfs.not-found, tinyfs.not-a-directory */
  list(path: string, deleted: boolean): Promise<readonly Entry[]>
  glob(pattern: string, all: boolean): Promise<readonly Entry[]>
}

/** Content taken in and hashed, not yet named by anything. */
export interface PreparedContent {
  readonly size: number
  readonly sha256: string
  /** The bytes where they are few; null when they are in a blob. */
  readonly inline: Uint8Array | null
}

export interface PutOptions {
  /** Default: refuse with tinyfs.exists. */
  readonly replace?: boolean
  /** Make missing directories above. */
  readonly parents?: boolean
  readonly fileType?: 'file:data' | 'file:table' | 'file:series'
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** The pending file system inside `stage`: reads see what the same `stage` did before. */
export interface StagingFileSystem extends ReadFileSystem {
  /** Names prepared content: a new file, or with `replace` new content of the one at the path (links followed). */
  put(path: string, content: PreparedContent, options?: PutOptions): Promise<PondPath>
  createDirectory(path: string, options?: { readonly parents?: boolean }): Promise<NodeRef>
  createSymlink(path: string, target: string): Promise<NodeRef>
  remove(path: string, options?: { readonly recursive?: boolean }): Promise<void>
  rename(from: string, to: string): Promise<void>
}

export interface Staged<T> {
  readonly result: T
  /** In order, as they are pending now (or were committed). */
  readonly operations: readonly OperationRecord[]
  /** Set when the stage was asked to commit as well. */
  readonly commit: CommitOutcome | null
}

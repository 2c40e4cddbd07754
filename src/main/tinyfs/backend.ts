/**
 * The filesystem idea: nodes with identities, directories that name them, and nothing about where
 * they are kept. A backend speaks of nodes; paths, symlinks and globs are built on top of it
 * (`filesystem.ts`, `glob.ts`) once for all backends. Source of the semantics: docs/engine.md.
 */
import type { FileType, Micros } from '../../shared/model'
import type { Pace } from '../platform'

/** Lower-case UUID text. */
export type NodeId = string

/** A node where it is reached: files and symlinks are kept with the directory that holds them. */
export interface NodeRef {
  readonly id: NodeId
  readonly fileType: FileType
  /** The directory that keeps it; the root, and what is computed, is kept in itself. */
  readonly parentId: NodeId
}

export interface DirectoryEntry {
  readonly name: string
  readonly node: NodeRef
}

/** False for an entry that was computed: it leads to a node that is kept elsewhere, or nowhere. */
export function isOwnEntry(directory: NodeRef, { node }: DirectoryEntry): boolean {
  return node.parentId === directory.id
}

export interface Metadata {
  readonly node: NodeRef
  /** Bytes of content, of a series: of all its versions; null for directories and symlinks. */
  readonly size: number | null
  /** Lower-case hex: equal for equal content; the content's SHA-256 unless it is a series of several versions. */
  readonly sha256: string | null
  readonly nodeVersion: number
  readonly modifiedAt: Micros
  /** Of the rows of a series; null where there are none. */
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
  /** Extended attributes, e.g. `mediaType`. */
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Content of a file, readable at any place, in any order, by several at a time. */
export interface FileReader {
  readonly size: number
  /**
   * Fewer bytes than asked only at the end. Not checked against the hash (it is not the whole).
   * @throws tinyfs.bad-range, tinyfs.closed
   */
  read(offset: number, length: number): Promise<Uint8Array>
  /**
   * The content in order, in chunks of at most 256 KiB; checked against size and hash as it ends.
   * With `start`/`end` a part of it, unchecked. @throws tlogfs.corrupt-content, tinyfs.bad-range, tinyfs.closed
   */
  chunks(range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>
  /** Idempotent. */
  close(): Promise<void>
}

/** What happens where the content goes. */
export interface FileWriter {
  write(chunk: Uint8Array): Promise<void>
  /** Makes the content visible. @throws whatever naming it would */
  close(): Promise<Metadata>
  /** Leaves nothing behind. Idempotent, also after close. */
  abandon(): Promise<void>
}

export interface FileOptions {
  /** Of a series: the column that says when its rows happened. Default: that of the series, or found by its name. */
  readonly timestampColumn?: string
  readonly fileType?: 'file:data' | 'file:table' | 'file:series'
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** What can be read of a filesystem at one moment. Immutable where the backend says so. */
export interface ReadBackend {
  readonly root: NodeRef
  /** Differs after every change; absent where nothing changes as long as the backend lives. */
  readonly revision?: number
  /** Differs after a directory was moved or removed; absent where that does not happen as long as the backend lives. */
  readonly moves?: number
  /** For loops over many things of it: they let others run. */
  readonly pace?: Pace | undefined
  /** The entry of exactly this name, else of one equal after NFC. */
  lookup(directory: NodeRef, name: string): Promise<DirectoryEntry | undefined>
  /** All entries, ordered by the UTF-8 bytes of their names. */
  entries(directory: NodeRef): Promise<readonly DirectoryEntry[]>
  metadata(node: NodeRef): Promise<Metadata>
  /** Metadata of all entries of a directory, in the order of `entries`: one pass instead of n. */
  metadataOfEntries(directory: NodeRef): Promise<readonly Metadata[]>
  /** The target of a symlink, as written. */
  readLink(node: NodeRef): Promise<string>
  /**
   * @param path what messages call it; default: what the backend calls it
   * @param signal ends the waiting for what has to be made first; what is stored does not wait
   */
  open(node: NodeRef, path?: string, signal?: AbortSignal): Promise<FileReader>
  /** The name of the file that computes a node; undefined for what is stored, and where nobody knows. */
  madeBy?(node: NodeRef): string | undefined
  /** Reads what `metadata` will be asked for soon, where many nodes cost less than each of them. */
  readAhead?(nodes: readonly NodeRef[]): Promise<void>
  /** Reads what `entries` and `lookup` will be asked for soon, where many directories cost less than each of them. */
  readAheadEntries?(directories: readonly NodeRef[]): Promise<void>
}

/**
 * What can be changed. The caller has resolved paths and checked names; the backend checks only what
 * it alone can know (`tinyfs.exists`, `tinyfs.not-empty`, `tinyfs.into-itself`).
 */
export interface WriteBackend extends ReadBackend {
  createDirectory(parent: NodeRef, name: string): Promise<NodeRef>
  createSymlink(parent: NodeRef, name: string, target: string): Promise<NodeRef>
  /** A new file, named when the writer closes. */
  createFile(parent: NodeRef, name: string, options?: FileOptions): Promise<FileWriter>
  /** New content for a file that exists; its type stays unless named. */
  updateFile(node: NodeRef, options?: FileOptions): Promise<FileWriter>
  /** Removes a name; a directory must be empty. */
  remove(parent: NodeRef, name: string): Promise<void>
  rename(
    from: { readonly parent: NodeRef; readonly name: string },
    to: { readonly parent: NodeRef; readonly name: string },
  ): Promise<void>
}

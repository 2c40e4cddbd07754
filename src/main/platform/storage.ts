/**
 * The only way to a disk. Every byte a pond keeps goes through this interface, so that the
 * simulator sees each operation and can lose what was not synced. Paths are relative to the storage's
 * root, `/`-separated, without a leading slash; '' is the root folder itself.
 *
 * Every failure is a PondError `platform.*` whose detail names `operation` and `path`, with the
 * system's error as its cause.
 */
export interface StorageStat {
  readonly kind: 'file' | 'folder' | 'other'
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** Differs between the file and another that takes its name while the first is still open. */
  readonly identity: string
}

export interface StorageEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
}

/** A file being written at its end. `write` returns when the system has taken all bytes. */
export interface StorageWriter {
  /** Bytes in the file now. */
  readonly sizeBytes: number
  write(bytes: Uint8Array): Promise<void>
  /** Makes what was written durable (fsync). */
  sync(): Promise<void>
  setModified(ms: number): Promise<void>
  /** Idempotent. Neither syncs nor removes. */
  close(): Promise<void>
}

/** A file opened for reading at any place; stays readable when the name goes. */
export interface StorageReader {
  readonly sizeBytes: number
  /** Up to `length` bytes from `offset`: fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

export interface LockHolder {
  readonly pid: number
  readonly host: string
  readonly command: string
}
export interface StorageLock {
  /** Idempotent. */
  release(): Promise<void>
}

export interface Storage {
  /** Where this storage is on the host, for DuckDB and for messages; null in simulation. */
  readonly hostPath: string | null

  /** Names in a folder, in no order. @throws platform.not-found */
  list(folder: string): Promise<StorageEntry[]>
  stat(path: string): Promise<StorageStat | undefined>
  /** Whether this process may make and remove files in a folder. Tries nothing. */
  isWritable(folder: string): Promise<boolean>
  /** @throws platform.not-found */
  open(path: string): Promise<StorageReader>
  /** The whole of a (small) file. @throws platform.not-found */
  readFile(path: string): Promise<Uint8Array>

  /**
   * Makes a folder and those above it; no error if it is there. Syncs nothing, but for what is above
   * the root, which nobody else could.
   */
  makeFolder(path: string): Promise<void>
  /** Creates a file exclusively. @throws platform.exists */
  create(path: string): Promise<StorageWriter>
  /** Opens an existing file at its end. @throws platform.not-found */
  append(path: string): Promise<StorageWriter>
  truncate(path: string, sizeBytes: number): Promise<void>
  /**
   * Gives `from` the second name `to` if that is free: atomic create-if-absent with content. Where the
   * file system has no links it says `unsupported`, and nothing was done.
   */
  link(from: string, to: string): Promise<'linked' | 'exists' | 'unsupported'>
  /** Renames over whatever is at `to`. */
  replace(from: string, to: string): Promise<void>
  /** Removes a file; no error if it is not there. */
  remove(path: string): Promise<void>
  /** Removes an empty folder; no error if it is not there. @throws platform.exists for one that is not empty */
  removeFolder(path: string): Promise<void>
  syncFile(path: string): Promise<void>
  syncFolder(path: string): Promise<void>

  /**
   * Takes the operating-system lock on a file (made if missing, never unlinked), waiting at most
   * `timeoutMs`. Excludes other processes and other holders in this one; released by the death of the
   * process. The body names the holder. Once the signal aborts, nobody waits any more, and nothing is held.
   * @throws platform.locked with `holder`, platform.cancelled or the signal's own reason
   */
  lock(path: string, holder: LockHolder, timeoutMs: number, signal?: AbortSignal): Promise<StorageLock>
  /**
   * Calls back soon after something at or below `path` may have changed, by whichever process;
   * coalesced, never while an earlier call is running. Falls back to polling.
   */
  watch(path: string, changed: () => void): Promise<{ close(): Promise<void> }>
}

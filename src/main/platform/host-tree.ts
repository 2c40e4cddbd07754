/**
 * A folder of the host that DuckPond only reads. Links are seen as links, and names as the bytes they are. Paths
 * are relative to its root, `/`-separated; '' is the root itself. Failures are PondErrors `platform.*`, as those of
 * `Storage`.
 */
import type { StorageReader } from './storage'

export type HostKind = 'file' | 'folder' | 'link' | 'other'

export interface HostName {
  /** As text; where `isText` is false, with what is not UTF-8 replaced: to show, not to open. */
  readonly name: string
  readonly isText: boolean
  readonly kind: HostKind
}

export interface HostStat {
  readonly kind: HostKind
  readonly sizeBytes: number
  readonly modifiedMs: number
}

export interface HostTree {
  /** Absolute host path of the root, links in it resolved. */
  readonly hostPath: string
  /** In no order. @throws platform.not-found, platform.denied */
  list(folder: string): Promise<readonly HostName[]>
  /** Of a link itself, never of what it points to. */
  stat(path: string): Promise<HostStat | undefined>
  /**
   * Where a link points: relative to the link's own folder if that is inside the root (or is the
   * root), else `outside` and as written.
   */
  readLink(path: string): Promise<{ readonly target: string; readonly outside: boolean }>
  /** @throws platform.not-found, platform.denied */
  open(path: string): Promise<StorageReader>
}

/**
 * What a computed directory is to those who compute it: names, each for a node that is stored. Owned by
 * this layer; whoever registers one brings the provider.
 */
import type { PondPath } from '../../../shared/path'
import type { DirectoryEntry } from '../backend'
import type { ReadFileSystem } from '../read-filesystem'

export interface DirectoryProvider {
  /** What the directory's metadata says of it, e.g. the pattern behind it. JSON-safe. */
  readonly attributes: Readonly<Record<string, unknown>>
  /**
   * Its entries, in any order: legal names, no two of them equal after NFC, for nodes of `stored`.
   * @param stored what is stored and nothing that is computed, so that no computation waits for itself
   */
  entries(stored: ReadFileSystem): Promise<readonly DirectoryEntry[]>
}

/** A directory that is computed, by the path at which it shows. */
export interface DynamicDirectory {
  readonly path: PondPath
  readonly provider: DirectoryProvider
}

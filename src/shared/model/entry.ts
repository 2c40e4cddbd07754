/** What has a path, and what the viewer shows of it. */
import type { WireError } from './call'
import type { ChangeKind } from './change'
import type { Micros } from './moment'
import type { ViewDefinition } from './pond'
import type { Reading, ReadingOptions } from './reading'
import type { RecipeOf } from './recipe'
import type { Column, TableFormat, TablePreview } from './table'

export const FILE_TYPES = ['directory', 'symlink', 'file:data', 'file:table', 'file:series'] as const
export type FileType = (typeof FILE_TYPES)[number]

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
  /** Of what a recipe makes: it is not stored, has no versions (`nodeVersion` 0) and can only be read. */
  readonly recipe?: RecipeOf
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

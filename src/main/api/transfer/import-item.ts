/** One thing that an import brings: where it goes, and what it is. */
import type { PondPath } from '../../../shared/path'
import type { PreparedContent } from '../../pond'

export type ImportItem =
  | { readonly kind: 'directory'; readonly path: PondPath }
  | { readonly kind: 'symlink'; readonly path: PondPath; readonly target: string }
  | {
      readonly kind: 'file'
      readonly path: PondPath
      readonly content: PreparedContent
      /** Undefined where the content says. */
      readonly fileType: FileItemType | undefined
      /** How its text is read, or was read before it became Parquet. */
      readonly attributes: Readonly<Record<string, unknown>>
    }

export type FileItemType = 'file:data' | 'file:table' | 'file:series'

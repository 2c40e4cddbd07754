/** The ways an entry can be looked at, the best first. */
import type { Description, TableFormat } from '../../../../shared/model'

export type Mode = 'listing' | 'link' | 'table' | 'text' | 'image' | 'bytes' | 'details' | 'versions'

/** What was last chosen for a kind, so that going through files does not jump between ways. */
export const lookedAt = new Map<Description['kind'], Mode>()

const BYTES: ReadonlySet<TableFormat> = new Set<TableFormat>(['parquet', 'arrow', 'xlsx'])

export function modesOf({ kind, tableFormat, entry }: Description): readonly Mode[] {
  switch (kind) {
    case 'directory':
      return ['listing', 'details']
    case 'symlink':
      return ['link', 'details', 'versions']
    case 'image':
      return [
        ...(entry.mediaType === 'image/svg+xml'
          ? (['image', 'text', 'bytes'] as const)
          : (['image', 'bytes'] as const)),
        'details',
        'versions',
      ]
    case 'table':
      return [
        // Those that are no text would be shown as noise.
        ...(tableFormat !== null && BYTES.has(tableFormat)
          ? (['table', 'bytes'] as const)
          : (['table', 'text', 'bytes'] as const)),
        'details',
        'versions',
      ]
    case 'text':
      return [
        ...(tableFormat === null ? (['text', 'bytes'] as const) : (['table', 'text', 'bytes'] as const)),
        'details',
        'versions',
      ]
    case 'binary':
      return [...(tableFormat === null ? (['bytes'] as const) : (['table', 'bytes'] as const)), 'details', 'versions']
  }
}

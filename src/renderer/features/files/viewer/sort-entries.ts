/** The orders of a directory listing. Folders come first in every one of them. */
import type { Entry } from '../../../../shared/model'
import { compareUtf8 } from '../../../../shared/path'

export type SortColumn = 'name' | 'kind' | 'size' | 'modified' | 'versions'

/** What an entry is, in a word. */
export function kindWord({ fileType, name }: Pick<Entry, 'fileType' | 'name'>): string {
  switch (fileType) {
    case 'directory':
      return 'Folder'
    case 'symlink':
      return 'Link'
    case 'file:table':
      return 'Table'
    case 'file:series':
      return 'Series'
    case 'file:data': {
      const dot = name.lastIndexOf('.')
      const extension = dot <= 0 ? '' : name.slice(dot + 1)
      return /^[a-z0-9]{1,8}$/i.test(extension) ? `${extension.toUpperCase()} file` : 'File'
    }
  }
}

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

export function sortEntries(entries: readonly Entry[], column: SortColumn, descending: boolean): Entry[] {
  const sign = descending ? -1 : 1
  const byName = (a: Entry, b: Entry): number => natural.compare(a.name, b.name) || compareUtf8(a.name, b.name)
  const by: Readonly<Record<SortColumn, (a: Entry, b: Entry) => number>> = {
    name: byName,
    kind: (a, b) => natural.compare(kindWord(a), kindWord(b)),
    size: (a, b) => (a.size ?? -1) - (b.size ?? -1),
    modified: (a, b) => a.modifiedAt - b.modifiedAt,
    versions: (a, b) => a.nodeVersion - b.nodeVersion,
  }
  const isFile = (e: Entry): number => (e.fileType === 'directory' ? 0 : 1)
  return [...entries].sort((a, b) => isFile(a) - isFile(b) || sign * by[column](a, b) || byName(a, b))
}

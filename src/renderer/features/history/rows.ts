/** The rows of the history, newest first with what is pending on top, without ever listing a long one. Pure. */
import type { FileVersion, Version } from '../../../shared/model'
import type { RowKey } from './choice'

export interface Rows {
  readonly count: number
  key(index: number): RowKey | undefined
  /** -1 when it is not among them. */
  indexOf(key: RowKey): number
}

/** Every version of a pond. */
export function pondRows(head: Version, pending: boolean): Rows {
  const top = pending ? 1 : 0
  return {
    count: head + top,
    key: (index) => {
      if (index < 0 || index >= head + top) return undefined
      return index < top ? 'pending' : head - (index - top)
    },
    indexOf: (key) => {
      if (key === 'pending') return pending ? 0 : -1
      return key >= 1 && key <= head ? top + head - key : -1
    },
  }
}

/** The versions of one entry, each once. */
export function entryRows(versions: readonly FileVersion[]): Rows {
  const keys = [...new Set(versions.map(({ version }): RowKey => version ?? 'pending'))]
  return { count: keys.length, key: (index) => keys[index], indexOf: (key) => keys.indexOf(key) }
}

/**
 * The row to choose for a moment: its own, else the newest version up to then, which is what one sees
 * there, else the oldest. Undefined when there are no rows.
 */
export function rowFor(rows: Rows, at: RowKey): RowKey | undefined {
  if (at === 'pending') return rows.key(0)
  if (rows.indexOf(at) >= 0) return at
  for (let index = 0; index < rows.count; index++) {
    const key = rows.key(index)
    if (typeof key === 'number' && key <= at) return key
  }
  return rows.key(rows.count - 1)
}

/** Where a key leads in a list of rows; null for keys that do not move. */
export function indexForKey(key: string, index: number, count: number, page: number): number | null {
  const to = {
    ArrowDown: index + 1,
    ArrowUp: index - 1,
    PageDown: index + page,
    PageUp: index - page,
    Home: 0,
    End: count - 1,
  }[key]
  return to === undefined || count === 0 ? null : Math.min(Math.max(to, 0), count - 1)
}

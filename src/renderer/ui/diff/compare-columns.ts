/** How the columns of a table differ between two moments: a column is its name. */
import type { Column } from '../../../shared/model'

export interface ColumnChange {
  readonly name: string
  readonly change: 'same' | 'added' | 'removed' | 'changed'
  /** Null where the column does not exist. */
  readonly before: string | null
  readonly after: string | null
}

/** In the order of the later moment, with removed columns where they were. A name that occurs twice is matched in order. */
export function compareColumns(before: readonly Column[], after: readonly Column[]): readonly ColumnChange[] {
  const left = before.map((column, i) => ({ ...column, key: keyAt(before, i) }))
  const right = after.map((column, i) => ({ ...column, key: keyAt(after, i) }))
  const kept = new Map(right.map((column) => [column.key, column]))
  const result: ColumnChange[] = []
  let next = 0
  for (const old of left) {
    const now = kept.get(old.key)
    if (now === undefined) {
      result.push({ name: old.name, change: 'removed', before: old.type, after: null })
      continue
    }
    // What was added before this column comes first.
    while (next < right.length && !left.some((column) => column.key === right[next]?.key))
      result.push(added(right[next++] as Column))
    result.push({
      name: old.name,
      change: now.type === old.type ? 'same' : 'changed',
      before: old.type,
      after: now.type,
    })
    if (right[next]?.key === old.key) next++
  }
  const shown = new Set(result.filter((one) => one.change === 'added'))
  const rest = right.filter((column) => !left.some((old) => old.key === column.key)).slice(shown.size)
  return [...result, ...rest.map(added)]
}

const added = (column: Column): ColumnChange => ({
  name: column.name,
  change: 'added',
  before: null,
  after: column.type,
})

const keyAt = (columns: readonly Column[], index: number): string => {
  const { name } = columns[index] as Column
  return `${columns.slice(0, index).filter((column) => column.name === name).length}:${name}`
}

export function countColumnChanges(changes: readonly ColumnChange[]): Readonly<Record<ColumnChange['change'], number>> {
  const counts = { same: 0, added: 0, removed: 0, changed: 0 }
  for (const { change } of changes) counts[change]++
  return counts
}

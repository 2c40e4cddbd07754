/**
 * Whether a statement may look at the column `content` of `oplog_entries`. To fill it for what is pending
 * means to read every pending file, so it is only filled for those that may. Errs to the careful side.
 */
import type { Statement } from './statement'
import { textOf, type Node } from './syntax-tree'

/** Node types that stand for columns without naming them: `*`, COLUMNS(...), #1, DESCRIBE and SUMMARIZE, PIVOT. */
const UNNAMED = new Set(['STAR', 'POSITIONAL_REFERENCE', 'SHOW_REF', 'PIVOT'])

export function mayReadContent({ tree, references, subqueries }: Statement): boolean {
  if (tree === null || [...subqueries.values()].some(mayReadContent)) return true
  // A table's own name is a value with all of its columns.
  const rows = new Set(references.tables.map(({ node, name }) => (textOf(node['alias']) || name).toLowerCase()))
  const stack: unknown[] = [tree]
  while (stack.length > 0) {
    const value = stack.pop()
    if (value === 'content' || (typeof value === 'string' && value.toLowerCase() === 'content')) return true
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) {
      const { type, ref_type: join, column_names: names } = value as Node
      if (UNNAMED.has(textOf(type)) || join === 'NATURAL') return true
      if (type === 'COLUMN_REF' && rows.has((names as readonly string[]).at(-1)!.toLowerCase())) return true
    }
    stack.push(...Object.values(value))
  }
  return false
}

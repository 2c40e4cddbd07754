/** The columns that differ between two moments of one file. Matched by name, as `pond.diff_rows` does. */
import type { Side } from './row-diff'
import { quoteText } from '../engine/quote'

/** SQL of one row for each column that was added, deleted or got another type. */
export function schemaDiffSql(from: Side, to: Side): string {
  const before = placed(from)
  const after = placed(to)
  const rows = [...new Set([...after.keys(), ...before.keys()])].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)]
    if (was !== undefined && is !== undefined && was.type === is.type) return []
    const change = was === undefined ? 'added' : is === undefined ? 'deleted' : 'modified'
    const cells = [
      quoteText((is ?? was)!.name),
      quoteText(change),
      ...[was?.type, is?.type].map((type) => (type === undefined ? 'NULL' : quoteText(type))),
      ...[was?.ordinal, is?.ordinal].map((ordinal) => String(ordinal ?? 'NULL')),
    ]
    return [`(${cells.join(', ')})`]
  })
  // A row of NULLs first, so that there are columns and types where nothing differs.
  const nothing = '(NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR, NULL::VARCHAR, NULL::BIGINT, NULL::BIGINT)'
  return `SELECT * FROM (VALUES ${[nothing, ...rows].join(', ')})
    d(column_name, change, from_type, to_type, from_ordinal, to_ordinal) WHERE column_name IS NOT NULL`
}

function placed({ columns }: Side): Map<string, { name: string; type: string; ordinal: number }> {
  return new Map(columns.map((column, index) => [column.name.toLowerCase(), { ...column, ordinal: index + 1 }]))
}

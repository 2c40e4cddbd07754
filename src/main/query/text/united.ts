/**
 * Columns of several text files in one table. DuckDB would unite types by rules of its own, some of which change
 * values: where files differ in what a column is, it is read as one thing from all of them.
 */
import { quoteName } from '../engine/quote'
import type { Kind } from './column-kind'
import { columnSql } from './column-sql'
import type { Override, Plan, PlannedColumn } from './plan'

type Class = 'number' | 'instant' | 'text' | 'nothing' | 'other'

export function unitedColumns(plans: readonly Plan[]): Override {
  if (plans.length < 2) return () => undefined
  const columns = new Map<string, PlannedColumn[]>()
  for (const plan of plans) {
    for (const column of plan.columns) {
      const name = column.name.toLowerCase()
      columns.set(name, [...(columns.get(name) ?? []), column])
    }
  }
  const decided = new Map<string, { readonly asText: boolean; readonly type: string | null }>()
  for (const [name, all] of columns) {
    const filled = all.filter(({ kind }) => classOf(kind) !== 'nothing')
    const types = new Set(filled.map(({ kind, jsonType }) => (kind === null ? jsonType : typeOf(kind))))
    const classes = new Set(filled.map(({ kind }) => classOf(kind)))
    const isLong = filled.some(({ isLong: long }) => long) && types.has('DOUBLE')
    const isMixed = classes.size > 1 || (classes.has('other') && types.size > 1)
    const [type = null] = types
    decided.set(name, { asText: types.size > 1 && (isMixed || isLong), type: types.size === 1 ? type : null })
  }
  return (column) => {
    const { asText, type } = decided.get(column.name.toLowerCase())!
    // JSON's own types go together as DuckDB has it.
    if (asText && column.kind !== null) return quoteName(column.key)
    if (column.kind?.is === 'nothing') return `CAST(NULL AS ${type ?? '"NULL"'})`
    if (column.kind?.is === 'blank' && type !== null && type !== 'VARCHAR') return `CAST(NULL AS ${type})`
    return undefined
  }
}

export function typeOf(kind: Kind): string {
  return columnSql(kind, 'x', 'UTC').type
}

function classOf(kind: Kind | null): Class {
  if (kind === null) return 'other'
  switch (kind.is) {
    case 'integer':
    case 'fraction':
      return 'number'
    case 'times':
    case 'formatted':
      return 'instant'
    case 'text':
    case 'unclear-day':
      return 'text'
    case 'nothing':
    case 'blank':
      return 'nothing'
    case 'boolean':
    case 'time-of-day':
    case 'said':
      return 'other'
  }
}

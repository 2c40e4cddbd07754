/**
 * What a WHERE says of a table's columns as bounds in time, where it says so plainly: comparisons of a
 * column with what is the same for every row, joined by AND. A hint for leaving versions of a series out,
 * so it errs to the wide side: a day is added at both ends, as a time without a zone may mean any zone.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { constantOf } from './constants'
import { textOf, type Node } from './syntax-tree'

/** Bounds of one column, microseconds, both included; null is open. */
export interface TimeRange {
  readonly from: number | null
  readonly to: number | null
}

/** By the lower-case name of the column. */
export type TimeRanges = ReadonlyMap<string, TimeRange>

const SLACK_MICROS = 24 * 3_600 * 1_000_000

/** Bounds for the tables of a tree, by their nodes; only for those that stand alone in their FROM. */
export async function timeRangesOf(
  connection: DuckDBConnection,
  tree: readonly Node[],
): Promise<ReadonlyMap<Node, TimeRanges>> {
  const found = new Map<Node, TimeRanges>()
  for (const { table, where } of filtered(tree)) {
    const ranges = new Map<string, TimeRange>()
    for (const { column, side, expression } of bounds(where, table)) {
      const micros = await microsOf(connection, expression)
      if (micros === null) continue
      const { from, to } = ranges.get(column) ?? { from: null, to: null }
      ranges.set(column, {
        from: side === 'above' || side === 'at' ? Math.max(from ?? -Infinity, micros - SLACK_MICROS) : from,
        to: side === 'below' || side === 'at' ? Math.min(to ?? Infinity, micros + SLACK_MICROS) : to,
      })
    }
    if (ranges.size > 0) found.set(table, ranges)
  }
  return found
}

/** Whether something between two instants can be in a range; unknown instants can be anywhere. */
export function overlaps({ from, to }: TimeRange, first: number | null, last: number | null): boolean {
  return !(from !== null && last !== null && last < from) && !(to !== null && first !== null && first > to)
}

interface Filtered {
  readonly table: Node
  readonly where: Node
}

/** SELECTs over one table with a WHERE. A sample is taken before the WHERE, so that it must see all. */
function filtered(tree: readonly Node[]): Filtered[] {
  const found: Filtered[] = []
  const stack: unknown[] = [tree]
  while (stack.length > 0) {
    const value = stack.pop()
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) {
      const { type, from_table: table, where_clause: where } = value as Node
      if (type === 'SELECT_NODE' && isAlone(table as Node | null) && typeof where === 'object' && where !== null) {
        found.push({ table: table as Node, where: where as Node })
      }
    }
    stack.push(...Object.values(value))
  }
  return found
}

function isAlone(table: Node | null): boolean {
  if (table?.['type'] !== 'BASE_TABLE' || table['sample'] !== null) return false
  const renamed = table['column_name_alias']
  return !Array.isArray(renamed) || renamed.length === 0
}

interface Bound {
  readonly column: string
  readonly side: 'above' | 'below' | 'at'
  readonly expression: Node
}

const SIDES: Readonly<Record<string, Bound['side']>> = {
  COMPARE_EQUAL: 'at',
  COMPARE_GREATERTHAN: 'above',
  COMPARE_GREATERTHANOREQUALTO: 'above',
  COMPARE_LESSTHAN: 'below',
  COMPARE_LESSTHANOREQUALTO: 'below',
}
const MIRRORED = { above: 'below', below: 'above', at: 'at' } as const

function bounds(where: Node, table: Node): Bound[] {
  const type = textOf(where['type'])
  if (type === 'CONJUNCTION_AND') return (where['children'] as readonly Node[]).flatMap((each) => bounds(each, table))
  if (type === 'COMPARE_BETWEEN') {
    const column = columnOf(where['input'] as Node, table)
    if (column === null) return []
    return [
      { column, side: 'above', expression: where['lower'] as Node },
      { column, side: 'below', expression: where['upper'] as Node },
    ]
  }
  const side = SIDES[type]
  if (side === undefined) return []
  const [left, right] = [where['left'] as Node, where['right'] as Node]
  const [onLeft, onRight] = [columnOf(left, table), columnOf(right, table)]
  if (onLeft !== null) return [{ column: onLeft, side, expression: right }]
  return onRight === null ? [] : [{ column: onRight, side: MIRRORED[side], expression: left }]
}

/** The column of the table that an expression is; null when it is anything else. */
function columnOf(expression: Node, table: Node): string | null {
  if (expression['type'] !== 'COLUMN_REF') return null
  const names = (expression['column_names'] as readonly string[]).map((name) => name.toLowerCase())
  const alias = textOf(table['alias']) || textOf(table['table_name'])
  if (names.length === 1) return names[0]!
  return names.length === 2 && names[0] === alias.toLowerCase() ? names[1]! : null
}

/** An expression as an instant, to be taken a day to either side; null when it is none, or depends on data. */
async function microsOf(connection: DuckDBConnection, expression: Node): Promise<number | null> {
  try {
    const constant = await constantOf(connection, expression)
    if (constant?.kind !== 'text' && constant?.kind !== 'time') return null
    const { VARCHAR } = await import('@duckdb/node-api')
    const sql = 'SELECT epoch_us(TRY_CAST($1::VARCHAR AS TIMESTAMP))'
    const micros = (await connection.runAndReadAll(sql, [constant.text], [VARCHAR])).value(0, 0)
    return typeof micros === 'bigint' && Number.isSafeInteger(Number(micros)) ? Number(micros) : null
  } catch {
    // What is wrong with it is for the statement itself to say.
    return null
  }
}

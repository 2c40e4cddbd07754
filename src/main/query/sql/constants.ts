/**
 * Expressions that stand for one value whatever the data: literals, and what can be computed from them
 * and from the time of day. Nothing else is let near DuckDB here, so that a statement that is only being
 * read can do nothing yet.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { literalTexts } from './references'
import { numberOf, parseSql, printSql, textOf, writeTree, type Node } from './syntax-tree'
import { toJson, toText } from '../engine/values'

export type Constant =
  | { readonly kind: 'null' }
  /** Digits, with a minus sign before them or not. */
  | { readonly kind: 'integer'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  /** As people write moments: a date, a local time, or an ISO time in UTC. */
  | { readonly kind: 'time'; readonly text: string }
  /** Of another type, which is named. */
  | { readonly kind: 'other'; readonly type: string }

const INTEGERS = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/
const TIMES = /^(DATE|TIMESTAMP.*)$/
/** What DuckDB makes of INTERVAL, and what people reckon a time with. All of them take no time and read nothing. */
const COMPUTED = new Set([
  ...['+', '-', '*', 'trunc', 'date_trunc', 'make_date', 'make_timestamp'],
  ...['now', 'get_current_timestamp', 'current_date', 'today', 'transaction_timestamp'],
  ...['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds'].map((unit) => `to_${unit}`),
])

/** The value of an expression; null when it depends on data or on what is not known yet. @throws what DuckDB says of it */
export async function constantOf(connection: DuckDBConnection, expression: Node): Promise<Constant | null> {
  const known = literalOf(expression)
  if (known !== null) return known
  if (!isComputed(expression)) return null
  const { tree } = (await parseSql(connection, 'SELECT NULL')) as { readonly tree: readonly Node[] }
  const hole = ((tree[0]!['node'] as Node)['select_list'] as readonly Node[])[0]!
  const reader = await connection.runAndReadAll(
    await printSql(connection, writeTree(tree, new Map([[hole, expression]]))),
  )
  const type = reader.columnType(0).toString()
  const value = reader.value(0, 0)
  if (value === null) return { kind: 'null' }
  if (INTEGERS.test(type)) return { kind: 'integer', text: String(value) }
  if (type === 'VARCHAR') return { kind: 'text', text: String(value) }
  if (TIMES.test(type)) return { kind: 'time', text: type.endsWith('ZONE') ? String(toJson(value)) : toText(value) }
  return { kind: 'other', type }
}

function literalOf(expression: Node): Constant | null {
  const texts = literalTexts(expression)
  if (expression['type'] !== 'VALUE_CONSTANT') return texts === null ? null : { kind: 'texts', texts }
  if (texts !== null) return { kind: 'text', text: texts[0]! }
  const { type, is_null: isNull, value } = expression['value'] as Node
  if (isNull === true) return { kind: 'null' }
  const id = textOf((type as Node)['id'])
  const digits = INTEGERS.test(id) ? numberOf(value) : null
  return digits === null ? null : { kind: 'integer', text: digits }
}

function isComputed(expression: Node): boolean {
  switch (expression['type']) {
    case 'VALUE_CONSTANT':
      return true
    case 'OPERATOR_CAST':
      return isComputed(expression['child'] as Node)
    case 'FUNCTION':
      return (
        COMPUTED.has(textOf(expression['function_name']).toLowerCase()) &&
        (expression['children'] as readonly Node[]).every(isComputed)
      )
    // CURRENT_TIMESTAMP and CURRENT_DATE, which are functions without parentheses.
    case 'COLUMN_REF':
      return /^current_(timestamp|date)$/i.test((expression['column_names'] as readonly string[]).join('.'))
    default:
      return false
  }
}

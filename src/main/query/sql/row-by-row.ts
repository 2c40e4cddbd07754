/**
 * Queries whose rows come one by one from the rows of one table, told from the syntax tree, and where one of their columns
 * comes from. Conservative: what is not known to go row by row does not.
 */
import { textOf, type Node } from './syntax-tree'

/** The table that rows come from, and its column that is the one asked about, unchanged. */
export interface Origin {
  readonly table: Node
  readonly column: string
  /** Whether every row of the table is there. */
  readonly isWhole: boolean
}

export interface RowByRowOptions {
  /** Lower case. */
  readonly column: string
  /** Whether a function of this lower-case name takes values of one row and gives one value, the same each time. */
  readonly isScalar: (name: string) => boolean
}

/** Names of common table expressions that can be seen, lower case, with their queries. */
type Scope = ReadonlyMap<string, Node>

const ALLOWED = new Set([
  ...['COLUMN_REF', 'CONSTANT', 'FUNCTION', 'COMPARISON', 'CONJUNCTION', 'OPERATOR', 'CAST', 'CASE', 'BETWEEN'],
  ...['LAMBDA', 'COLLATE'],
])
/** Queries in queries that are looked into. */
const MAX_DEPTH = 32

/** Undefined where rows are put together, left out by others, numbered or made, or where the column is computed. */
export function rowOrigin(tree: readonly Node[], options: RowByRowOptions): Origin | undefined {
  const node = tree.length === 1 ? (tree[0]!['node'] as Node | undefined) : undefined
  return node && originIn(node, new Map(), { ...options, depth: 0 })
}

function originIn(node: Node, outer: Scope, options: RowByRowOptions & { readonly depth: number }): Origin | undefined {
  const { depth, isScalar } = options
  if (depth > MAX_DEPTH || node['type'] !== 'SELECT_NODE') return undefined
  const isPlain =
    isEmpty(node['group_expressions']) &&
    isEmpty(node['group_sets']) &&
    node['aggregate_handling'] === 'STANDARD_HANDLING' &&
    node['having'] === null &&
    node['sample'] === null &&
    node['qualify'] === null
  const items = node['select_list'] as readonly Node[]
  const isOneByOne =
    isPlain &&
    (node['modifiers'] as readonly Node[]).every((modifier) => isOrder(modifier, isScalar)) &&
    [node['where_clause'], ...items.filter(({ type }) => type !== 'STAR')].every((each) => isOfOneRow(each, isScalar))
  const table = node['from_table'] as Node | null
  if (!isOneByOne || table === null || table['sample'] !== null || !isEmpty(table['column_name_alias']))
    return undefined
  const column = columnBelow(items, options.column, table, isScalar)
  if (column === undefined) return undefined
  const scope = scopeOf(node, outer)
  const isAll = node['where_clause'] === null
  const below = (inner: Node, seen: Scope): Origin | undefined => {
    const found = originIn(inner, seen, { ...options, column, depth: depth + 1 })
    return found && { ...found, isWhole: found.isWhole && isAll }
  }
  if (table['type'] === 'SUBQUERY') return below((table['subquery'] as Node)['node'] as Node, scope)
  if (table['type'] !== 'BASE_TABLE' || textOf(table['schema_name']) !== '') return undefined
  const name = textOf(table['table_name']).toLowerCase()
  const expression = scope.get(name)
  if (expression === undefined) return { table, column, isWhole: isAll }
  const before = new Map([...scope].slice(0, [...scope.keys()].indexOf(name)))
  return below(expression, before)
}

/** One that is recursive, or whose columns have other names, hides what it is. */
function scopeOf(node: Node, outer: Scope): Scope {
  const scope = new Map(outer)
  const ctes = (node['cte_map'] as Node | undefined)?.['map']
  for (const { key, value } of (ctes ?? []) as readonly { readonly key: string; readonly value: Node }[]) {
    const query = (value['query'] as Node | undefined)?.['node'] as Node | undefined
    const isPlain = isEmpty(value['aliases']) && isEmpty(value['key_targets'])
    scope.delete(key.toLowerCase())
    scope.set(key.toLowerCase(), isPlain && query !== undefined ? query : {})
  }
  return scope
}

/** The column of the table that a column of the result is; exactly one may have its name. */
function columnBelow(
  items: readonly Node[],
  column: string,
  table: Node,
  isScalar: RowByRowOptions['isScalar'],
): string | undefined {
  const found: (string | undefined)[] = []
  for (const item of items) {
    if (item['type'] === 'STAR') {
      const passed = throughStar(item, column, isScalar)
      if (passed === null) return undefined
      if (passed !== undefined) found.push(passed)
      continue
    }
    const source = item['type'] === 'COLUMN_REF' ? columnOf(item, table) : undefined
    const name = textOf(item['alias']) || (source ?? '')
    if (name.toLowerCase() === column) found.push(source)
  }
  return found.length === 1 ? found[0]?.toLowerCase() : undefined
}

/** Null where it cannot be told. */
function throughStar(star: Node, column: string, isScalar: RowByRowOptions['isScalar']): string | null | undefined {
  const { exclude_list: excluded, replace_list: replaced, rename_list: renamed, qualified_exclude_list: others } = star
  if (star['columns'] !== false || star['expr'] !== null || !isEmpty(renamed) || !isEmpty(others)) return null
  const replacements = (replaced ?? []) as readonly { readonly key: string; readonly value: Node }[]
  if (!replacements.every(({ value }) => isOfOneRow(value, isScalar))) return null
  if (replacements.some(({ key }) => key.toLowerCase() === column)) return null
  return ((excluded ?? []) as readonly string[]).some((name) => name.toLowerCase() === column) ? undefined : column
}

function columnOf(reference: Node, table: Node): string | undefined {
  const names = reference['column_names'] as readonly string[]
  if (names.length === 1) return names[0]
  const alias = textOf(table['alias']) || textOf(table['table_name'])
  return names.length === 2 && names[0]!.toLowerCase() === alias.toLowerCase() ? names[1] : undefined
}

function isOrder(modifier: Node, isScalar: RowByRowOptions['isScalar']): boolean {
  if (modifier['type'] !== 'ORDER_MODIFIER') return false
  return (modifier['orders'] as readonly Node[]).every(({ expression }) => {
    return (expression as Node)['type'] === 'STAR' || isOfOneRow(expression, isScalar)
  })
}

/** Whether an expression depends on values of one row alone. */
function isOfOneRow(expression: unknown, isScalar: RowByRowOptions['isScalar']): boolean {
  const stack: unknown[] = [expression]
  while (stack.length > 0) {
    const value = stack.pop()
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      stack.push(...(value as unknown[]))
      continue
    }
    const node = value as Node
    const kind = node['class']
    if (kind !== undefined && !ALLOWED.has(textOf(kind))) return false
    if (kind === 'FUNCTION' && !isPlainCall(node, isScalar)) return false
    stack.push(...Object.values(node))
  }
  return true
}

function isPlainCall(call: Node, isScalar: RowByRowOptions['isScalar']): boolean {
  const orders = (call['order_bys'] as Node | null)?.['orders']
  return (
    ['', 'main'].includes(textOf(call['schema'])) &&
    call['filter'] === null &&
    call['distinct'] === false &&
    isEmpty(orders) &&
    isScalar(textOf(call['function_name']).toLowerCase())
  )
}

function isEmpty(list: unknown): boolean {
  return list == null || (Array.isArray(list) && list.length === 0)
}

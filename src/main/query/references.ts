/**
 * What a statement names, found by walking the syntax tree that DuckDB serialises: tables, calls of
 * table functions, and whether it looks at the catalog. Relies on the tree's node types only. Numbers
 * in the tree are not to be trusted (JSON.parse rounds 64-bit literals); none but positions are read.
 */
export interface TableReference {
  readonly catalog: string
  readonly schema: string
  readonly name: string
  /** UTF-8 offset in the text that was serialised; null where the tree names no place. */
  readonly byteOffset: number | null
  readonly hasAlias: boolean
  /** Has an AT clause of its own. */
  readonly hasMoment: boolean
}

export interface CallReference {
  /** Lower case. */
  readonly name: string
  readonly byteOffset: number | null
  readonly hasAlias: boolean
  /** The path arguments when they are literal texts, else null. */
  readonly paths: readonly string[] | null
  /** Named arguments by lower-case name; the value where it is a literal text or boolean (`t`, `f`), else null. */
  readonly options: ReadonlyMap<string, string | null>
}

export interface References {
  readonly tables: readonly TableReference[]
  readonly calls: readonly CallReference[]
  /** SHOW and the like: wants to see every relation there is. */
  readonly catalog: boolean
}

export const NO_REFERENCES: References = { tables: [], calls: [], catalog: false }

type Node = Readonly<Record<string, unknown>>

const CATALOG_SCHEMAS = new Set(['information_schema', 'pg_catalog'])
const CATALOG_TABLES = /^(sqlite_(temp_)?(master|schema)|duckdb_.*|pragma_.*|pg_.*)$/

/** References of a serialised tree: the `statements` of `json_serialize_sql`. Names of common table expressions are none. */
export function referencesOf(tree: unknown): References {
  const tables: TableReference[] = []
  const calls: CallReference[] = []
  const expressions = new Set<string>()
  let catalog = false
  // A stack and no recursion: expressions may nest as deep as the text is long.
  const stack: unknown[] = [tree]
  while (stack.length > 0) {
    const value = stack.pop()
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) stack.push(item)
      continue
    }
    if (typeof value !== 'object' || value === null) continue
    const node = value as Node
    if (node['type'] === 'BASE_TABLE') {
      const table = tableReference(node)
      tables.push(table)
      if (CATALOG_SCHEMAS.has(table.schema.toLowerCase()) || CATALOG_TABLES.test(table.name.toLowerCase()))
        catalog = true
    } else if (node['type'] === 'TABLE_FUNCTION') {
      const call = callReference(node)
      calls.push(call)
      if (CATALOG_TABLES.test(call.name)) catalog = true
    } else if (node['type'] === 'SHOW_REF' && node['query'] === null) {
      catalog = true
    }
    const ctes = (node['cte_map'] as Node | undefined)?.['map']
    if (Array.isArray(ctes)) for (const cte of ctes as Node[]) expressions.add(text(cte['key']).toLowerCase())
    for (const child of Object.values(node)) stack.push(child)
  }
  return {
    tables: tables.filter((table) => table.schema !== '' || !expressions.has(table.name.toLowerCase())),
    calls,
    catalog,
  }
}

function tableReference(node: Node): TableReference {
  return {
    catalog: text(node['catalog_name']),
    schema: text(node['schema_name']),
    name: text(node['table_name']),
    byteOffset: position(node),
    hasAlias: text(node['alias']) !== '',
    hasMoment: node['at_clause'] !== null && node['at_clause'] !== undefined,
  }
}

function callReference(node: Node): CallReference {
  const call = node['function'] as Node
  const args = (call['children'] ?? []) as readonly Node[]
  const named = args.flatMap((arg) => namedArgument(arg) ?? [])
  const first = args.find((arg) => namedArgument(arg) === undefined)
  return {
    name: text(call['function_name']).toLowerCase(),
    byteOffset: position(node),
    hasAlias: text(node['alias']) !== '',
    paths: first === undefined ? null : literalTexts(first),
    options: new Map(named.map(({ name, value }) => [name, literal(value)])),
  }
}

/** `name = value` parses as a comparison, `name := value` as a value with an alias. */
function namedArgument(node: Node): { readonly name: string; readonly value: Node } | undefined {
  if (text(node['alias']) !== '') return { name: text(node['alias']).toLowerCase(), value: node }
  if (node['type'] !== 'COMPARE_EQUAL') return undefined
  const left = node['left'] as Node
  if (left['type'] !== 'COLUMN_REF') return undefined
  return { name: (left['column_names'] as string[]).join('.').toLowerCase(), value: node['right'] as Node }
}

function literal(node: Node): string | null {
  if (node['type'] === 'OPERATOR_CAST') return literal(node['child'] as Node)
  return literalTexts(node)?.[0] ?? null
}

/** A text literal, or a list of them. */
function literalTexts(node: Node): readonly string[] | null {
  if (node['type'] === 'VALUE_CONSTANT') {
    const value = node['value'] as Node
    const isText = (value['type'] as Node)['id'] === 'VARCHAR' && value['is_null'] === false
    return isText && typeof value['value'] === 'string' ? [value['value']] : null
  }
  if (node['type'] !== 'FUNCTION' && node['type'] !== 'ARRAY_CONSTRUCTOR') return null
  if (node['type'] === 'FUNCTION' && node['function_name'] !== 'list_value') return null
  const items = ((node['children'] ?? []) as readonly Node[]).map(literalTexts)
  return items.length > 0 && items.every((item) => item !== null) ? items.flat() : null
}

function position(node: Node): number | null {
  const at = node['query_location']
  // An absent place is written as the largest unsigned 64-bit number.
  return typeof at === 'number' && Number.isSafeInteger(at) ? at : null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

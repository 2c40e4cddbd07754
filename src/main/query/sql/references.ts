/**
 * What a statement names, found by walking the syntax tree that DuckDB serialises: tables, calls of
 * table functions, and whether it looks at the catalog. Relies on the tree's node types only; knows
 * where a common table expression hides a relation of the same name.
 */
import { numberOf, placeOf, textOf, type Node } from './syntax-tree'

export interface TableReference {
  readonly node: Node
  readonly catalog: string
  readonly schema: string
  readonly name: string
  /** UTF-8 offset in the text that was serialised; null where the tree names no place. */
  readonly byteOffset: number | null
  readonly hasAlias: boolean
  /** Its own AT clause. */
  readonly moment: MomentClause | null
  /** Names a common table expression, and no relation or file. */
  readonly isExpression: boolean
}

export interface MomentClause {
  readonly unit: 'VERSION' | 'TIMESTAMP'
  readonly expression: Node
}

export interface CallReference {
  readonly node: Node
  /** Lower case, as is the name. */
  readonly schema: string
  readonly name: string
  readonly byteOffset: number | null
  readonly hasAlias: boolean
  readonly withOrdinality: boolean
  readonly args: readonly Argument[]
  /** The path arguments when they are literal texts, else null. */
  readonly paths: readonly string[] | null
  /** Named arguments by lower-case name; the value where it is a literal text or boolean, else null. */
  readonly options: ReadonlyMap<string, string | boolean | null>
}

export interface Argument {
  /** Lower case; null for one that is told by its position. */
  readonly name: string | null
  readonly value: Node
}

export interface References {
  readonly tables: readonly TableReference[]
  readonly calls: readonly CallReference[]
  /** Calls that stand where a value is expected, of functions that name a schema. */
  readonly scalarCalls: readonly Pick<CallReference, 'schema' | 'name' | 'byteOffset'>[]
  /** Settings of the instance that are asked for; null where the name is computed. */
  readonly settings: readonly { readonly name: string | null; readonly byteOffset: number | null }[]
  /**
   * Lower-case names of functions that are called, bare names of columns that are words of SQL, `age/1` for that function with
   * one argument, `using sample`.
   */
  readonly words: ReadonlySet<string>
  /** SHOW and the like: wants to see every relation there is. */
  readonly catalog: boolean
}

export const NO_REFERENCES: References = {
  tables: [],
  calls: [],
  scalarCalls: [],
  settings: [],
  words: new Set(),
  catalog: false,
}

const CATALOG_SCHEMAS = new Set(['information_schema', 'pg_catalog'])
const CATALOG_TABLES = /^(sqlite_(temp_)?(master|schema)|duckdb_.*|pragma_.*|pg_.*)$/

/** Lower-case names of the common table expressions that can be seen. */
type Scope = ReadonlySet<string>

/** References of a serialised tree. */
export function referencesOf(tree: readonly Node[]): References {
  const tables: TableReference[] = []
  const calls: CallReference[] = []
  const scalarCalls: References['scalarCalls'][number][] = []
  const settings: References['settings'][number][] = []
  const words = new Set<string>()
  let catalog = false
  // A stack and no recursion: expressions may nest as deep as the text is long.
  const stack: { readonly value: unknown; readonly scope: Scope }[] = [{ value: tree, scope: new Set() }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value } = next
    let { scope } = next
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) {
      // From the end, so that what is written first is met first.
      for (const item of (value as unknown[]).toReversed()) stack.push({ value: item, scope })
      continue
    }
    const node = value as Node
    let children: readonly unknown[] = Object.values(node)
    for (const word of wordsOf(node)) words.add(word)
    if (node['type'] === 'BASE_TABLE') {
      const table = tableReference(node, scope)
      tables.push(table)
      const isCatalog = CATALOG_SCHEMAS.has(table.schema.toLowerCase()) || CATALOG_TABLES.test(table.name.toLowerCase())
      catalog ||= isCatalog
    } else if (node['type'] === 'TABLE_FUNCTION') {
      const call = callReference(node)
      calls.push(call)
      catalog ||= CATALOG_TABLES.test(call.name)
      const { function: called, ...others } = node
      // The query that pond.ipc takes is a statement of its own.
      children = [...Object.values(others), ...(isIpcCall(call) ? [] : Object.values(called as Node))]
    } else if (node['type'] === 'FUNCTION' && textOf(node['function_name']).toLowerCase() === 'current_setting') {
      const first = (node['children'] as readonly Node[] | undefined)?.[0]
      settings.push({ name: first === undefined ? null : literal(first), byteOffset: placeOf(node) })
    } else if (node['type'] === 'FUNCTION' && textOf(node['schema']) !== '') {
      scalarCalls.push(functionName(node))
    } else if (node['type'] === 'SHOW_REF' && node['query'] === null) {
      catalog = true
    }
    const ctes = (node['cte_map'] as Node | undefined)?.['map']
    if (Array.isArray(ctes)) {
      const names = new Set(scope)
      for (const { key, value: cte } of ctes as readonly { readonly key: string; readonly value: Node }[]) {
        // One sees those before it; itself only if it is recursive.
        const own = isRecursive(cte) ? new Set(names).add(key.toLowerCase()) : new Set(names)
        stack.push({ value: cte, scope: own })
        names.add(key.toLowerCase())
      }
      scope = names
      const { cte_map: _done, ...others } = node
      children = Object.values(others)
    }
    for (const child of children.toReversed()) stack.push({ value: child, scope })
  }
  return { tables, calls, scalarCalls, settings, words, catalog }
}

function wordsOf(node: Node): string[] {
  const words: string[] = []
  if (node['type'] === 'FUNCTION') {
    const name = textOf(node['function_name']).toLowerCase()
    words.push(name)
    if ((node['children'] as readonly unknown[] | undefined)?.length === 1) words.push(`${name}/1`)
  }
  if (node['type'] === 'COLUMN_REF') {
    const names = node['column_names'] as readonly unknown[] | undefined
    if (names?.length === 1) words.push(textOf(names[0]).toLowerCase())
  }
  const sample = node['sample'] as Node | null | undefined
  if (sample != null && numberOf(sample['seed']) === '-1') words.push('using sample')
  return words
}

/** `pond.ipc((SELECT ...))` */
export function isIpcCall({ schema, name }: Pick<CallReference, 'schema' | 'name'>): boolean {
  return schema === 'pond' && name === 'ipc'
}

function isRecursive(cte: Node): boolean {
  const query = cte['query'] as Node | null
  return (query?.['node'] as Node | undefined)?.['type'] === 'RECURSIVE_CTE_NODE'
}

function tableReference(node: Node, scope: Scope): TableReference {
  const at = node['at_clause'] as Node | null
  const [schema, name] = [textOf(node['schema_name']), textOf(node['table_name'])]
  return {
    node,
    catalog: textOf(node['catalog_name']),
    schema,
    name,
    byteOffset: placeOf(node),
    hasAlias: textOf(node['alias']) !== '',
    moment: at && { unit: textOf(at['unit']) as MomentClause['unit'], expression: at['expr'] as Node },
    isExpression: schema === '' && scope.has(name.toLowerCase()),
  }
}

function callReference(node: Node): CallReference {
  const call = node['function'] as Node
  const args = ((call['children'] ?? []) as readonly Node[]).map(argument)
  const first = args.find(({ name }) => name === null)
  return {
    node,
    ...functionName(call),
    byteOffset: placeOf(node),
    hasAlias: textOf(node['alias']) !== '',
    withOrdinality: ![undefined, 'WITHOUT_ORDINALITY'].includes(node['with_ordinality'] as string | undefined),
    args,
    paths: first === undefined ? null : literalTexts(first.value),
    options: new Map(args.flatMap(({ name, value }) => (name === null ? [] : [[name, option(value)]]))),
  }
}

function functionName(call: Node): Pick<CallReference, 'schema' | 'name' | 'byteOffset'> {
  return {
    schema: textOf(call['schema']).toLowerCase(),
    name: textOf(call['function_name']).toLowerCase(),
    byteOffset: placeOf(call),
  }
}

/** `name = value` parses as a comparison, `name := value` and `name => value` as a value with an alias. */
function argument(node: Node): Argument {
  if (textOf(node['alias']) !== '') return { name: textOf(node['alias']).toLowerCase(), value: node }
  const left = node['type'] === 'COMPARE_EQUAL' ? (node['left'] as Node) : null
  if (left?.['type'] !== 'COLUMN_REF') return { name: null, value: node }
  return { name: (left['column_names'] as string[]).join('.').toLowerCase(), value: node['right'] as Node }
}

/** TRUE is the text `t` cast to a boolean, which is not the text `t`. */
function option(node: Node): string | boolean | null {
  const text = literal(node)
  if (node['type'] !== 'OPERATOR_CAST') return text
  const type = (node['cast_type'] as Node | undefined)?.['id']
  if (type === 'VARCHAR') return text
  return type === 'BOOLEAN' && (text === 't' || text === 'f') ? text === 't' : null
}

function literal(node: Node): string | null {
  if (node['type'] === 'OPERATOR_CAST') return literal(node['child'] as Node)
  return literalTexts(node)?.[0] ?? null
}

/** A text literal, or a list of them. */
export function literalTexts(node: Node): readonly string[] | null {
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

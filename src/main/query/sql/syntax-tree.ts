/**
 * The syntax tree that DuckDB serialises, read and written without losing a digit. Relies on
 * `json_serialize_sql` and `json_deserialize_sql` being inverse to each other; promises that what was read
 * is written back with the same literals (`JSON.parse` alone rounds 64-bit integers and turns 10.0 into 10).
 */
import type { DuckDBConnection } from '@duckdb/node-api'

/** A node of the tree: keys are DuckDB's own and fixed; what users wrote stands in values only. */
export type Node = Readonly<Record<string, unknown>>

/** A number as its digits stand in the JSON. */
export interface NumberText {
  readonly $number: string
}

export type Parsed =
  /** The `statements` of the answer, of which there is one. */
  | { readonly tree: readonly Node[] }
  | { readonly failure: 'not-select' }
  | { readonly failure: 'syntax'; readonly message: string; readonly byteOffset: number | null }

interface Answer {
  readonly error: boolean
  readonly error_type?: string
  readonly error_message?: string
  readonly position?: string
  readonly statements?: readonly Node[]
}

/** The tree of a text that is one SELECT (or what DuckDB makes one of), else why there is none. */
export async function parseSql(connection: DuckDBConnection, text: string): Promise<Parsed> {
  const answer = readJson(await call(connection, 'json_serialize_sql($1::VARCHAR)', text)) as Answer
  if (!answer.error && answer.statements?.length === 1) return { tree: answer.statements }
  if (!answer.error || answer.error_type === 'not implemented') return { failure: 'not-select' }
  return {
    failure: 'syntax',
    message: answer.error_message ?? 'the statement cannot be parsed',
    byteOffset: answer.position === undefined ? null : Number(answer.position),
  }
}

/** The SQL of a tree, on one line and without the writer's own spelling. Only what is a SELECT has one. */
export function printSql(connection: DuckDBConnection, json: string): Promise<string> {
  return call(connection, 'json_deserialize_sql($1::JSON)', json)
}

/**
 * The JSON that `printSql` takes, and the same for every spelling of one statement: places are left out.
 * @param replaced nodes that stand in the tree, with what to write instead
 */
export function writeTree(tree: readonly Node[], replaced: ReadonlyMap<Node, Node> = new Map()): string {
  const text = JSON.stringify({ error: false, statements: tree }, (key, value: unknown) =>
    // A key of the tree is never a user's word, so no value is lost with it.
    key === 'query_location' ? undefined : (replaced.get(value as Node) ?? value),
  )
  // Inside of strings every quote has a backslash before it: only a number looks like this.
  return text.replaceAll(/\{"\$number":"([^"]*)"\}/g, '$1')
}

/** Where a node begins: a UTF-8 offset in the text that was parsed; null where the tree names no place. */
export function placeOf(node: Node): number | null {
  const at = numberOf(node['query_location'])
  // An absent place is written as the largest unsigned 64-bit number.
  if (at !== null && Number.isSafeInteger(Number(at))) return Number(at)
  // TIMESTAMP '...' is a cast that is written nowhere.
  return node['type'] === 'OPERATOR_CAST' ? placeOf(node['child'] as Node) : null
}

/** The digits of a number of the tree. */
export function numberOf(value: unknown): string | null {
  return typeof value === 'object' && value !== null && '$number' in value ? (value as NumberText).$number : null
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?(?:\d[\d.eE+-]*|inf(?:inity)?|nan)/gi

function readJson(text: string): unknown {
  return JSON.parse(text.replaceAll(STRING_OR_NUMBER, (part) => (part[0] === '"' ? part : `{"$number":"${part}"}`)))
}

async function call(connection: DuckDBConnection, expression: string, argument: string): Promise<string> {
  const { VARCHAR } = await import('@duckdb/node-api')
  const reader = await connection.runAndReadAll(`SELECT CAST(${expression} AS VARCHAR)`, [argument], [VARCHAR])
  return reader.value(0, 0) as string
}

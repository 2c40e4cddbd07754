/**
 * Which statements may run, and what they name. A statement is allowed because DuckDB's own parser
 * serialises it (or the query inside it) as a SELECT, never because of how its text looks; so nothing
 * but reading can pass. Relies on a locked instance to parse with.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import { constantOf, type Constant } from './constants'
import { timeRangesOf, type TimeRanges } from './event-range'
import { toPondError } from '../engine/failure'
import { isTableCall } from './table-calls'
import { isIpcCall, NO_REFERENCES, referencesOf, type CallReference, type References } from './references'
import { momentExtent } from './rewriting'
import { callExtent, fromByteOffset, lineAndColumn, pieceOf, scan, statements, type Piece, type Token } from './scan'
import { parseSql, placeOf, type Node } from './syntax-tree'

export interface Statement {
  readonly kind: 'select' | 'pivot' | 'explain' | 'create-view'
  /** Can stand in parentheses: a SELECT and its relatives, not DESCRIBE and what becomes several statements. */
  readonly isQuery: boolean
  readonly text: string
  /** UTF-16 offset of `text` in the whole SQL. */
  readonly start: number
  readonly references: References
  /** Of the part that `references` was read from; null where DuckDB serialises none. */
  readonly tree: readonly Node[] | null
  /** Values of the expressions that must be known before it runs: of AT clauses, and arguments of `pond` functions. */
  readonly constants: ReadonlyMap<Node, Constant | null>
  /** Bounds in time that its WHEREs set, by the node of the table they are about. */
  readonly timeRanges: ReadonlyMap<Node, TimeRanges>
  /** The queries that `pond.ipc` takes, by the node of the call: each runs by itself, before this one. */
  readonly subqueries: ReadonlyMap<Node, Statement>
  /** UTF-16 offset in `text` of the part that `references` was read from. */
  readonly queryStart: number
  /** Of a PIVOT that cannot be serialised: what it may name, as far as its tokens tell. */
  readonly possible: { readonly paths: readonly string[]; readonly words: ReadonlySet<string> }
}

const QUERY_WORDS = new Set(['SELECT', 'FROM', 'WITH', 'VALUES', 'TABLE', 'PIVOT', 'PIVOT_WIDER', 'UNPIVOT', '('])
const NOTHING: Statement['possible'] = { paths: [], words: new Set() }

/** @throws query.syntax, query.not-allowed; both with line and column */
export async function parseStatements(connection: DuckDBConnection, sql: string): Promise<Statement[]> {
  const pieces = statements(sql)
  if (pieces.length === 0) {
    throw new PondError('query.syntax', 'there is no statement to run: the text is empty', {
      line: 1,
      column: 1,
      candidates: [],
    })
  }
  const result: Statement[] = []
  for (const piece of pieces) result.push(await parseStatement(connection, sql, piece))
  return result
}

async function parseStatement(connection: DuckDBConnection, sql: string, piece: Piece): Promise<Statement> {
  const text = sql.slice(piece.start, piece.end)
  const context = { connection, sql }
  const parsed = await parseSql(connection, text)
  const isQuery = QUERY_WORDS.has(piece.tokens[0]!.text)
  const whole = { text, start: piece.start, queryStart: 0, possible: NOTHING, isQuery }
  if ('tree' in parsed) return { ...whole, kind: 'select', ...(await readTree(context, parsed.tree, piece.start)) }
  if (parsed.failure === 'syntax') throw syntaxError(sql, piece.start, text, parsed)

  const wrapped = wrappedQuery(piece.tokens)
  if (wrapped !== undefined) {
    const queryStart = wrapped.query.start - piece.start
    const inner = await parseSql(connection, text.slice(queryStart))
    if ('tree' in inner) {
      const read = await readTree(context, inner.tree, wrapped.query.start)
      return { ...whole, kind: wrapped.kind, queryStart, ...read }
    }
    if (inner.failure === 'syntax') throw syntaxError(sql, wrapped.query.start, text.slice(queryStart), inner)
  }
  if (wrapped === undefined && (await isPivot(connection, piece, text))) {
    refuseMoment(sql, piece)
    const calls = await callsIn(connection, text)
    const references = { ...NO_REFERENCES, calls }
    const constants = await constantsOf(context, references, piece.start)
    const possible = possibleNames(piece.tokens)
    return {
      ...whole,
      kind: 'pivot',
      isQuery: false,
      tree: null,
      references,
      constants,
      possible,
      subqueries: new Map(),
      timeRanges: new Map(),
    }
  }
  const kind = kindOf(piece.tokens)
  throw new PondError(
    'query.not-allowed',
    `${kind} is not allowed here: a query can only read (SELECT, EXPLAIN, DESCRIBE, SUMMARIZE, SHOW, temporary views)`,
    { statement: kind, ...lineAndColumn(sql, piece.start), candidates: [] },
  )
}

interface Context {
  readonly connection: DuckDBConnection
  /** The whole text. */
  readonly sql: string
}

/** @param start where the serialised part begins in the whole text */
async function readTree(
  context: Context,
  tree: readonly Node[],
  start: number,
): Promise<Pick<Statement, 'tree' | 'references' | 'constants' | 'subqueries' | 'timeRanges'>> {
  const references = referencesOf(tree)
  const constants = await constantsOf(context, references, start)
  // Bounds are sought for files only: those of the pond's relations help nobody.
  const hasFiles = references.tables.some(({ schema, name }) => schema === '' && name.startsWith('/'))
  const timeRanges = hasFiles ? await timeRangesOf(context.connection, tree) : new Map<Node, TimeRanges>()
  return { tree, references, constants, timeRanges, subqueries: await subqueriesOf(context, references, start) }
}

async function subqueriesOf(
  { connection, sql }: Context,
  { calls }: References,
  start: number,
): Promise<Statement['subqueries']> {
  const found = new Map<Node, Statement>()
  for (const { node, byteOffset, args, ...name } of calls) {
    if (!isIpcCall(name) || args.length !== 1 || args[0]!.value['type'] !== 'SUBQUERY') continue
    const extent = callExtent(sql, start + fromByteOffset(sql.slice(start), byteOffset ?? 0))!
    const piece = pieceOf(sql, extent.open + 1, extent.end - 1)
    found.set(node, await parseStatement(connection, sql, piece))
  }
  return found
}

async function constantsOf(
  { connection, sql }: Context,
  { tables, calls }: References,
  start: number,
): Promise<Statement['constants']> {
  const pondCalls = calls.filter(({ schema }) => schema === 'pond')
  const expressions = [
    ...tables.flatMap(({ moment }) => (moment === null ? [] : [moment.expression])),
    ...pondCalls.flatMap(({ args }) => args.map(({ value }) => value)),
  ]
  const constants = new Map<Node, Constant | null>()
  for (const expression of expressions) {
    try {
      constants.set(expression, await constantOf(connection, expression))
    } catch (error) {
      const byteOffset = placeOf(expression)
      const offset = byteOffset === null ? start : start + fromByteOffset(sql.slice(start), byteOffset)
      const context = { files: new Map(), relations: [], functions: [], place: () => null }
      const { code, message, detail } = toPondError(error, context)
      throw new PondError(code, message, { ...detail, ...lineAndColumn(sql, offset) }, error)
    }
  }
  return constants
}

/** Where DuckDB shows no tree, nothing can say which table an AT belongs to. */
function refuseMoment(sql: string, { tokens }: Piece): void {
  const found = momentExtent(tokens)
  if (found === undefined) return
  const message =
    'AT cannot stand in a PIVOT that takes its columns from the data: name the values (ON x IN (...)), or make a temporary view first'
  throw new PondError('query.failed', message, { ...lineAndColumn(sql, found.start), candidates: [] })
}

function syntaxError(
  sql: string,
  start: number,
  text: string,
  found: { message: string; byteOffset: number | null },
): PondError {
  const place = found.byteOffset === null ? {} : lineAndColumn(sql, start + fromByteOffset(text, found.byteOffset))
  return new PondError('query.syntax', found.message, { ...place, candidates: [] })
}

/** `EXPLAIN [ANALYZE] [(...)] query` and `CREATE [OR REPLACE] TEMP VIEW name [(...)] AS query`. */
function wrappedQuery(tokens: readonly Token[]): { kind: 'explain' | 'create-view'; query: Token } | undefined {
  const words = tokens.map((token) => (token.kind === 'word' ? token.text : token.kind === 'symbol' ? token.text : ''))
  if (words[0] === 'EXPLAIN') {
    let at = words[1] === 'ANALYZE' ? 2 : 1
    // A list of options, not a query in parentheses.
    if (words[at] === '(' && !['SELECT', 'FROM', 'WITH', 'VALUES', '('].includes(words[at + 1] ?? '')) {
      at = words.indexOf(')', at) + 1
    }
    const query = tokens[at]
    return query && { kind: 'explain', query }
  }
  if (words[0] !== 'CREATE') return undefined
  const at = words[1] === 'OR' && words[2] === 'REPLACE' ? 3 : 1
  if (!['TEMP', 'TEMPORARY'].includes(words[at] ?? '') || words[at + 1] !== 'VIEW') return undefined
  const query = tokens[words.indexOf('AS', at) + 1]
  return query && { kind: 'create-view', query }
}

/**
 * A PIVOT that takes its columns from the data is expanded by DuckDB into the making of a type and a
 * SELECT, and is the only single statement that becomes several.
 */
async function isPivot(connection: DuckDBConnection, piece: Piece, text: string): Promise<boolean> {
  const first = piece.tokens[0]!.text
  if (!['PIVOT', 'PIVOT_WIDER', 'WITH', 'FROM', 'SELECT', '('].includes(first)) return false
  if (!piece.tokens.some((token) => /^PIVOT(_WIDER)?$/.test(token.text))) return false
  return (await connection.extractStatements(text)).count > 1
}

/** Calls of table functions in a text that DuckDB does not serialise as a whole: each is serialised by itself. */
async function callsIn(connection: DuckDBConnection, text: string): Promise<CallReference[]> {
  const calls: CallReference[] = []
  const tokens = scan(text)
  for (const [index, token] of tokens.entries()) {
    const name = token.text.toLowerCase()
    const isPondCall = name === 'pond' && tokens[index + 1]?.text === '.' && tokens[index + 3]?.text === '('
    if (token.kind === 'string' || token.kind === 'symbol' || !(isTableCall(name) || isPondCall)) continue
    const extent = callExtent(text, token.start)
    const byteOffset = Buffer.byteLength(text.slice(0, token.start))
    if (extent === undefined || byteOffset < 5) continue
    // Kept at its place, so that what the tree says of places holds.
    const alone = `${' '.repeat(byteOffset - 5)}FROM ${text.slice(token.start, extent.end)}`
    const parsed = await parseSql(connection, alone)
    if (!('tree' in parsed)) continue
    // Whether an alias follows is not known; one more would be an error.
    calls.push(...referencesOf(parsed.tree).calls.map((call) => ({ ...call, hasAlias: true })))
  }
  return calls
}

function possibleNames(tokens: readonly Token[]): Statement['possible'] {
  const quoted = tokens.filter((token) => token.kind === 'string' || token.kind === 'quoted')
  return {
    paths: [...new Set(quoted.map((token) => token.text).filter((text) => text.startsWith('/')))],
    words: new Set(tokens.filter((token) => token.kind !== 'string').map((token) => token.text.toLowerCase())),
  }
}

function kindOf(tokens: readonly Token[]): string {
  const [first, second] = tokens.map((token) => token.text)
  return ['CREATE', 'DROP', 'ALTER'].includes(first!) && second !== undefined ? `${first!} ${second}` : first!
}

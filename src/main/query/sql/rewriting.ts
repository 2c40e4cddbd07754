/**
 * The few places of a statement that DuckDB must read otherwise than they are written, changed in the
 * text, so that the place of every error and the name of every column stay what the user wrote. The
 * syntax tree has the last word: the changed text runs only if it parses to exactly the tree that is meant.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import type { CallReference, TableReference } from './references'
import { quoteName } from '../engine/quote'
import { callExtent, fromByteOffset, lineAndColumn, scan, type Place, type Token } from './scan'
import type { Statement } from './statement'
import { parseSql, writeTree, type Node } from './syntax-tree'

/** A replaced part of a statement's text; offsets are UTF-16 and do not overlap. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A table as DuckDB finds it. */
export interface TableName {
  /** Database and schema, from the outside in; empty for a temporary view. */
  readonly path: readonly string[]
  readonly name: string
}

/** The text to run, and the way back from a place in it to the original. */
export interface Written {
  readonly text: string
  original(offset: number): number
}

/** What changes in one statement. */
export class Rewriting {
  readonly #statement: Statement
  readonly #sql: string
  readonly #edits: Edit[] = []
  readonly #replaced = new Map<Node, Node>()
  #first: Place | null = null

  /** @param sql the whole text, of which the statement is a part */
  constructor(statement: Statement, sql: string) {
    this.#statement = statement
    this.#sql = sql
  }

  /** Names a table otherwise and takes its AT clause away; it keeps the name by which columns refer to it. */
  table(reference: TableReference, { path, name }: TableName): void {
    const { node, byteOffset, hasAlias, moment } = reference
    // A relation keeps its name in another database; a view goes by another one.
    const alias = hasAlias || reference.name.toLowerCase() === name.toLowerCase() ? '' : reference.name
    const start = this.#offset(byteOffset)
    const tokens = scan(this.#statement.text.slice(start))
    const parts = [reference.catalog, reference.schema].filter((part) => part !== '').length
    const end = start + tokens[parts * 2]!.end
    this.#replace(byteOffset, { start, end, text: written(path, name) + as(alias) })
    const clause = moment === null ? undefined : momentExtent(tokens)
    if (clause !== undefined) this.#edits.push({ start: start + clause.start, end: start + clause.end, text: ' ' })
    const [catalog, schema] = path
    this.#replaced.set(node, {
      ...node,
      ...(alias === '' ? {} : { alias }),
      catalog_name: catalog ?? '',
      schema_name: schema ?? '',
      table_name: name,
      at_clause: null,
    })
  }

  /** Puts a table where a function is called; without an alias it goes by the function's name, as before. */
  call(reference: CallReference, { path, name }: TableName): void {
    const { node, byteOffset, hasAlias } = reference
    const alias = hasAlias ? '' : reference.name
    const { start, end } = this.extent(reference)!
    this.#replace(byteOffset, { start, end, text: written(path, name) + as(alias) })
    const [catalog, schema] = path
    this.#replaced.set(node, {
      type: 'BASE_TABLE',
      alias: hasAlias ? node['alias'] : alias,
      sample: node['sample'],
      schema_name: schema ?? '',
      table_name: name,
      column_name_alias: node['column_name_alias'],
      catalog_name: catalog ?? '',
      at_clause: null,
    })
  }

  /** Where a call stands in the statement's text; undefined when that cannot be told. */
  extent({ byteOffset }: CallReference): { start: number; open: number; end: number } | undefined {
    if (byteOffset === null) return undefined
    const start = this.#offset(byteOffset)
    const extent = callExtent(this.#statement.text, start)
    return extent && { start, ...extent }
  }

  place(byteOffset: number | null): Place | null {
    if (byteOffset === null) return null
    return lineAndColumn(this.#sql, this.#statement.start + this.#offset(byteOffset))
  }

  /** @throws query.failed if the text cannot be changed as the tree asks */
  async write(connection: DuckDBConnection): Promise<Written> {
    const { text, tree, queryStart } = this.#statement
    const edits = this.#edits.toSorted((a, b) => a.start - b.start)
    const result = applyEdits(text, edits)
    if (edits.length === 0 || tree === null) return result
    const parsed = await parseSql(connection, result.text.slice(queryStart))
    if (!('tree' in parsed) || writeTree(parsed.tree) !== writeTree(tree, this.#replaced)) {
      const message = 'this spelling of AT, or of a function that reads the pond, is not understood'
      throw new PondError('query.failed', message, { ...this.#first, candidates: [] })
    }
    return result
  }

  #replace(byteOffset: number | null, edit: Edit): void {
    this.#first ??= this.place(byteOffset)
    this.#edits.push(edit)
  }

  #offset(byteOffset: number | null): number {
    const { text, queryStart } = this.#statement
    return queryStart + fromByteOffset(text.slice(queryStart), byteOffset ?? 0)
  }
}

function applyEdits(text: string, edits: readonly Edit[]): Written {
  let result = ''
  let done = 0
  for (const edit of edits) {
    result += text.slice(done, edit.start) + edit.text
    done = edit.end
  }
  const original = (offset: number): number => {
    let shift = 0
    for (const edit of edits) {
      const start = edit.start + shift
      if (offset < start) break
      if (offset < start + edit.text.length) return edit.start
      shift += edit.text.length - (edit.end - edit.start)
    }
    return offset - shift
  }
  return { text: result + text.slice(done), original }
}

/** `AT (VERSION => ...)`; a table or its alias may be called "at" itself. */
export function momentExtent(tokens: readonly Token[]): { readonly start: number; readonly end: number } | undefined {
  const begins = (at: number): boolean =>
    ['AT', '(', /^(VERSION|TIMESTAMP)$/, '=', '>'].every((expected, index) => {
      const token = tokens[at + index]
      const isMatch = token !== undefined && token.kind !== 'quoted' && token.kind !== 'string'
      return isMatch && (typeof expected === 'string' ? token.text === expected : expected.test(token.text))
    })
  const first = tokens.findIndex((_token, index) => begins(index))
  if (first < 0) return undefined
  let depth = 0
  for (const token of tokens.slice(first)) {
    if (token.kind !== 'symbol') continue
    if (token.text === '(') depth++
    if (token.text === ')' && --depth === 0) return { start: tokens[first]!.start, end: token.end }
  }
  return undefined
}

function written(path: readonly string[], name: string): string {
  return [...path, name].map(quoteName).join('.')
}

function as(alias: string): string {
  return alias === '' ? '' : ` AS ${quoteName(alias)}`
}

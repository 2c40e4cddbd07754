/**
 * The lexical shape of SQL: where tokens, statements and calls begin and end. DuckDB's parser gives
 * the start of a node and never its end, and serialises SELECT only; this fills that gap and decides
 * nothing: whatever is cut out here is parsed again by DuckDB. Offsets are UTF-16.
 */
export interface Token {
  /** `string` is any literal text, `quoted` an identifier in double quotes, `symbol` one character. */
  readonly kind: 'word' | 'string' | 'quoted' | 'symbol'
  readonly start: number
  readonly end: number
  /** Upper case for words, the content for strings and quoted identifiers. */
  readonly text: string
}

/** Both from 1; the column counts characters. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Piece {
  readonly start: number
  /** Without the semicolon. */
  readonly end: number
  readonly tokens: readonly Token[]
}

const WORD = /[\p{L}\p{N}_$\u0080-\uffff]+/uy
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy

export function scan(sql: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const start = at
    const two = sql.slice(at, at + 2)
    const char = sql[at]!
    if (/\s/.test(char)) {
      at++
    } else if (two === '--') {
      at = indexOrEnd(sql, '\n', at)
    } else if (two === '/*') {
      at = endOfComment(sql, at)
    } else if (char === "'" || char === '"') {
      at = endOfQuoted(sql, at, char)
      const text = sql.slice(start + 1, at - 1).replaceAll(char + char, char)
      tokens.push({ kind: char === "'" ? 'string' : 'quoted', start, end: at, text })
    } else if (/[eE]'/.test(two)) {
      at = endOfEscaped(sql, at + 1)
      tokens.push({ kind: 'string', start, end: at, text: sql.slice(start + 2, at - 1) })
    } else if (char === '$' && match(DOLLAR_TAG, sql, at)) {
      const tag = match(DOLLAR_TAG, sql, at)!
      at = Math.min(indexOrEnd(sql, tag, at + tag.length) + tag.length, sql.length)
      tokens.push({ kind: 'string', start, end: at, text: sql.slice(start + tag.length, at - tag.length) })
    } else {
      const word = match(WORD, sql, at)
      at += word?.length ?? 1
      tokens.push({ kind: word ? 'word' : 'symbol', start, end: at, text: (word ?? char).toUpperCase() })
    }
  }
  return tokens
}

/** The statements of a text: what lies between semicolons and is not empty. */
export function statements(sql: string): Piece[] {
  const pieces: Piece[] = []
  let tokens: Token[] = []
  const finish = (): void => {
    if (tokens.length > 0) pieces.push({ start: tokens[0]!.start, end: tokens.at(-1)!.end, tokens })
    tokens = []
  }
  for (const token of scan(sql)) {
    if (token.kind === 'symbol' && token.text === ';') finish()
    else tokens.push(token)
  }
  finish()
  return pieces
}

/** A part of the text as a statement. */
export function pieceOf(sql: string, start: number, end: number): Piece {
  const tokens = scan(sql.slice(start, end)).map((token) => ({
    ...token,
    start: start + token.start,
    end: start + token.end,
  }))
  return { start: tokens[0]!.start, end: tokens.at(-1)!.end, tokens }
}

/** The end of the call whose name begins at `start`: behind its closing parenthesis. Undefined when it has none. */
export function callExtent(sql: string, start: number): { readonly open: number; readonly end: number } | undefined {
  let depth = 0
  let open = 0
  for (const token of scan(sql.slice(start))) {
    if (token.kind !== 'symbol') continue
    if (token.text === '(' && depth++ === 0) open = start + token.start
    if (token.text === ')' && --depth <= 0) return { open, end: start + token.end }
  }
  return undefined
}

/** The UTF-16 offset of a UTF-8 byte offset. */
export function fromByteOffset(text: string, byteOffset: number): number {
  let bytes = 0
  let at = 0
  while (at < text.length && bytes < byteOffset) {
    const code = text.codePointAt(at)!
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    at += code > 0xffff ? 2 : 1
  }
  return at
}

/** The place of a UTF-16 offset. */
export function lineAndColumn(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function indexOrEnd(text: string, part: string, from: number): number {
  const found = text.indexOf(part, from)
  return found < 0 ? text.length : found
}

/** A quote inside is doubled. */
function endOfQuoted(sql: string, start: number, quote: string): number {
  let at = start + 1
  while (at < sql.length) {
    if (sql[at] !== quote) at++
    else if (sql[at + 1] === quote) at += 2
    else return at + 1
  }
  return sql.length
}

/** As in E'..': a backslash takes the next character along. */
function endOfEscaped(sql: string, start: number): number {
  let at = start + 1
  while (at < sql.length) {
    if (sql[at] === '\\' || (sql[at] === "'" && sql[at + 1] === "'")) at += 2
    else if (sql[at] === "'") return at + 1
    else at++
  }
  return sql.length
}

/** Comments nest. */
function endOfComment(sql: string, start: number): number {
  let depth = 0
  let at = start
  while (at < sql.length) {
    const two = sql.slice(at, at + 2)
    if (two === '/*') depth++
    if (two === '*/' && --depth === 0) return at + 2
    at += two === '/*' || two === '*/' ? 2 : 1
  }
  return sql.length
}

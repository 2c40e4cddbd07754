/**
 * YAML 1.2 (core schema) as data whose every part knows its place. Bounded: text, aliases and what they
 * grow to. Knows nothing of recipes.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  type Document,
  type Node,
} from 'yaml'
import type { Place, Problem } from './problem'

export const MAX_BYTES = 1 << 20
const MAX_ALIASES = 100
/** Nodes, aliases followed: a hundred aliases of each other could be more than any memory. */
const MAX_NODES = 100_000
const MAX_DEPTH = 64
const MAX_LINES = 10_000
/** Of the text: words, marks, line ends, and what is between them. */
const MAX_TOKENS = 30_000
/** Told of one document. */
const MAX_PROBLEMS = 100

export type Data = string | number | boolean | null | Data[] | { [key: string]: Data }
export type DataPath = readonly PropertyKey[]

/** One document of a text. */
export class YamlData {
  readonly value: Data
  readonly #root: Part

  constructor(root: Part) {
    this.#root = root
    this.value = valueOf(root)
  }

  /** What stands there, as if it were a document of its own. */
  part(path: DataPath): YamlData {
    return new YamlData(this.#part(path).part)
  }

  /** Of the value there; where there is none, of the nearest that holds it. */
  placeOf(path: DataPath): Place {
    return this.#part(path).part.at
  }

  /** Of the key that a path ends with; where it ends with none, of the value. */
  placeOfKey(path: DataPath): Place {
    const last = path.at(-1)
    const { part, isWhole } = this.#part(path.slice(0, -1))
    const field = isWhole && part.kind === 'map' ? part.fields.get(String(last)) : undefined
    return field?.keyAt ?? this.placeOf(path)
  }

  /** Whether it has a field of this name. */
  has(field: string): boolean {
    return this.#root.kind === 'map' && this.#root.fields.has(field)
  }

  /** Of the text that is the first of these words, or the next; else of the one in which one of them stands. */
  placeNaming(words: readonly string[]): Place | undefined {
    const scalars = scalarsOf(this.#root).map(({ at, value }) => ({ at, text: String(value) }))
    const is = (word: string): Place | undefined => scalars.find(({ text }) => text === word)?.at
    const has = (word: string): Place | undefined => scalars.find(({ text }) => text.includes(word))?.at
    return firstOf(words, is) ?? firstOf(words, has)
  }

  /** Without fields of these names: they say what the others are. */
  without(...names: readonly string[]): YamlData {
    const root = this.#root
    if (root.kind !== 'map') return this
    return new YamlData({ ...root, fields: new Map([...root.fields].filter(([name]) => !names.includes(name))) })
  }

  #part(path: DataPath): { readonly part: Part; readonly isWhole: boolean } {
    let part = this.#root
    for (const key of path) {
      const next =
        part.kind === 'map'
          ? part.fields.get(String(key))?.part
          : part.kind === 'list'
            ? part.items[Number(key)]
            : undefined
      if (next === undefined) return { part, isWhole: false }
      part = next
    }
    return { part, isWhole: true }
  }
}

type Part =
  | { readonly kind: 'scalar'; readonly at: Place; readonly value: string | number | boolean | null }
  | { readonly kind: 'list'; readonly at: Place; readonly items: readonly Part[] }
  | { readonly kind: 'map'; readonly at: Place; readonly fields: ReadonlyMap<string, Field> }

interface Field {
  readonly keyAt: Place
  readonly part: Part
}

export interface YamlDocument {
  /** Where it stands in the text, in UTF-16 units; its `---`, and comments above it, may be the first of it. */
  readonly start: number
  readonly end: number
  /** Undefined where there are problems. */
  readonly data: YamlData | undefined
  readonly problems: readonly Problem[]
}

/** Every document of a text; an empty text has none. Never throws. */
export function readYaml(text: string): readonly YamlDocument[] {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    const problem = { line: 1, column: 1, message: 'the file is too large', expected: 'at most 1 MiB' }
    return [{ start: 0, end: text.length, data: undefined, problems: [problem] }]
  }
  const excess = excessOf(text)
  if (excess !== undefined) return [{ start: 0, end: text.length, data: undefined, problems: [excess] }]
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    // The parser compares each with all others; here they are met in a map.
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
  })
  if (!Array.isArray(documents)) return []
  return documents.map((document, i) => {
    const start = documents[i - 1]?.range[2] ?? 0
    return { ...readDocument(document as Document.Parsed, lines), start }
  })
}

/**
 * A document as it was written, but for fields of its outermost map: comments and the way things are quoted stay.
 * @param text of it alone, without problems
 */
export function edited(
  text: string,
  { without, set }: { readonly without: string; readonly set: readonly (readonly [path: DataPath, value: Data])[] },
): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  const { contents, directives } = document
  if (isMap(contents)) {
    const [first, second] = contents.items
    const comment = isScalar(first?.key) && first.key.value === without ? first.key.commentBefore : undefined
    // What stands above the first field is said of all of them.
    if (typeof comment === 'string' && isScalar(second?.key))
      second.key.commentBefore = [comment, second.key.commentBefore].filter(Boolean).join('\n')
  }
  document.delete(without)
  for (const [path, value] of set) document.setIn(path, value)
  if (directives !== undefined) directives.docStart = null
  return document.toString({ lineWidth: 0 })
}

/**
 * What the parser would take minutes for, found in the time that it takes to go through the text: it would do so in the
 * process of everybody else. Undefined for what it reads soon.
 */
function excessOf(text: string): Problem | undefined {
  const tooDeep = { message: 'this is nested too deep', expected: `at most ${MAX_DEPTH} levels` }
  let [line, lineStart, offset, tokens, flow, block] = [1, 0, 0, 0, 0, 0]
  const lexer = new Lexer()
  for (const token of lexer.lex(text)) {
    const at = { line, column: Math.max(1, offset - lineStart + 1) }
    if (++tokens > MAX_TOKENS)
      return { ...at, message: 'this grows too large', expected: `at most ${MAX_TOKENS} words` }
    if (token === '[' || token === '{') flow++
    else if (token === ']' || token === '}') flow--
    else if (token === '-' || token === '?') block++
    if (flow > MAX_DEPTH || block > MAX_DEPTH) return { ...at, ...tooDeep }
    for (let end = token.indexOf('\n'); end >= 0; end = token.indexOf('\n', end + 1)) {
      block = 0
      lineStart = offset + end + 1
      if (++line > MAX_LINES)
        return { line, column: 1, message: 'this is too long', expected: `at most ${MAX_LINES} lines` }
    }
    // Marks of the lexer's own stand in no text.
    if (!/^[\u0002\u0018\u001f]$/.test(token)) offset += token.length
  }
  return undefined
}

function readDocument(document: Document.Parsed, lines: LineCounter): YamlDocument {
  const [start, , end] = document.range
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const found = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS)
  const problems = found.map(({ message, pos }): Problem => ({
    ...at(pos[0]),
    // The parser goes down by calls, and ends where the stack does.
    message: /call stack/i.test(message) ? 'this is nested too deep' : `this is not YAML: ${lowerFirst(message)}`,
  }))
  if (problems.length > 0) return { start, end, data: undefined, problems }
  try {
    const root = new Reader(document, at).read(document.contents, start)
    return { start, end, data: new YamlData(root), problems: [] }
  } catch (error) {
    if (error instanceof Refused) return { start, end, data: undefined, problems: [error.problem] }
    throw error
  }
}

/** Leaves the reading of one document. */
class Refused extends Error {
  readonly problem: Problem
  constructor(at: Place, message: string, expected?: string) {
    super(message)
    this.problem = { ...at, message, ...(expected !== undefined && { expected }) }
  }
}

class Reader {
  readonly #document: Document.Parsed
  readonly #at: (offset: number) => Place
  #aliases = 0
  #nodes = 0
  readonly #open = new Set<unknown>()

  constructor(document: Document.Parsed, at: (offset: number) => Place) {
    this.#document = document
    this.#at = at
  }

  /** @param fallback the place of what is not written, as the value of `key:` */
  read(node: unknown, fallback: number): Part {
    const offset = (node as Node | null)?.range?.[0] ?? fallback
    const at = this.#at(offset)
    if (++this.#nodes > MAX_NODES) throw new Refused(at, 'this grows too large', `at most ${MAX_NODES} values`)
    if (this.#open.size > MAX_DEPTH) throw new Refused(at, 'this is nested too deep', `at most ${MAX_DEPTH} levels`)
    if (node === null || node === undefined) return { kind: 'scalar', at, value: null }
    if (isAlias(node)) {
      this.#countAlias(at)
      const target = node.resolve(this.#document)
      if (target === undefined) throw new Refused(at, `nothing is called &${node.source} above`)
      if (this.#open.has(target)) throw new Refused(at, `*${node.source} stands inside of what it means`)
      return { ...this.read(target, offset), at }
    }
    if (isScalar(node)) return { kind: 'scalar', at, value: this.#scalar(node.value, at, node.source) }
    this.#open.add(node)
    try {
      if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => this.read(item, offset)) }
      if (isMap(node)) return { kind: 'map', at, fields: this.#fields(node.items, offset) }
    } finally {
      this.#open.delete(node)
    }
    throw new Refused(at, 'this is no text, number, list or map')
  }

  #fields(pairs: readonly { readonly key: unknown; readonly value: unknown }[], offset: number): Map<string, Field> {
    const fields = new Map<string, Field>()
    for (const { key, value } of pairs) {
      const keyOffset = (key as Node | null)?.range?.[0] ?? offset
      const keyAt = this.#at(keyOffset)
      if (isAlias(key)) this.#countAlias(keyAt)
      const written = isAlias(key) ? key.resolve(this.#document) : key
      if (!isScalar(written)) throw new Refused(keyAt, 'a key is a list or a map', 'text')
      // As it is written: `2026` and `yes` are names, too.
      const name = typeof written.value === 'string' ? written.value : (written.source ?? String(written.value))
      if (fields.has(name)) throw new Refused(keyAt, `${JSON.stringify(name)} stands here twice`)
      fields.set(name, { keyAt, part: this.read(value, keyOffset) })
    }
    return fields
  }

  /** Each is looked for in the whole document. */
  #countAlias(at: Place): void {
    if (++this.#aliases > MAX_ALIASES) throw new Refused(at, 'too many aliases', `at most ${MAX_ALIASES}`)
  }

  #scalar(value: unknown, at: Place, source = ''): string | number | boolean | null {
    if (typeof value === 'string' && value.includes('\0')) throw new Refused(at, 'a NUL character stands here')
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value !== 'number') throw new Refused(at, 'this is no text, number, list or map')
    if (!Number.isFinite(value)) throw new Refused(at, `${source} is no number that can be computed with`)
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\d+$/.test(source))
      throw new Refused(at, `${source} has more digits than a number keeps`, 'text, in quotes')
    return value
  }
}

function firstOf<T>(words: readonly string[], find: (word: string) => T | undefined): T | undefined {
  for (const word of words) {
    const found = find(word)
    if (found !== undefined) return found
  }
  return undefined
}

function scalarsOf(part: Part): readonly Extract<Part, { kind: 'scalar' }>[] {
  if (part.kind === 'scalar') return [part]
  const parts = part.kind === 'list' ? part.items : [...part.fields.values()].map((field) => field.part)
  return parts.flatMap(scalarsOf)
}

function valueOf(part: Part): Data {
  if (part.kind === 'scalar') return part.value
  if (part.kind === 'list') return part.items.map(valueOf)
  // Not a literal: a field may be called __proto__.
  return Object.fromEntries([...part.fields].map(([key, { part: value }]) => [key, valueOf(value)]))
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

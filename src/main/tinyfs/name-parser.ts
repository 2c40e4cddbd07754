/**
 * The grammar of one segment of a glob, read into alternatives of tokens. Reads each character a
 * bounded number of times, whatever is opened and never closed.
 */
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'

const MAX_ALTERNATIVES = 1_024
/** In code points; a name has 255 at most, alternatives need more. */
const MAX_LENGTH = 1_024

/** `slot` is the wildcard that a token belongs to; tokens of a brace's alternative share the brace's. */
export type Token =
  | { readonly kind: 'text'; readonly char: string; readonly slot: number | undefined }
  | { readonly kind: 'one'; readonly slot: number | undefined }
  | {
      readonly kind: 'class'
      readonly ranges: readonly (readonly [string, string])[]
      readonly negated: boolean
      readonly slot: number | undefined
    }
  | { readonly kind: 'star'; readonly slot: number | undefined }

export interface ParsedName {
  /** Any of them may match: what braces stand for, multiplied out. */
  readonly alternatives: readonly (readonly Token[])[]
  /** How many wildcards there are, outermost only. */
  readonly captures: number
}

/** @throws tinyfs.bad-pattern */
export function parseName(pattern: string): ParsedName {
  const parser = new Parser(pattern)
  return { alternatives: parser.parse(), captures: parser.slots }
}

export function codePoint(char: string): number {
  return char.codePointAt(0)!
}

/** A brace that means something: where it closes, and the commas that are its own. */
interface Group {
  readonly close: number
  readonly commas: readonly number[]
}

/** Reads a pattern from left to right, each character once; braces multiply into alternatives, as a shell expands them. */
class Parser {
  slots = 0
  readonly #pattern: string
  readonly #chars: readonly string[]
  readonly #groups = new Map<number, Group>()

  constructor(pattern: string) {
    this.#pattern = pattern
    this.#chars = [...pattern.normalize('NFC')]
    if (this.#chars.length > MAX_LENGTH) throw this.#bad(`a name's pattern has at most ${MAX_LENGTH} characters`)
    this.#findGroups()
  }

  parse(): Token[][] {
    return this.#read(0, this.#chars.length, undefined)
  }

  /** Braces that are never closed, or hold no comma of their own, stand for themselves. */
  #findGroups(): void {
    const open: { at: number; commas: number[] }[] = []
    for (let at = 0; at < this.#chars.length; at++) {
      const char = this.#chars[at]
      if (char === '\\') at++
      else if (char === '[') at = (this.#class(at)?.end ?? at + 1) - 1
      else if (char === '{') open.push({ at, commas: [] })
      else if (char === ',') open.at(-1)?.commas.push(at)
      else if (char === '}') {
        const group = open.pop()
        if (group !== undefined && group.commas.length > 0)
          this.#groups.set(group.at, { close: at, commas: group.commas })
      }
    }
  }

  #read(from: number, to: number, slot: number | undefined): Token[][] {
    let alternatives: Token[][] = [[]]
    for (let at = from; at < to;) {
      const { tokens, end } = this.#item(at, slot)
      alternatives = this.#product(alternatives, tokens)
      at = end
    }
    return alternatives
  }

  #item(at: number, slot: number | undefined): { readonly tokens: Token[][]; readonly end: number } {
    const char = this.#chars[at]!
    if (char === '*') {
      let end = at + 1
      while (this.#chars[end] === '*') end++
      return { tokens: [[{ kind: 'star', slot: slot ?? this.slots++ }]], end }
    }
    if (char === '?') return { tokens: [[{ kind: 'one', slot: slot ?? this.slots++ }]], end: at + 1 }
    const set = char === '[' ? this.#class(at) : undefined
    if (set !== undefined) {
      const { ranges, negated, end } = set
      return { tokens: [[{ kind: 'class', ranges, negated, slot: slot ?? this.slots++ }]], end }
    }
    const group = this.#groups.get(at)
    if (group !== undefined) {
      const own = slot ?? this.slots++
      const ends = [...group.commas, group.close]
      const tokens = ends.flatMap((end, i) => this.#read((ends[i - 1] ?? at) + 1, end, own))
      return { tokens, end: group.close + 1 }
    }
    if (char !== '\\') return { tokens: [[{ kind: 'text', char, slot }]], end: at + 1 }
    const escaped = this.#chars[at + 1]
    if (escaped === undefined) throw this.#bad('it ends in a lone backslash')
    return { tokens: [[{ kind: 'text', char: escaped, slot }]], end: at + 2 }
  }

  /** Undefined where the bracket is never closed and so stands for itself. */
  #class(
    start: number,
  ):
    | { readonly ranges: readonly (readonly [string, string])[]; readonly negated: boolean; readonly end: number }
    | undefined {
    let at = start + 1
    const negated = this.#chars[at] === '!' || this.#chars[at] === '^'
    if (negated) at++
    const first = at
    const ranges: [string, string][] = []
    let backwards: string | undefined
    for (; this.#chars[at] !== ']' || at === first; at++) {
      if (this.#chars[at] === '\\') at++
      const from = this.#chars[at]
      if (from === undefined) return undefined
      const to = this.#chars[at + 2]
      if (this.#chars[at + 1] !== '-' || to === undefined || to === ']') ranges.push([from, from])
      else {
        if (codePoint(to) < codePoint(from)) backwards = `${from}-${to}`
        ranges.push([from, to])
        at += 2
      }
    }
    if (backwards !== undefined) throw this.#bad(`the range ${backwards} is backwards`)
    return { ranges, negated, end: at + 1 }
  }

  #product(left: Token[][], right: Token[][]): Token[][] {
    if (right.length === 1) {
      for (const tokens of left) tokens.push(...right[0]!)
      return left
    }
    if (left.length * right.length > MAX_ALTERNATIVES) {
      throw this.#bad(`its braces stand for more than ${MAX_ALTERNATIVES} names`)
    }
    return left.flatMap((head) => right.map((tail) => [...head, ...tail]))
  }

  #bad(why: string): PondError {
    return new PondError('tinyfs.bad-pattern', `${quote(this.#pattern.slice(0, 200))} is no pattern: ${why}`, {
      pattern: this.#pattern,
    })
  }
}

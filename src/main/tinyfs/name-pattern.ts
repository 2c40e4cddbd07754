/**
 * One segment of a glob: `*`, `?`, `[a-z]`, `{a,b}` and `\` over a single name, with the text that
 * each wildcard matched. Works on code points of the NFC form, as lookup does, in time proportional
 * to pattern times name whatever the pattern: a regular expression would not promise that.
 */
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'

const MAX_ALTERNATIVES = 1_024

export interface NamePattern {
  /** How many captures a match has: one for each wildcard, outermost only. */
  readonly captures: number
  /** The name itself where the pattern has no wildcard. */
  readonly literal: string | undefined
  /** The captured texts, or undefined. A leading dot is matched by a literal dot alone, unless `all`. */
  match(name: string, all: boolean): readonly string[] | undefined
}

/** @throws tinyfs.bad-pattern */
export function compileName(pattern: string): NamePattern {
  const parser = new Parser(pattern)
  const alternatives = parser.parse()
  const captures = parser.slots
  const only = alternatives[0]
  const literal =
    captures === 0 && only !== undefined
      ? only.map((token) => (token.kind === 'text' ? token.char : '')).join('')
      : undefined
  return {
    captures,
    literal,
    match(name, all) {
      const chars = [...name.normalize('NFC')]
      for (const tokens of alternatives) {
        if (chars[0] === '.' && !all && !startsWithDot(tokens)) continue
        const ends = matchTokens(tokens, chars)
        if (ends !== undefined) return capturesOf({ tokens, chars, ends, captures })
      }
      return undefined
    },
  }
}

/** True where text has a wildcard, and so is a pattern rather than a path. */
export function hasWildcard(text: string): boolean {
  return text.split('/').some((segment) => segment === '**' || compileName(segment).captures > 0)
}

/** `slot` is the wildcard that a token belongs to; tokens of a brace's alternative share the brace's. */
type Token =
  | { readonly kind: 'text'; readonly char: string; readonly slot: number | undefined }
  | { readonly kind: 'one'; readonly slot: number | undefined }
  | {
      readonly kind: 'class'
      readonly ranges: readonly (readonly [string, string])[]
      readonly negated: boolean
      readonly slot: number | undefined
    }
  | { readonly kind: 'star'; readonly slot: number | undefined }

function startsWithDot(tokens: readonly Token[]): boolean {
  const first = tokens[0]
  return first?.kind === 'text' && first.char === '.'
}

function accepts(token: Token, char: string): boolean {
  if (token.kind === 'text') return token.char === char
  if (token.kind !== 'class') return true
  return (
    token.ranges.some(([from, to]) => codePoint(from) <= codePoint(char) && codePoint(char) <= codePoint(to)) !==
    token.negated
  )
}

function codePoint(char: string): number {
  return char.codePointAt(0)!
}

/**
 * Where each token's text ends. Every star takes as little as it can, and only the latest one ever
 * has to take more: what an earlier star left over, a later one can absorb.
 */
function matchTokens(tokens: readonly Token[], chars: readonly string[]): readonly number[] | undefined {
  const ends: number[] = []
  let at = 0
  let next = 0
  let star = -1
  while (at < chars.length || next < tokens.length) {
    const token = tokens[next]
    if (token?.kind === 'star') {
      star = next
      ends[next++] = at
    } else if (token !== undefined && at < chars.length && accepts(token, chars[at]!)) {
      ends[next++] = ++at
    } else {
      if (star < 0 || ends[star]! >= chars.length) return undefined
      at = ends[star]! + 1
      ends[star] = at
      next = star + 1
    }
  }
  return ends
}

function capturesOf(match: {
  readonly tokens: readonly Token[]
  readonly chars: readonly string[]
  readonly ends: readonly number[]
  readonly captures: number
}): readonly string[] {
  const texts = new Array<string>(match.captures).fill('')
  let from = 0
  match.tokens.forEach(({ slot }, i) => {
    const to = match.ends[i]!
    if (slot !== undefined) texts[slot] += match.chars.slice(from, to).join('')
    from = to
  })
  return texts
}

/** Recursive descent; braces multiply into alternatives, as a shell expands them. */
class Parser {
  slots = 0
  readonly #pattern: string
  readonly #chars: readonly string[]
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
    this.#chars = [...pattern.normalize('NFC')]
  }

  parse(): Token[][] {
    return this.#sequence(undefined, () => false)
  }

  #sequence(slot: number | undefined, ends: (char: string) => boolean): Token[][] {
    let alternatives: Token[][] = [[]]
    while (this.#at < this.#chars.length && !ends(this.#chars[this.#at]!)) {
      alternatives = this.#product(alternatives, this.#item(slot))
    }
    return alternatives
  }

  #item(slot: number | undefined): Token[][] {
    const char = this.#chars[this.#at++]!
    if (char === '*') {
      while (this.#chars[this.#at] === '*') this.#at++
      return [[{ kind: 'star', slot: slot ?? this.slots++ }]]
    }
    if (char === '?') return [[{ kind: 'one', slot: slot ?? this.slots++ }]]
    if (char === '[') return this.#class(slot) ?? [[{ kind: 'text', char, slot }]]
    if (char === '{') return this.#braces(slot) ?? [[{ kind: 'text', char, slot }]]
    if (char !== '\\') return [[{ kind: 'text', char, slot }]]
    const escaped = this.#chars[this.#at++]
    if (escaped === undefined) throw this.#bad('it ends in a lone backslash')
    return [[{ kind: 'text', char: escaped, slot }]]
  }

  /** Undefined, with nothing consumed, where the bracket is never closed and so stands for itself. */
  #class(slot: number | undefined): Token[][] | undefined {
    let at = this.#at
    const negated = this.#chars[at] === '!' || this.#chars[at] === '^'
    if (negated) at++
    const first = at
    const ranges: [string, string][] = []
    for (; this.#chars[at] !== ']' || at === first; at++) {
      if (this.#chars[at] === '\\') at++
      const from = this.#chars[at]
      if (from === undefined) return undefined
      const to = this.#chars[at + 2]
      if (this.#chars[at + 1] !== '-' || to === undefined || to === ']') ranges.push([from, from])
      else {
        if (codePoint(to) < codePoint(from)) throw this.#bad(`the range ${from}-${to} is backwards`)
        ranges.push([from, to])
        at += 2
      }
    }
    this.#at = at + 1
    return [[{ kind: 'class', ranges, negated, slot: slot ?? this.slots++ }]]
  }

  /** Undefined, with nothing consumed, where the brace is never closed or holds no comma. */
  #braces(slot: number | undefined): Token[][] | undefined {
    const start = this.#at
    const slots = this.slots
    const own = slot ?? this.slots++
    const alternatives: Token[][] = []
    for (let commas = 0; ; commas++) {
      alternatives.push(...this.#sequence(own, (char) => char === ',' || char === '}'))
      const end = this.#chars[this.#at++]
      if (end === '}' && commas > 0) return alternatives
      if (end !== ',') {
        this.#at = start
        this.slots = slots
        return undefined
      }
    }
  }

  #product(left: Token[][], right: Token[][]): Token[][] {
    if (right.length === 1) {
      for (const tokens of left) tokens.push(...right[0]!)
      return left
    }
    if (left.length * right.length > MAX_ALTERNATIVES)
      throw this.#bad(`its braces stand for more than ${MAX_ALTERNATIVES} names`)
    return left.flatMap((head) => right.map((tail) => [...head, ...tail]))
  }

  #bad(why: string): PondError {
    return new PondError('tinyfs.bad-pattern', `${quote(this.#pattern)} is no pattern: ${why}`, {
      pattern: this.#pattern,
    })
  }
}

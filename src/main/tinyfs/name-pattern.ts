/**
 * One segment of a glob: `*`, `?`, `[a-z]`, `{a,b}` and `\` over a single name, with the text that
 * each wildcard matched. Works on code points of the NFC form, as lookup does, in time proportional
 * to pattern times name whatever the pattern: a regular expression would not promise that.
 */
import { codePoint, parseName, type Token } from './name-parser'

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
  const { alternatives, captures } = parseName(pattern)
  // As it was spelled: lookup prefers the exact name to its twin.
  const literal = captures === 0 ? pattern.replace(/\\(.)/gsu, '$1') : undefined
  return {
    captures,
    literal,
    match(name, all) {
      const chars = [...name.normalize('NFC')]
      let best: Candidate | undefined
      for (const tokens of alternatives) {
        if (chars[0] === '.' && !all && !startsWithDot(tokens)) continue
        const ends = matchTokens(tokens, chars)
        if (ends === undefined) continue
        const candidate = { tokens, texts: capturesOf({ tokens, chars, ends, captures }) }
        if (best === undefined || takesLess(candidate, best)) best = candidate
      }
      return best?.texts
    },
  }
}

/** True where text has a wildcard, and so is a pattern rather than a path. */
export function hasWildcard(text: string): boolean {
  return text.split('/').some((segment) => segment === '**' || compileName(segment).captures > 0)
}

interface Candidate {
  readonly tokens: readonly Token[]
  readonly texts: readonly string[]
}

/** True where the first capture that differs is a star's, and shorter: else the alternative written first wins. */
function takesLess(candidate: Candidate, best: Candidate): boolean {
  const slot = candidate.texts.findIndex((text, i) => text !== best.texts[i])
  if (slot < 0 || !isStar(candidate, slot) || !isStar(best, slot)) return false
  return candidate.texts[slot]!.length < best.texts[slot]!.length
}

function isStar({ tokens }: Candidate, slot: number): boolean {
  const own = tokens.filter((token) => token.slot === slot)
  return own.length === 1 && own[0]!.kind === 'star'
}

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

/**
 * A script of commands as text: words quoted as a shell quotes them, `#` comments, content from
 * `< FILE` or `<<END`. A command may go on over several lines inside quotes or after a backslash. What
 * only a shell could do (pipes, variables, several commands in a line) is refused or taken literally.
 */
import { PondError } from '../../shared/errors'
import { usage } from './invocation'

/** What a command reads as its stdin. */
export type Input =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string }

/** One command of a script; a mistake in it is a value, so that what follows can still run. */
export interface ScriptCommand {
  /** Of its first line, from 1. */
  readonly line: number
  readonly text: string
  readonly parsed: { readonly words: readonly string[]; readonly input: Input } | PondError
}

/** Characters of one command, and of the text that it brings along after `<<`. */
const MAX_COMMAND = 64 * 1024
const MAX_TEXT = 16 * 1024 * 1024

/** @param chunks UTF-8. Yields a command as soon as its last line is there; empty lines and comments are none. */
export async function* scriptCommands(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ScriptCommand> {
  const lines = numbered(linesOf(chunks))
  for (;;) {
    const first = await lines.next()
    if (first.done === true) return
    const command = await commandFrom(first.value, lines)
    if (command !== undefined) yield command
  }
}

interface Line {
  readonly line: number
  readonly text: string
}

async function commandFrom({ line, text: start }: Line, rest: AsyncIterator<Line>): Promise<ScriptCommand | undefined> {
  let text = start
  try {
    let split = splitWords(text)
    while (split === 'quoted' || split === 'continued') {
      const next = await rest.next()
      if (next.done === true) throw usage('expected the rest of a command, found the end of the script')
      text = split === 'quoted' ? `${text}\n${next.value.text}` : text.slice(0, -1) + next.value.text
      split = splitWords(bounded(text, MAX_COMMAND))
    }
    const { words, redirection } = split
    if (words.length === 0 && redirection === null) return undefined
    if (redirection?.kind !== 'here') return { line, text, parsed: { words, input: redirection ?? { kind: 'none' } } }
    return { line, text, parsed: { words, input: { kind: 'text', text: await hereText(redirection.end, rest) } } }
  } catch (error) {
    if (!(error instanceof PondError)) throw error
    return { line, text, parsed: error }
  }
}

async function hereText(end: string, rest: AsyncIterator<Line>): Promise<string> {
  let text = ''
  for (;;) {
    const next = await rest.next()
    if (next.done === true) throw usage(`expected a line ${end} after <<${end}, found the end of the script`)
    if (next.value.text === end) return text
    text = bounded(`${text}${next.value.text}\n`, MAX_TEXT)
  }
}

function bounded(text: string, limit: number): string {
  if (text.length <= limit) return text
  throw usage(`expected at most ${limit} characters, found more: bring content in with < FILE`)
}

type Redirection = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'here'; readonly end: string }

interface Split {
  readonly words: readonly string[]
  readonly redirection: Redirection | null
}

/** Why a command goes on in the next line: a quotation is open, or a backslash ends the line. */
type Unfinished = 'quoted' | 'continued'

/**
 * @param expansion whether what a shell would replace (a variable, the output of a command) is refused or
 * stays as it is written
 * @throws cli.usage
 */
export function splitWords(text: string, expansion: Expansion = 'refused'): Split | Unfinished {
  const words: string[] = []
  let redirection: Redirection | null = null
  let awaited: 'file' | 'here' | null = null
  let at = 0
  while (at < text.length) {
    const char = text[at]!
    if (/\s/.test(char)) {
      at++
    } else if (char === '#') {
      const end = text.indexOf('\n', at)
      at = end === -1 ? text.length : end
    } else if (char === '<') {
      if (redirection !== null || awaited !== null) throw usage('expected one < in a command, found two')
      awaited = text[at + 1] === '<' ? 'here' : 'file'
      at += awaited === 'here' ? 2 : 1
    } else {
      const word = readWord(text, at, expansion)
      if (typeof word === 'string') return word
      at = word.end
      if (awaited === null) words.push(word.value)
      else redirection = awaited === 'here' ? { kind: 'here', end: word.value } : { kind: 'file', path: word.value }
      awaited = null
    }
  }
  if (awaited !== null) throw usage('expected a file after <, found the end of the command')
  return { words, redirection }
}

type Expansion = 'refused' | 'literal'

interface Word {
  readonly value: string
  /** Where what follows begins. */
  readonly end: number
}

/** A line that is being typed: its finished words, what there is of the last, and whether that is in quotes. */
export interface TypedLine {
  readonly words: readonly string[]
  readonly typed: string
  readonly isQuoted: boolean
}

/** @throws cli.usage */
export function typedLine(line: string): TypedLine {
  // A letter more makes the last word one that is there, and shows which quotation is open.
  for (const end of ['x', 'x"', "x'"]) {
    const split = splitWords(line + end, 'literal')
    if (typeof split === 'string') continue
    return { words: split.words.slice(0, -1), typed: split.words.at(-1)!.slice(0, -1), isQuoted: end !== 'x' }
  }
  return { words: [], typed: '', isQuoted: false }
}

function readWord(text: string, start: number, expansion: Expansion): Word | Unfinished {
  let value = ''
  let at = start
  while (at < text.length) {
    const char = text[at]!
    if (/\s/.test(char) || char === '<') break
    if ('|;&>'.includes(char))
      throw usage(`expected one command in a line, found ${char}: quote it if it belongs to a word`)
    if (char === "'" || char === '"') {
      const quoted = char === "'" ? singleQuoted(text, at) : doubleQuoted(text, at, expansion)
      if (quoted === 'quoted') return quoted
      value += quoted.value
      at = quoted.end
    } else if (char === '\\') {
      if (at + 1 === text.length) return 'continued'
      value += text[at + 1]!
      at += 2
    } else {
      if (expansion === 'refused') refuseExpansion(text, at)
      value += char
      at++
    }
  }
  return { value, end: at }
}

function singleQuoted(text: string, start: number): Word | 'quoted' {
  const end = text.indexOf("'", start + 1)
  return end === -1 ? 'quoted' : { value: text.slice(start + 1, end), end: end + 1 }
}

/** A backslash in double quotes protects what a shell would read there, and is itself otherwise. */
function doubleQuoted(text: string, start: number, expansion: Expansion): Word | 'quoted' {
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at]!
    if (char === '"') return { value, end: at + 1 }
    if (char === '\\' && at + 1 < text.length && '"\\$`'.includes(text[at + 1]!)) value += text[++at]!
    else {
      if (expansion === 'refused') refuseExpansion(text, at)
      value += char
    }
  }
  return 'quoted'
}

/** @throws cli.usage where a shell would put something else: a lone `$` it leaves alone */
function refuseExpansion(text: string, at: number): void {
  const found = /^(`|\$[\w({@*#?!$-])/.exec(text.slice(at, at + 2))
  if (found === null) return
  throw usage(`expected words as they are, found ${found[0]}: put it in single quotes if it belongs to a word`)
}

async function* numbered(lines: AsyncIterable<string>): AsyncGenerator<Line, undefined> {
  let line = 0
  for await (const text of lines) yield { line: ++line, text }
}

/** @throws cli.usage for what is not UTF-8 */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  const decoded = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch (error) {
      throw new PondError('cli.usage', 'expected a script in UTF-8, found other bytes', {}, error)
    }
  }
  for await (const chunk of chunks) {
    const lines = (rest + decoded(chunk)).split('\n')
    rest = bounded(lines.pop()!, MAX_COMMAND)
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  rest += decoded()
  if (rest !== '') yield rest
}

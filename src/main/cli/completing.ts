/** What is being typed, worked out from the words before it and the table of verbs. Pure. */
import { verbNamed } from './args'
import type { OptionSpec, Verb, Words } from './verb'
import { VERBS } from './verbs'

export interface Wanted {
  /** What the word can be. */
  readonly words: Words
  /** What there is of it. */
  readonly typed: string
  /** What stays before it in the same word: `--format=`. */
  readonly before: string
  /** The moment that paths are read at, where the command names one. */
  readonly at: string | undefined
  /** The pond that the command names. */
  readonly pond: string | undefined
}

const GLOBAL: readonly OptionSpec[] = [
  ['--pond <dir>', '', 'host'],
  ['--json', ''],
  ['-h, --help', ''],
]
const HELP = 'help'

/** @param words after `pond`; the last is the one that is being typed, and may be empty */
export function wantedOf(words: readonly string[]): Wanted {
  const typed = words.at(-1) ?? ''
  const { verb, name, operands, awaits, literal, at, pond } = read(words.slice(0, -1))
  const wanted = (kind: Words, rest = typed): Wanted => ({
    words: kind,
    typed: rest,
    before: typed.slice(0, typed.length - rest.length),
    at,
    pond,
  })
  if (awaits !== undefined && !(awaits.isSeveral && typed.startsWith('-'))) return wanted(awaits.value)
  if (!literal && typed.startsWith('-')) {
    const options = [...GLOBAL, ...(verb?.options ?? [])]
    const [option, value] = split(typed)
    const spec = value === undefined ? undefined : options.find((each) => namesOf(each).includes(option))
    if (spec !== undefined) return wanted(spec[2] ?? 'free', value)
    return wanted(options.flatMap(namesOf).filter((each) => each.startsWith('--') || typed === '-'))
  }
  if (name === undefined) return wanted('verb')
  if (name === HELP) return wanted(operands === 0 ? 'verb' : 'free')
  const kinds = verb?.words ?? []
  return wanted(kinds[Math.min(operands, kinds.length - 1)] ?? 'free')
}

/** The verbs one can be offered. */
export function verbNames(): readonly string[] {
  return [...VERBS.filter(({ hidden }) => hidden !== true).map(({ name }) => name), HELP]
}

interface Read {
  readonly name: string | undefined
  readonly verb: Verb | undefined
  /** Operands after the verb. */
  readonly operands: number
  /** The value that an option still needs, or may take more of. */
  readonly awaits: { readonly value: Words; readonly isSeveral: boolean } | undefined
  readonly literal: boolean
  readonly at: string | undefined
  readonly pond: string | undefined
}

function read(words: readonly string[]): Read {
  let name: string | undefined
  let verb: Verb | undefined
  let operands = 0
  let awaits: Read['awaits']
  let literal = false
  const given = new Map<string, string>()
  let last = ''
  for (const word of words) {
    if (awaits !== undefined && !(awaits.isSeveral && word.startsWith('-'))) {
      given.set(last, word)
      if (!awaits.isSeveral) awaits = undefined
    } else if (!literal && word === '--') {
      literal = true
      awaits = undefined
    } else if (!literal && word.startsWith('-') && word !== '-') {
      const [option, value] = split(word)
      const spec = [...GLOBAL, ...(verb?.options ?? [])].find((each) => namesOf(each).includes(option))
      awaits =
        value === undefined && spec?.[2] !== undefined
          ? { value: spec[2], isSeveral: spec[0].includes('...') }
          : undefined
      last = option
      if (value !== undefined) given.set(option, value)
    } else if (name === undefined) {
      name = word
      verb = verbNamed(word)
    } else operands++
  }
  return { name, verb, operands, awaits, literal, at: given.get('--at'), pond: given.get('--pond') }
}

function split(word: string): readonly [option: string, value: string | undefined] {
  const equals = word.indexOf('=')
  return equals === -1 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)]
}

/** `-m, --message <text>` is `-m` and `--message`. */
function namesOf([flags]: OptionSpec): readonly string[] {
  return flags.split(/[ ,]+/).filter((part) => part.startsWith('-'))
}

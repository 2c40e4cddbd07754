/**
 * The grammar of the command line, built with commander from the table of verbs. Parsing answers with
 * an invocation, with a text to print, or throws `cli.usage`; it performs nothing.
 */
import { Command, CommanderError, Option } from 'commander'
import { Invocation, usage } from './invocation'
import type { OptionSpec, Words } from './verb'
import { VERBS, type Verb } from './verbs'

export type Parsed =
  | { readonly kind: 'run'; readonly verb: Verb; readonly invocation: Invocation }
  | { readonly kind: 'help' | 'version'; readonly text: string }

export interface ParseOptions {
  readonly version: string
  /** Columns that help may use. */
  readonly columns: number
}

const NO_COMMAND = 'expected a command, found none: `pond --help` lists them'

/** @param argv without the interpreter and the script. @throws cli.usage */
export function parseArguments(argv: readonly string[], { version, columns }: ParseOptions): Parsed {
  const asked = subject(argv)
  const verb = asked === undefined ? undefined : verbNamed(asked)
  // Help on a command that does not exist would otherwise be the help of the program.
  const words = asked === undefined || asked === 'help' || verb !== undefined ? argv : [asked]
  let text = ''
  let parsed: Parsed | undefined
  const literalAt = words.indexOf('--')
  const literals = literalAt === -1 ? 0 : words.length - literalAt - 1

  const program = new Command('pond')
    .description('A local-first data lake: a versioned filesystem in a folder, with SQL and time travel')
    .version(version, '-V, --version', 'print the version')
    .option('--pond <dir>', 'the pond (default: $POND, else the nearest folder above that is one)')
    .option('--json', 'print one JSON document on stdout')
    .helpOption('-h, --help', 'explain')
    .helpCommand('help [command]', 'explain a command')
    .configureHelp({ showGlobalOptions: true, helpWidth: columns })
    .configureOutput({ writeOut: (chunk) => (text += chunk), writeErr: () => undefined })
    .showSuggestionAfterError(true)
    .exitOverride()

  for (const each of VERBS) {
    const command = program.command(each.args === '' ? each.name : `${each.name} ${each.args}`, {
      hidden: each.hidden === true,
    })
    if (each.alias !== undefined) command.alias(each.alias)
    command.description(each.summary)
    // The rest of a verb is of use to itself only.
    if (each !== verb) continue
    const examples = each.example.map((line) => `  $ ${line}`).join('\n')
    command.addHelpText('after', `\nExample:\n${examples}`)
    if (each.usage !== undefined) command.usage(`[options] ${each.usage}`)
    for (const [flags, help, , isRepeated] of each.options ?? []) {
      if (isRepeated) command.option(flags, help, collected)
      else command.option(flags, help)
    }
    command.action(() => {
      const { args } = command
      const count = Math.min(literals, args.length)
      check(each, command)
      parsed = {
        kind: 'run',
        verb: each,
        invocation: new Invocation(each.name, args, count, command.optsWithGlobals()),
      }
    })
  }

  try {
    program.parse(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: error.code === 'commander.version' ? 'version' : 'help', text }
    throw usage(error.code === 'commander.help' ? NO_COMMAND : sentence(error.message))
  }
  if (parsed === undefined) throw usage(NO_COMMAND)
  return parsed
}

function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

const POND: OptionSpec = ['--pond <dir>', '', 'host']

/**
 * What a command cannot mean. An empty word where a path or a moment belongs is mostly a variable that is not
 * set: it would be the root, or the working directory.
 * @throws cli.usage
 */
function check(verb: Verb, command: Command): void {
  const kinds = verb.words ?? []
  for (const [i, arg] of command.args.entries()) {
    const expected = nounOf(kinds[Math.min(i, kinds.length - 1)])
    if (arg === '' && expected !== undefined) throw usage(`expected ${expected}, found nothing`)
  }
  const given: Readonly<Record<string, unknown>> = command.optsWithGlobals()
  if (given['sync'] === false && given['message'] !== undefined)
    throw usage('-m commits and --no-sync does not: expected one of them, found both')
  for (const [flags, , words] of [POND, ...(verb.options ?? [])]) {
    const option = new Option(flags)
    const value = given[option.attributeName()]
    const expected = option.long === '--author' ? 'a name' : nounOf(words)
    if (expected !== undefined && (value === '' || (Array.isArray(value) && value.includes(''))))
      throw usage(`${option.long}: expected ${expected}, found nothing`)
  }
}

/** What a word has to be; nothing for one that may be empty. */
function nounOf(words: Words | undefined): string | undefined {
  switch (words) {
    case 'pond':
    case 'host':
    case 'either':
      return 'a path'
    case 'moments and paths':
      return 'a moment or a path'
    case 'moment':
    case 'past':
      return 'a moment'
    default:
      return undefined
  }
}

/** @param name a verb's name or its alias */
export function verbNamed(name: string): Verb | undefined {
  return VERBS.find((verb) => verb.name === name || verb.alias === name)
}

/** The command that the words are about: the first that is no option, or the one after `help`. */
function subject(argv: readonly string[]): string | undefined {
  const words: string[] = []
  for (let i = 0; i < argv.length && words.length < 2; i++) {
    const word = argv[i]!
    if (word === '--pond') i++
    else if (!word.startsWith('-') || word === '-') words.push(word)
    else if (word === '--') break
  }
  return words[0] === 'help' ? (words[1] ?? 'help') : words[0]
}

/** Commander's message as ours: no prefix, one line. */
function sentence(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (one of )?(.*)\?\)$/s, (_all, _several, names: string) => `; did you mean ${names}?`)
}

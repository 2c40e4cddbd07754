/**
 * The grammar of the command line, built with commander from the table of verbs. Parsing answers with
 * an invocation, with help to print, or throws `cli.usage`; it performs nothing.
 */
import { Command, CommanderError } from 'commander'
import { Invocation, usage } from './invocation'
import { VERBS, type Verb } from './verbs'

export type Parsed =
  | { readonly kind: 'run'; readonly verb: Verb; readonly invocation: Invocation }
  | { readonly kind: 'help'; readonly text: string }

export interface ParseOptions {
  readonly version: string
  /** Columns that help may use. */
  readonly columns: number
}

/** @param argv without the interpreter and the script. @throws cli.usage */
export function parseArguments(argv: readonly string[], { version, columns }: ParseOptions): Parsed {
  let help = ''
  let parsed: Parsed | undefined
  const literalAt = argv.indexOf('--')
  const literals = literalAt === -1 ? 0 : argv.length - literalAt - 1

  const program = new Command('pond')
    .description('A local-first data lake: a versioned filesystem in a folder, with SQL and time travel')
    .version(version, '-V, --version', 'print the version')
    .option('--pond <dir>', 'the pond (default: $POND, else the nearest folder above that is one)')
    .option('--json', 'print one JSON document on stdout')
    .helpOption('-h, --help', 'explain')
    .helpCommand('help [command]', 'explain a command')
    .configureHelp({ showGlobalOptions: true, helpWidth: columns })
    .configureOutput({ writeOut: (text) => (help += text), writeErr: () => undefined })
    .showSuggestionAfterError(true)
    .exitOverride()

  for (const verb of VERBS) {
    const command = program.command(`${verb.name}${verb.args === '' ? '' : ` ${verb.args}`}`)
    if (verb.alias !== undefined) command.alias(verb.alias)
    command
      .description(verb.summary)
      .addHelpText('after', `\nExample:\n${verb.example.map((line) => `  $ ${line}`).join('\n')}`)
    if (verb.usage !== undefined) command.usage(`[options] ${verb.usage}`)
    for (const [flags, text] of verb.options ?? []) command.option(flags, text)
    command.action(() => {
      const invocation = new Invocation(
        verb.name,
        command.args,
        Math.min(literals, command.args.length),
        command.optsWithGlobals(),
      )
      parsed = { kind: 'run', verb, invocation }
    })
  }

  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'help', text: help }
    if (error.code === 'commander.help') throw usage('expected a command, found none: `pond --help` lists them')
    throw usage(sentence(error.message))
  }
  if (parsed === undefined) throw usage('expected a command, found none: `pond --help` lists them')
  return parsed
}

/** Commander's message as ours: no prefix, one line. */
function sentence(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (one of )?(.*)\?\)$/s, (_all, _several, names: string) => `; did you mean ${names}?`)
}

/**
 * `pond batch`: the commands of a script from stdin, one after another, on one open pond. Each is as it
 * would be alone; the first that fails ends the batch unless told to go on. With `--json`, a line of
 * JSON for each: `{line, command, status, result}`, where the result is the command's own document.
 */
import { Readable } from 'node:stream'
import { PondError } from '../../../shared/errors'
import type { ExpectedContent } from '../../platform/node'
import type { Parsed } from '../args'
import type { Context, ExitStatus, Run } from '../context'
import { count, jsonText } from '../display'
import { hostContent } from '../host-content'
import { usage } from '../invocation'
import type { Io, Sink } from '../io'
import { Output } from '../output'
import { asksForJson, perform } from '../perform'
import { completeContent, expectedContent } from '../expected-content'
import { scriptCommands, type Input, type ScriptCommand } from '../script'

/** What makes no sense among commands that share a pond and an end. */
const ALONE = ['init', 'batch', 'serve', 'app', 'completion', 'complete']
/** Bytes of a document that becomes one line. */
const MAX_DOCUMENT = 16 * 1024 * 1024
/** Bytes of a script that is read before it runs. */
const MAX_SCRIPT = 256 * 1024 * 1024

export const run: Run = async (context) => {
  const { io, out, invocation } = context
  const keepGoing = invocation.flag('keepGoing')
  let first: ExitStatus = 0
  let failed = 0
  for await (const command of scriptCommands(await script(io, expectedContent(invocation)))) {
    context.signal.throwIfAborted()
    const status = await runOne(context, command)
    if (status === 0) continue
    failed++
    if (first === 0) first = status
    if (keepGoing && status !== 130) continue
    await out.note(`stopped at line ${command.line}: what came before it is done`)
    return status
  }
  if (failed > 0) await out.note(`${count(failed, 'command')} failed`)
  return first
}

/** As it comes; or all of it before its first command runs, where somebody said what has to come. */
async function script({ stdin }: Io, expected: ExpectedContent): Promise<AsyncIterable<Uint8Array>> {
  if (expected.size === undefined && expected.sha256 === undefined) return stdin
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of completeContent(stdin, expected, 'stdin')) {
    size += chunk.length
    if (size > MAX_SCRIPT)
      throw new PondError('cli.too-large', `expected a script of at most ${MAX_SCRIPT} bytes, found more`)
    chunks.push(new Uint8Array(chunk))
  }
  return Readable.from(chunks)
}

async function runOne(context: Context, { line, text, parsed }: ScriptCommand): Promise<ExitStatus> {
  const { out } = context
  const place = ` (batch line ${line})`
  const argv = parsed instanceof PondError ? [] : withoutName(parsed.words)
  if (!out.isJson) {
    const io = ioFor(context, parsed)
    const own = new Output(io, asksForJson(argv), place)
    return parsed instanceof PondError ? refused(own, parsed) : performIn(context, argv, io, own)
  }
  const document = new Document()
  const io = ioFor(context, parsed, document)
  const own = new Output(io, true, place)
  const status = await (parsed instanceof PondError ? refused(own, parsed) : performIn(context, argv, io, own))
  const result: unknown = own.failure === undefined ? document.value() : { error: own.failure }
  await out.raw(`${jsonText({ line, command: text.trim(), status, result })}\n`)
  return status
}

function performIn(context: Context, argv: readonly string[], io: Io, out: Output): Promise<ExitStatus> {
  return perform(argv, { io, out, pond: context.pond, admit })
}

/** @throws cli.usage */
function admit(parsed: Parsed): void {
  if (parsed.kind !== 'run') return
  const { verb, invocation } = parsed
  if (ALONE.includes(verb.name)) throw usage(`expected a command for a batch, found ${verb.name}: run it by itself`)
  if (invocation.text('pond') !== undefined) throw usage('expected --pond before batch, found it in a command')
}

async function refused(out: Output, { code, message, detail }: PondError): Promise<ExitStatus> {
  await out.error({ code, message, detail })
  return 2
}

/** A script may be what one would type. */
function withoutName(words: readonly string[]): readonly string[] {
  return words[0] === 'pond' ? words.slice(1) : words
}

/** The streams of one command: the script is not its input. */
function ioFor(context: Context, parsed: ScriptCommand['parsed'], stdout: Sink = context.io.stdout): Io {
  const { stderr, cwd, env, signal } = context.io
  const input: Input = parsed instanceof PondError ? { kind: 'none' } : parsed.input
  const stdin = content(input, (path) => context.hostPath(path))
  return { stdin, stdinIsTerminal: input.kind === 'none', stdout, stderr, cwd, env, signal }
}

async function* content(input: Input, hostPath: (path: string) => string): AsyncGenerator<Uint8Array> {
  if (input.kind === 'text') yield Buffer.from(input.text)
  if (input.kind === 'file') yield* hostContent(hostPath(input.path))
}

/** A command's JSON document, held until it is whole. */
class Document implements Sink {
  readonly isTerminal = false
  readonly columns = 80
  readonly #chunks: Buffer[] = []
  #size = 0

  async write(chunk: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(chunk as string)
    this.#size += bytes.length
    if (this.#size > MAX_DOCUMENT) {
      throw new PondError('cli.too-large', `expected a result of at most ${MAX_DOCUMENT} bytes for a line, found more`)
    }
    this.#chunks.push(bytes)
  }

  value(): unknown {
    const text = Buffer.concat(this.#chunks).toString('utf8')
    return text === '' ? null : JSON.parse(text)
  }
}

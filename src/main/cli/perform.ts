/**
 * One command from its words to its exit status: parses, runs one verb, and says what went wrong. The
 * process runs one, a batch runs many.
 */
import { ERRORS, isPondError, toWire } from '../../shared/errors'
import { PRODUCT_VERSION } from '../../shared/version'
import { cleanUp } from '../diagnostics'
import { systemError } from '../platform/node'
import { parseArguments, type Parsed } from './args'
import { Context, interrupted, type ExitStatus } from './context'
import { oneLine } from './display'
import { ClosedPipe, type Io } from './io'
import type { OpenedPond } from './opened-pond'
import type { Output } from './output'
import { diagnosticsOf, logOf } from './world'

/** Whether the words ask for JSON; those after `--` are paths. */
export function asksForJson(argv: readonly string[]): boolean {
  return argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length).includes('--json')
}

export interface Surroundings {
  readonly io: Io
  readonly out: Output
  /** The pond of the batch that the command belongs to. */
  readonly pond?: OpenedPond
  /** Refuses what may not run here. @throws cli.usage */
  readonly admit?: (parsed: Parsed) => void
}

/** @param argv what the user wrote after `pond`. Never rejects but for a stream that fails while the failure is told. */
export async function perform(argv: readonly string[], { io, out, pond, admit }: Surroundings): Promise<ExitStatus> {
  try {
    const parsed = parseArguments(argv, { version: PRODUCT_VERSION, columns: io.stdout.columns })
    admit?.(parsed)
    if (parsed.kind !== 'run') {
      await out.show({ [parsed.kind]: parsed.text.trimEnd() }, () => out.raw(parsed.text))
      return 0
    }
    const context = new Context(io, out, parsed.invocation, pond)
    try {
      const { run } = await parsed.verb.load()
      return (await run(context)) ?? 0
    } catch (error) {
      throw await context.explain(error)
    } finally {
      // What the command did stands, whatever saying more of it or closing its pond says.
      const log = await logOf(io)
      await cleanUp(log, 'what the pond had to say', () => saysWhatElse(context))
      await cleanUp(log, 'the pond that was open', () => context.close())
      await out.clearProgress()
    }
  } catch (error) {
    return failed(error, out, io).catch((second: unknown) => {
      if (second instanceof ClosedPipe) return 1
      throw second
    })
  }
}

/** What people should hear besides the answer, each thing once. */
async function saysWhatElse({ out, pond }: Context): Promise<void> {
  for (const notice of (await pond.current())?.takeNotices() ?? []) await out.note(`pond: ${oneLine(notice)}`)
}

async function failed(error: unknown, out: Output, io: Io): Promise<ExitStatus> {
  if (error instanceof ClosedPipe) return 0
  // Whatever an aborted verb threw, the reason is the interruption.
  const known = io.signal.aborted && !isPondError(error, 'api.interrupted') ? interrupted() : systemError(error)
  const { report } = await diagnosticsOf(io)
  const wire = toWire(known, report)
  const hint = wire.code === 'internal' ? '; DUCKPOND_LOG=info shows where' : ''
  await out.error({ ...wire, message: wire.message + hint })
  return isPondError(known) ? ERRORS[known.code].exit : 1
}

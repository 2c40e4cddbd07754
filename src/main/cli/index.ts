/**
 * The `pond` command: parses, runs one verb and turns its end into an exit status. It performs nothing
 * by itself and never shows a stack trace. Enter it by `main` (any streams) or `run` (this process).
 */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ERRORS, isPondError, PondError, toWire } from '../../shared/errors'
import { PRODUCT_VERSION } from '../../shared/version'
import { parseArguments } from './args'
import { Context } from './context'
import { ClosedPipe, processIo, type Io } from './io'
import { Output } from './output'
import { diagnosticsOf } from './world'

export type { Io, Sink } from './io'

/** 0 done, 1 the pond or its content is wrong, 2 wrong usage, 130 interrupted. */
export type ExitStatus = 0 | 1 | 2 | 130

/** @param argv what the user wrote after `pond` */
export async function main(argv: readonly string[], io: Io): Promise<ExitStatus> {
  const isJson = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length).includes('--json')
  const out = new Output(io, isJson)
  try {
    const parsed = parseArguments(withVerb(argv, io), { version: PRODUCT_VERSION, columns: io.stdout.columns })
    if (parsed.kind === 'help') {
      await out.raw(parsed.text)
      return 0
    }
    const context = new Context(io, out, parsed.invocation)
    try {
      const { run } = await parsed.verb.load()
      return (await run(context)) ?? 0
    } catch (error) {
      throw await context.explain(error)
    } finally {
      await context.close()
      await out.clearProgress()
    }
  } catch (error) {
    return failed(error, out, io).catch((second: unknown) => {
      if (second instanceof ClosedPipe) return 1
      throw second
    })
  }
}

/** `pond FOLDER` opens the app on it; a word that could be a verb is one. */
function withVerb(argv: readonly string[], { cwd }: Io): readonly string[] {
  const first = argv.find((word) => word !== '--json') ?? ''
  const isFolder = /[/\\]|^\.+$/.test(first) && statSync(resolve(cwd, first), { throwIfNoEntry: false })?.isDirectory()
  return isFolder === true ? ['app', ...argv] : argv
}

async function failed(error: unknown, out: Output, io: Io): Promise<ExitStatus> {
  if (error instanceof ClosedPipe) return 0
  // Whatever an aborted verb threw, the reason is the interruption.
  const known = io.signal.aborted ? new PondError('api.interrupted', 'interrupted') : error
  const { report } = await diagnosticsOf(io)
  const wire = toWire(known, report)
  const hint = wire.code === 'internal' ? '; DUCKPOND_LOG=info shows where' : ''
  await out.error({ ...wire, message: wire.message + hint })
  return isPondError(known) ? ERRORS[known.code].exit : 1
}

/** Runs the command this process was started with, and ends the process. */
export async function run(): Promise<never> {
  process.exit(await main(process.argv.slice(2), processIo()))
}

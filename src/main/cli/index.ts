/**
 * The `pond` command: one command, or a batch of them, turned into output and an exit status. It
 * performs nothing by itself and never shows a stack trace. Enter it by `main` (any streams) or `run`
 * (this process).
 */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { processIo, type Io } from './io'
import { Output } from './output'
import { asksForJson, perform } from './perform'
import type { ExitStatus } from './context'

export type { ExitStatus } from './context'
export type { Io } from './io'

/** @param argv what the user wrote after `pond` */
export function main(argv: readonly string[], io: Io): Promise<ExitStatus> {
  return perform(withVerb(argv, io), { io, out: new Output(io, asksForJson(argv)) })
}

/** `pond FOLDER` opens the app on it; a word that could be a verb is one. */
function withVerb(argv: readonly string[], { cwd }: Io): readonly string[] {
  const first = argv.find((word) => word !== '--json') ?? ''
  const isFolder = /[/\\]|^\.+$/.test(first) && statSync(resolve(cwd, first), { throwIfNoEntry: false })?.isDirectory()
  return isFolder === true ? ['app', ...argv] : argv
}

/** Runs the command this process was started with, and ends the process. */
export async function run(): Promise<never> {
  process.exit(await main(process.argv.slice(2), processIo()))
}

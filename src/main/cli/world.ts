/** The real world as commands use it: this machine's disk, and a log where `DUCKPOND_LOG` asks for one. */
import { CLEAN_UP_FAILED, type Diagnostics, type Log } from '../diagnostics'
import { builtProcesses, nodeDiagnostics, nodeStorage, nodeWorld } from '../platform/node'
import { oneLine } from './display'
import type { Io } from './io'

/** One log for a process, by the environment that asks for it: the commands of a batch share it. */
const opened = new WeakMap<Io['env'], Promise<Diagnostics>>()

export function diagnosticsOf(io: Io): Promise<Diagnostics> {
  let diagnostics = opened.get(io.env)
  if (diagnostics === undefined) opened.set(io.env, (diagnostics = nodeDiagnostics(io.env)))
  return diagnostics
}

/** @param folder absolute; @param command what the lock and the history show */
export async function hostWorld(io: Io, folder: string, command: string): Promise<ReturnType<typeof nodeWorld>> {
  return nodeWorld({ storage: nodeStorage(folder), log: await logOf(io), command, processes: builtProcesses() })
}

/** The log of a command. Clean-up that fails is told to people as well: what they asked for is done, something is left over. */
export async function logOf(io: Io): Promise<Log> {
  const { log } = await diagnosticsOf(io)
  return {
    ...log,
    warn: (event, fields = {}) => {
      log.warn(event, fields)
      if (event !== CLEAN_UP_FAILED) return
      const { what, error } = fields
      const line = oneLine(`pond: warning: could not clean up ${String(what)}: ${String(error)}`)
      void io.stderr.write(`${line}\n`).catch(() => undefined)
    },
  }
}

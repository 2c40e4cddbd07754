/** The real world as commands use it: this machine's disk, and a log where `DUCKPOND_LOG` asks for one. */
import type { Diagnostics } from '../diagnostics'
import { nodeDiagnostics, nodeStorage, nodeWorld } from '../platform/node'
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
  const { log } = await diagnosticsOf(io)
  return nodeWorld({ storage: nodeStorage(folder), log, command })
}

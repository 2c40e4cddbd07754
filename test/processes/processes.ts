/** The built process, and what is known of those that were started. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { builtFiles, nodeProcesses, type Child, type Processes } from '../../src/main/platform/node'

const OUT = join(import.meta.dirname, '../../out/main')

export interface WatchedProcesses extends Processes {
  readonly started: readonly Child[]
  /** Pids of those that live. */
  living(): readonly number[]
}

const TICK_MS = 10

/** Resolves when one of these processes has used so much of a processor since now; where no system tells that, after as long. */
export async function atWork(pids: readonly number[], usedMs = 200): Promise<void> {
  const used = new Map(pids.map((pid) => [pid, processorMs(pid)]))
  if ([...used.values()].includes(null)) return sleep(usedMs)
  while (!pids.some((pid) => (processorMs(pid) ?? 0) - used.get(pid)! >= usedMs)) await sleep(20)
}

/** Null where nothing is told of it. */
function processorMs(pid: number): number | null {
  try {
    // Linux: after the name, which may have spaces, the fields from the third on; the 14th and 15th are ticks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  } catch {
    return null
  }
}

export function watchedProcesses(): WatchedProcesses {
  const files = builtFiles(OUT)
  if (files.queries === undefined) throw new Error('there is no built process: npm run build')
  const real = nodeProcesses({ files })
  const started: Child[] = []
  const over = new Set<Child>()
  return {
    programs: real.programs,
    started,
    prepare: (program) => real.prepare(program),
    start(program) {
      const child = real.start(program)
      started.push(child)
      void child.ended.then(() => over.add(child))
      return child
    },
    living: () => started.filter((child) => !over.has(child)).map(({ pid }) => pid!),
  }
}

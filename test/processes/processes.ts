/** The built process, and what is known of those that were started. */
import { join } from 'node:path'
import { builtFiles, nodeProcesses, type Child, type Processes } from '../../src/main/platform/node'

const OUT = join(import.meta.dirname, '../../out/main')

export interface WatchedProcesses extends Processes {
  readonly started: readonly Child[]
  /** Pids of those that live. */
  living(): readonly number[]
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

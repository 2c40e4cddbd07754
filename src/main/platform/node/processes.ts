/**
 * Processes of plain Node: `fork`, with messages as structured clones. One may wait ready for the next
 * start. What a child writes to stderr is kept for the log, never shown.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Child, Processes, ProcessEnd, Program } from '../processes'

const FILES: Readonly<Record<Program, string>> = { queries: 'query-process.js', templates: 'template-process.js' }
/** Of Node: templates have a bound of their own below, and what goes in and out of it is small. */
const OPTIONS: Readonly<Record<Program, readonly string[]>> = { queries: [], templates: ['--max-old-space-size=256'] }
const KEPT_STDERR = 4_096

export interface NodeProcessesOptions {
  /** Absolute paths of programs' files. */
  readonly files: Partial<Readonly<Record<Program, string>>>
  /** Options of Node, for programs that are not built. */
  readonly execArgv?: readonly string[]
}

/** The built programs beside this code; undefined where it is not built, and everything runs in one process. */
export function builtProcesses(): Processes | undefined {
  return (built ??= findBuilt())
}

let built: Processes | undefined

function findBuilt(): Processes | undefined {
  const files = builtFiles(import.meta.dirname)
  return files.queries === undefined ? undefined : nodeProcesses({ files })
}

/** Those that are beside a built file, or beside the folder of the pieces that the built files share. */
export function builtFiles(folder: string): NodeProcessesOptions['files'] {
  const found = Object.entries(FILES).flatMap(([program, name]) => {
    const file = [join(folder, name), join(dirname(folder), name)].find((each) => existsSync(each))
    return file === undefined ? [] : [[program, file]]
  })
  return Object.fromEntries(found) as NodeProcessesOptions['files']
}

/** Options of Node that a program is started with. */
export function optionsOf(program: Program): readonly string[] {
  return OPTIONS[program]
}

export function nodeProcesses({ files, execArgv = [] }: NodeProcessesOptions): Processes {
  const programs = new Set(Object.keys(files) as Program[])
  return keepOneReady(programs, (program) => new NodeChild(files[program]!, [...execArgv, ...optionsOf(program)]))
}

/** Processes of which one may wait for the next start. */
export function keepOneReady(programs: ReadonlySet<Program>, make: (program: Program) => Child): Processes {
  const ready = new Map<Program, Child>()
  return {
    programs,
    prepare(program) {
      if (ready.has(program)) return
      const child = make(program)
      ready.set(program, child)
      void child.ended.then(() => ready.get(program) === child && ready.delete(program))
    },
    start(program) {
      const child = ready.get(program)
      ready.delete(program)
      return child ?? make(program)
    },
  }
}

class NodeChild implements Child {
  readonly ended: Promise<ProcessEnd>
  readonly #process: ChildProcess

  constructor(file: string, execArgv: readonly string[]) {
    // DuckDB holds a thread of libuv's pool for each statement that runs.
    const env = { ...process.env, UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '8' }
    const child = fork(file, {
      serialization: 'advanced',
      execArgv: [...execArgv],
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#process = child
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-KEPT_STDERR)))
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal, stderr }))
      child.once('error', (error) => resolve({ code: null, signal: null, stderr: String(error) }))
    })
    // A message to a process that is just ending is lost, as it would be a moment later.
    child.on('error', () => undefined)
    ;(child.stderr as { unref?(): void } | null)?.unref?.()
    this.hold(false)
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  post(message: unknown): void {
    if (this.#process.connected) this.#process.send(message as object, () => undefined)
  }

  listen(listener: (message: unknown) => void): void {
    this.#process.on('message', listener)
  }

  hold(isNeeded: boolean): void {
    // Its end is news, too: the channel is gone before it is told.
    if (isNeeded) {
      this.#process.ref()
      this.#process.channel?.ref()
    } else {
      this.#process.unref()
      this.#process.channel?.unref()
    }
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }
}

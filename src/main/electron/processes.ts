/**
 * Processes as Electron starts them: utility processes, which run without the fuse `runAsNode`. What one
 * writes to stderr is kept for the log.
 */
import { utilityProcess, type UtilityProcess } from 'electron'
import { builtFiles, keepOneReady, optionsOf, type Child, type ProcessEnd, type Processes } from '../platform/node'

const KEPT_STDERR = 4_096

/** Undefined where the program is not built: then everything runs in this process. */
export function electronProcesses(): Processes | undefined {
  const files = builtFiles(import.meta.dirname)
  if (files.queries === undefined) return undefined
  const programs = new Set(Object.keys(files) as (keyof typeof files)[])
  return keepOneReady(
    programs,
    (program) => new UtilityChild(files[program]!, `DuckPond ${program}`, optionsOf(program)),
  )
}

class UtilityChild implements Child {
  readonly ended: Promise<ProcessEnd>
  readonly #process: UtilityProcess

  constructor(file: string, serviceName: string, execArgv: readonly string[]) {
    const env = { ...process.env, UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '8' }
    const child = utilityProcess.fork(file, [], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      execArgv: [...execArgv],
      serviceName,
    })
    this.#process = child
    let stderr = ''
    child.stderr?.on('data', (text: Buffer) => (stderr = (stderr + text.toString()).slice(-KEPT_STDERR)))
    this.ended = new Promise((resolve) => child.once('exit', (code) => resolve({ code, signal: null, stderr })))
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  post(message: unknown): void {
    this.#process.postMessage(message)
  }

  listen(listener: (message: unknown) => void): void {
    this.#process.on('message', listener)
  }

  /** The app ends when it is asked to. */
  hold(): void {}

  kill(): void {
    const { pid } = this.#process
    // What is stuck in native code does not hear a polite signal.
    if (pid === undefined) this.#process.kill()
    else process.kill(pid, 'SIGKILL')
  }
}

/**
 * Other processes of the product, for native code that reads foreign bytes: if it crashes on them, the host does
 * not. Declared here; a host picks how they are started. Absent where everything has to run in one process, as in a
 * simulation.
 */

/** What can be started: DuckDB, and templates of recipes. */
export type Program = 'queries' | 'templates'

/** One end of a line to another process. What is posted arrives whole, in order, as a structured clone of it. */
export interface Port {
  post(message: unknown): void
  /** Calls back for every message. Once only. */
  listen(listener: (message: unknown) => void): void
}

export interface ProcessEnd {
  /** Exit status; null where a signal ended it, or where nobody knows. */
  readonly code: number | null
  readonly signal: string | null
  /** The end of what it wrote to stderr, for the log. */
  readonly stderr: string
}

export interface Child extends Port {
  /** Undefined as long as the system has not made it. */
  readonly pid: number | undefined
  /** Resolves when it is over, however that came; also when it could not be started. */
  readonly ended: Promise<ProcessEnd>
  /** Whether it keeps this process from ending by itself. It does not at first. */
  hold(isNeeded: boolean): void
  /** Ends it at once, whatever it is doing. */
  kill(): void
}

export interface Processes {
  /** Those that can be started here; what they do is done in this process where they cannot. */
  readonly programs: ReadonlySet<Program>
  /** Starts ahead what the next `start` takes. Costs nothing where one is waiting already. */
  prepare(program: Program): void
  /** A process that has nothing to do yet. It ends with this one at the latest. */
  start(program: Program): Child
}

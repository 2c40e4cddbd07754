/** Runs commands in this process with streams of their own, as a shell would see them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main, type ExitStatus, type Io } from '../index'

export interface Ended {
  readonly status: ExitStatus
  readonly stdout: string
  readonly stderr: string
  readonly bytes: Uint8Array
  /** Stdout as its one JSON document; fails where it is not exactly one. */
  json<T = Record<string, unknown>>(): T
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array | AsyncIterable<Uint8Array>
  readonly isTerminal?: boolean
  readonly columns?: number
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly signal?: AbortSignal
  /** Rejects the write of these bytes to stdout, e.g. as a closed pipe does. */
  readonly onStdout?: (chunk: Uint8Array) => void
  /** Sees what goes to stderr: progress, on a terminal. */
  readonly onStderr?: (chunk: Uint8Array) => void
}

/** A folder to work in and a way to run `pond` there. Dispose of it. */
export class Terminal {
  readonly folder = mkdtempSync(join(tmpdir(), 'duckpond-cli-'))

  path(...names: readonly string[]): string {
    return join(this.folder, ...names)
  }

  async pond(argv: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const out: Uint8Array[] = []
    const err: Uint8Array[] = []
    const sink = (chunks: Uint8Array[], hook?: (chunk: Uint8Array) => void): Io['stdout'] => ({
      isTerminal: options.isTerminal ?? false,
      columns: options.columns ?? 80,
      write: async (chunk) => {
        const bytes = Buffer.from(chunk as string)
        hook?.(bytes)
        chunks.push(bytes)
      },
    })
    const status = await main(argv, {
      stdin: inputOf(options.stdin),
      stdinIsTerminal: options.stdin === undefined,
      stdout: sink(out, options.onStdout),
      stderr: sink(err, options.onStderr),
      cwd: options.cwd ?? this.folder,
      env: options.env ?? {},
      signal: options.signal ?? new AbortController().signal,
    })
    const bytes = Buffer.concat(out)
    const stdout = bytes.toString('utf8')
    return { status, stdout, stderr: Buffer.concat(err).toString('utf8'), bytes, json: () => JSON.parse(stdout) }
  }

  /** As `pond`, and expects status 0 and a JSON document. */
  async json<T = Record<string, unknown>>(argv: readonly string[], options?: RunOptions): Promise<T> {
    const ended = await this.pond(['--json', ...argv], options)
    if (ended.status !== 0) throw new Error(`pond ${argv.join(' ')} ended with ${ended.status}: ${ended.stderr}`)
    return ended.json<T>()
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function* inputOf(stdin: RunOptions['stdin']): AsyncGenerator<Uint8Array> {
  if (typeof stdin === 'string' || stdin instanceof Uint8Array) yield Buffer.from(stdin as string)
  else if (stdin !== undefined) yield* stdin
}

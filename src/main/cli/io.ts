/**
 * What the command line has of the world outside: three streams, a working directory, an environment
 * and a signal that says "stop". `processIo` is the real one; tests bring their own.
 */

import { isatty } from 'node:tty'
import { PondError } from '../../shared/errors'
import { processInput } from './stdin'

/** Where text and bytes go, in order; a slow reader slows the writer. */
export interface Sink {
  readonly isTerminal: boolean
  /** Columns of the terminal; 80 where that is unknown. */
  readonly columns: number
  /** @throws ClosedPipe when nobody reads any more */
  write(chunk: string | Uint8Array): Promise<void>
}

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdinIsTerminal: boolean
  readonly stdout: Sink
  readonly stderr: Sink
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal
}

/** The reader of our output has gone (`pond ls | head`): a reason to stop, not a failure. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe'
}

/** The streams of this process. The first SIGINT or SIGTERM aborts the signal, the second ends the process. */
export function processIo(): Io {
  const abort = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (abort.signal.aborted) process.exit(130)
      abort.abort()
    })
  }
  return {
    get stdin() {
      return processInput(abort.signal)
    },
    get stdinIsTerminal() {
      return isatty(0)
    },
    stdout: streamSink(process.stdout),
    stderr: streamSink(process.stderr),
    cwd: process.cwd(),
    env: process.env,
    signal: abort.signal,
  }
}

function streamSink(stream: NodeJS.WriteStream): Sink {
  // A failed write is reported twice, to its callback and as an event; the callback is enough.
  stream.on('error', () => undefined)
  return {
    isTerminal: stream.isTTY,
    get columns() {
      return stream.columns > 0 ? stream.columns : 80
    },
    write: (chunk) =>
      new Promise((resolve, reject) => {
        stream.write(chunk, (error) => {
          if (error == null) resolve()
          else reject(writeFailure(error as NodeJS.ErrnoException))
        })
      }),
  }
}

function writeFailure(error: NodeJS.ErrnoException): Error {
  if (error.code === 'EPIPE') return new ClosedPipe()
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT'
  const why = full ? 'no space is left where it goes' : error.message
  return new PondError(
    full ? 'platform.no-space' : 'platform.io',
    `cannot write the output: ${why}`,
    { output: true },
    error,
  )
}

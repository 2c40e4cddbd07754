/** A Python that is started once and asked again and again: libraries load once, and a Spark starts once. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Python } from './install'

/** Marks the lines that are answers: engines print as they like. */
const MARK = 'answer:'

const LOOP = `
import json, os, sys, traceback
for question in sys.stdin:
    try:
        said = {'answer': answer(*json.loads(question))}
    except Exception:
        said = {'error': traceback.format_exc()}
    print('${MARK}' + json.dumps(said), flush=True)
# Not through the interpreter's end, where threads of the libraries now and then abort the process.
os._exit(0)
`

interface Said {
  readonly answer?: unknown
  readonly error?: string
}

export class PythonProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #answers: AsyncIterator<string>
  #said = ''

  /** The program defines `answer(...)`, which returns what JSON can hold. */
  constructor({ command, env }: Python, program: string) {
    // chdb fails in a folder that it cannot write.
    this.#child = spawn(command, ['-c', program + LOOP], { cwd: '/', env, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#said = (this.#said + chunk.toString()).slice(-2_000)))
    this.#child.stdin.on('error', () => undefined)
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** One question at a time. */
  async ask(question: readonly unknown[]): Promise<unknown> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`)
    for (;;) {
      const line = await this.#answers.next()
      if (line.done === true) throw new Error(`Python ended: ${this.#said}`)
      if (!line.value.startsWith(MARK)) continue
      const { answer, error } = JSON.parse(line.value.slice(MARK.length)) as Said
      if (error !== undefined) throw new Error(error)
      return answer
    }
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.stdin.end()
    await ended
  }
}

/** Running hosts, as people start them: `pond serve` asked over its socket, and a script with the library. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket as Socket } from 'ws'
import { connectSocket, type Connection } from '../../src/renderer/connect'

const OUT = join(import.meta.dirname, '../../out/main')

export interface Served {
  readonly pid: number
  readonly connection: Connection
  readonly origin: string
  readonly cookie: string
  isAlive(): boolean
  close(): Promise<void>
}

export async function serve(pond: string, configFolder: string): Promise<Served> {
  const env = { ...process.env, DUCKPOND_CONFIG: configFolder }
  const child = spawn(process.execPath, [join(OUT, 'pond.js'), 'serve', '--pond', pond, '--port', '0', '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { url } = JSON.parse(await firstLine(child)) as { url: string }
  const { origin } = new URL(url)
  const cookie = (await fetch(url, { redirect: 'manual' })).headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const open = (): WebSocket =>
    new Socket(`${origin.replace('http', 'ws')}/api`, { headers: { cookie, origin } }) as unknown as WebSocket
  const connection = await connectSocket(open)
  await connection.api.pond.open({ path: pond })
  return {
    pid: child.pid!,
    connection,
    origin,
    cookie,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    close: async () => {
      connection.close()
      await ended(child)
    },
  }
}

export interface Appending {
  readonly pid: number
  isAlive(): boolean
  /** The code of what was refused, or null. */
  append(file: string, name: string): Promise<string | null>
  close(): Promise<void>
}

const APPENDER = `
  const { openPond } = require(${JSON.stringify(join(OUT, 'library.js'))})
  const { createReadStream } = require('node:fs')
  void openPond(process.argv[1]).then(async (pond) => {
    console.log('ready')
    let count = 0
    for await (const line of require('node:readline').createInterface({ input: process.stdin })) {
      const { file, name } = JSON.parse(line)
      const code = await pond.appendSeries('/series-' + ++count, createReadStream(file), { name })
        .then(() => null, (error) => error.code ?? String(error.stack))
      console.log(JSON.stringify(code))
      if (count % 50 === 0) await pond.discard()
    }
    await pond.close()
  })`

export async function appender(pond: string): Promise<Appending> {
  const child = spawn(process.execPath, ['-e', APPENDER, pond], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    pid: child.pid!,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async append(file, name) {
      child.stdin.write(`${JSON.stringify({ file, name })}\n`)
      const { value, done } = await lines.next()
      if (done === true) throw new Error('the script ended')
      return JSON.parse(value) as string | null
    },
    close: async () => {
      child.stdin.end()
      await Promise.race([once(child, 'exit'), new Promise((resolve) => setTimeout(resolve, 5_000))])
      await ended(child)
    },
  }
}

/** Bytes in memory of a process and of those that it started; null where the system does not say. */
export function memoryOf(pid: number): { readonly own: number; readonly children: readonly number[] } | null {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    )
    return { own: resident(pid), children: children.map((child) => resident(child)) }
  } catch {
    return null
  }
}

function resident(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024
  } catch {
    // It has just ended.
    return 0
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line
  throw new Error('the host ended before it said where it is')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

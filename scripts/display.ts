/** A display for windows of tests: the one there is, else an Xvfb of their own with a window manager in it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { hasDisplay } from '../src/main/web/open'

export interface Display {
  /** For whatever opens windows on it. */
  readonly env: Readonly<Record<string, string>>
  close(): void
}

const START_TIMEOUT_MS = 10_000

/** Undefined where there is none and none can be made. Whoever asked closes it. */
export async function openDisplay(): Promise<Display | undefined> {
  if (hasDisplay()) return { env: {}, close: () => undefined }
  if (!isInstalled('Xvfb')) return undefined
  // It chooses a number that is free and writes it down once it takes connections.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await numberOf(server)
  if (number === undefined) {
    server.kill()
    return undefined
  }
  const env = { DISPLAY: `:${number}` }
  // Without one, no window has the focus and none can be minimized.
  const manager = isInstalled('openbox') ? start('openbox', env) : undefined
  return {
    env,
    close: () => {
      manager?.kill()
      server.kill()
    },
  }
}

const isInstalled = (command: string): boolean => spawnSync('which', [command], { stdio: 'ignore' }).status === 0

function start(command: string, env: Display['env']): ChildProcess {
  const child = spawn(command, { stdio: 'ignore', env: { ...process.env, ...env } })
  child.on('error', () => undefined)
  return child
}

function numberOf(server: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const timer = setTimeout(() => resolve(undefined), START_TIMEOUT_MS)
    const settle = (number: string | undefined): void => {
      clearTimeout(timer)
      resolve(number)
    }
    const told = server.stdio[3] as Readable
    told.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) settle(text.trim())
    })
    server.on('error', () => settle(undefined))
    server.on('exit', () => settle(undefined))
  })
}

/** What every workload needs: temporary folders, ponds in them, git repositories beside them. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodeStorage, nodeWorld } from '../src/main/platform/node'
import { createPond, openPond, type Pond } from '../src/main/pond'

const execute = promisify(execFile)
const folders: string[] = []

export const POND = join(import.meta.dirname, '../out/main/pond.js')

export async function temporary(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `pond-bench-${name}-`))
  folders.push(folder)
  return folder
}

export async function cleanUp(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
}

export async function newPond(name: string): Promise<{ pond: Pond; folder: string }> {
  const folder = await temporary(name)
  return { pond: await createPond(nodeWorld({ storage: nodeStorage(folder), user: 'bench' })), folder }
}

export function reopen(folder: string): Promise<Pond> {
  return openPond(nodeWorld({ storage: nodeStorage(folder), user: 'bench' }))
}

export async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await execute(command, [...args], { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 28 })
  return stdout
}

export const node = (args: readonly string[], cwd: string): Promise<string> => run(process.execPath, args, cwd)
export const pondCommand = (args: readonly string[], cwd: string): Promise<string> => node([POND, ...args], cwd)

/** A git repository as durable as a pond: everything it writes is synced. */
export async function newGit(name: string): Promise<string> {
  const folder = await temporary(name)
  await git(['init', '-q'], folder)
  for (const [key, value] of Object.entries({
    'core.fsync': 'all',
    'core.fsyncMethod': 'fsync',
    'user.name': 'bench',
    'user.email': 'bench@localhost',
    'gc.auto': '0',
  })) {
    await git(['config', key, value], folder)
  }
  return folder
}

export const git = (args: readonly string[], cwd: string): Promise<string> => run('git', args, cwd)

/** Text of `bytes` bytes that differs with the number. */
export function text(number: number, bytes: number): Uint8Array {
  return Buffer.alloc(bytes, `${number},${Math.sin(number)},duckpond\n`)
}

/**
 * Independent readers of Delta tables, installed on demand into a cache folder and never into the
 * project: chdb alone is half a gigabyte. A reader that cannot be had is a reason in words.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const CHDB = '3.4.0'
const DELTALAKE = '1.6.6'

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'duckpond-interop')

/** Something to run a reader with, or why there is none. */
export type Installed = { readonly command: string; readonly module: string } | { readonly missing: string }

/** ClickHouse as a library, which reads Delta through delta-kernel-rs. `module` is to be required. */
export function chdb(): Installed {
  const folder = join(cache, `chdb-${CHDB}`)
  const module = join(folder, 'node_modules', 'chdb')
  if (!existsSync(join(module, 'package.json'))) {
    mkdirSync(folder, { recursive: true })
    const missing = run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `chdb@${CHDB}`])
    if (missing !== undefined) return { missing }
  }
  return { command: process.execPath, module }
}

/** delta-rs, in a Python environment of its own. `module` is to be imported. */
export function deltalake(): Installed {
  const folder = join(cache, `deltalake-${DELTALAKE}`)
  const command = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const isThere = () => existsSync(command) && run(command, ['-c', 'import deltalake, pyarrow']) === undefined
  if (!isThere()) {
    const missing =
      run('python3', ['-m', 'venv', folder]) ??
      run(command, ['-m', 'pip', 'install', '--quiet', `deltalake==${DELTALAKE}`, 'pyarrow'])
    if (missing !== undefined) return { missing }
  }
  return { command, module: 'deltalake' }
}

/** Undefined when it went well. */
function run(command: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 540_000 })
  if (status === 0) return undefined
  const said = error?.message ?? stderr.trim().split('\n').at(-1) ?? ''
  return `${command} ${args[0]} ended with ${status}: ${said}`
}

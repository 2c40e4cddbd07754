/** Python packages in environments of their own, below one cache folder and never in the project. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Why something cannot be had, in words. */
export interface Missing {
  readonly missing: string
}

export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'duckpond-interop')

/** The Python of an environment with these packages, which is made the first time and is named by the first of them. */
export function environment(packages: readonly string[], check: string): { readonly command: string } | Missing {
  const folder = join(CACHE, packages[0]!.replace('==', '-'))
  const command = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (existsSync(command) && run(command, ['-c', check]) === undefined) return { command }
  const missing =
    run('python3', ['-m', 'venv', folder]) ??
    run(command, ['-m', 'pip', 'install', '--quiet', ...packages]) ??
    run(command, ['-c', check])
  return missing === undefined ? { command } : { missing }
}

/** What went wrong, in one line; undefined when it went well. */
export function run(command: string, args: readonly string[], timeout = 900_000): string | undefined {
  // Not from here: a folder of that name would be taken for the package.
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout, cwd: homedir() })
  if (status === 0) return undefined
  const lines = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n')
  const said = error?.message ?? lines.find((line) => line.includes('ERROR')) ?? lines.at(-1) ?? ''
  return `${command} ${args.slice(0, 3).join(' ')} ended with ${status}: ${said.slice(0, 300)}`
}

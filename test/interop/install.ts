/**
 * Independent readers of Delta tables, installed on demand into a cache folder and never into the
 * project: some are half a gigabyte. A reader that cannot be had is a reason in words.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Python's packages for one reader, of exactly these versions. */
const PACKAGES = {
  deltalake: ['deltalake==1.6.6', 'pyarrow==26.0.1'],
  polars: ['polars==2.1.0', 'deltalake==1.6.6', 'pyarrow==26.0.1'],
  duckdb: ['duckdb==1.5.5', 'duckdb-extension-delta==1.5.5', 'pyarrow==26.0.1'],
  chdb: ['chdb==4.4.0', 'pyarrow==26.0.1'],
  pyspark: ['pyspark==4.0.1', 'delta-spark==4.0.1', 'pyarrow==26.0.1', 'pandas'],
} as const

export type Engine = keyof typeof PACKAGES

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'duckpond-interop')

/** The Python to run a reader with, or why there is none. */
export type Installed = { readonly command: string } | { readonly missing: string }

/** In a Python environment of its own, made the first time. */
export function install(engine: Engine): Installed {
  const packages = PACKAGES[engine]
  const folder = join(cache, packages[0].replace('==', '-'))
  const command = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const isThere = () => existsSync(command) && run(command, ['-c', `import ${engine}, pyarrow`]) === undefined
  if (!isThere()) {
    const missing =
      run('python3', ['-m', 'venv', folder]) ?? run(command, ['-m', 'pip', 'install', '--quiet', ...packages])
    if (missing !== undefined) return { missing }
  }
  return { command }
}

/** Undefined when it went well. */
function run(command: string, args: readonly string[]): string | undefined {
  // Not from here: a folder of that name would be taken for the package.
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 540_000, cwd: homedir() })
  if (status === 0) return undefined
  const said = error?.message ?? stderr.trim().split('\n').at(-1) ?? ''
  return `${command} ${args[0]} ended with ${status}: ${said}`
}

/** Trino's server with nothing but its Delta connector, out of the archive that Maven has. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { executable, java } from './java'
import { CACHE, run, type Missing } from './python'

/** The last version whose server Maven has. */
const VERSION = '476'

export interface TrinoFiles {
  readonly java: string
  /** With `lib` and `plugin`. */
  readonly folder: string
}

let known: TrinoFiles | Missing | undefined

/** Takes 800 MB through Maven the first time, of which 400 stay. */
export function installTrino(): TrinoFiles | Missing {
  return (known ??= installed())
}

function installed(): TrinoFiles | Missing {
  const runtime = java({ from: 24, to: 25 })
  if ('missing' in runtime) return runtime
  const folder = join(CACHE, `trino-${VERSION}`)
  const missing = existsSync(folder) ? undefined : fetchServer(folder)
  return missing === undefined ? { java: executable(runtime.home), folder } : { missing }
}

/** Why it could not be had. */
function fetchServer(folder: string): string | undefined {
  const work = `${folder}.part`
  const repository = join(work, 'maven')
  rmSync(work, { recursive: true, force: true })
  mkdirSync(repository, { recursive: true })
  const artifact = `io.trino:trino-server:${VERSION}:tar.gz`
  const asked = ['-q', '-B', 'dependency:get', '-Dtransitive=false', `-Dmaven.repo.local=${repository}`]
  const archive = join(repository, 'io', 'trino', 'trino-server', VERSION, `trino-server-${VERSION}.tar.gz`)
  try {
    const missing =
      run('mvn', [...asked, `-Dartifact=${artifact}`], 1_800_000) ?? run('tar', ['-xzf', archive, '-C', work])
    if (missing !== undefined) return missing
    const server = join(work, `trino-server-${VERSION}`)
    for (const plugin of readdirSync(join(server, 'plugin')))
      if (plugin !== 'delta-lake') rmSync(join(server, 'plugin', plugin), { recursive: true })
    renameSync(server, folder)
    return undefined
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

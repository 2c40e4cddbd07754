/** Where a user's settings of DuckPond are on this machine. */
import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** The per-user folder: `DUCKPOND_CONFIG` where set, else where this platform keeps such things. */
export function configFolder(env: Environment = process.env, platform: string = process.platform): string {
  if (env['DUCKPOND_CONFIG']) return env['DUCKPOND_CONFIG']
  const home = homedir()
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'DuckPond')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'DuckPond')
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'duckpond')
}

/** Where this user's caches are on this machine, as the platform has it. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

export function userCache(env: Environment): string {
  const named = env['XDG_CACHE_HOME']
  if (named !== undefined && isAbsolute(named)) return named
  if (process.platform === 'win32') return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local')
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache')
}

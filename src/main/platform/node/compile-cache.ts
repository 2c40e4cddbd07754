/**
 * Compiled code of this program, kept from one command to the next: a cold command otherwise compiles for longer than it
 * works. It is V8's own, as Node keeps it since version 22.8; an older one goes without.
 */
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import * as module from 'node:module'
import { join } from 'node:path'
import { userCache, type Environment } from './user-cache'

export function keepCompiledCode(env: Environment = process.env): void {
  const enable = (module as { readonly enableCompileCache?: (folder: string) => unknown }).enableCompileCache
  if (enable === undefined) return
  const folder = placeOfCompiledCode(env)
  if (folder !== null) enable(folder)
}

/** A folder that nobody but this user can enter, for what is kept is run; null where there is none. */
export function placeOfCompiledCode(env: Environment): string | null {
  if (env['NODE_DISABLE_COMPILE_CACHE'] !== undefined) return null
  const folder = join(userCache(env), 'duckpond', 'compiled')
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700)
    const found = lstatSync(folder)
    if (process.getuid !== undefined && (found.uid !== process.getuid() || (found.mode & 0o077) !== 0)) return null
    return found.isDirectory() ? folder : null
  } catch {
    // Without it everything takes a little longer.
    return null
  }
}

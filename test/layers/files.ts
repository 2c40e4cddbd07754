/** Lists the product's source files on disk, for the layer check. */
import { readdirSync } from 'node:fs'
import { sep } from 'node:path'

/** TypeScript files and styles under `src/`, relative to the working directory, `/`-separated, in order. */
export function sourcePaths(): string[] {
  return readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|css)$/.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll(sep, '/'))
    .sort()
}

/** Where the built page is, from wherever this code runs: bundled beside it, or from source. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** @param start absolute: the folder of the running code */
export function findRendererFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const built = join(folder, 'out', 'renderer')
    if (existsSync(join(built, 'index.html'))) return built
    if (dirname(folder) === folder) return join(start, 'out', 'renderer')
  }
}

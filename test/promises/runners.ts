/** Finds the files that run a suite which several share: those that import it. */
import { readdirSync, readFileSync } from 'node:fs'
import { posix, resolve, sep } from 'node:path'

/** Paths under the folder `root` of the test files that import `suite`; undefined where it is itself one. */
export function runnersOf(suite: string, root: string): string[] | undefined {
  if (/\.(test|spec)\.tsx?$/.test(suite)) return undefined
  const bare = suite.replace(/\.tsx?$/, '')
  return testFiles(root).filter((file) => {
    const text = readFileSync(resolve(root, file), 'utf8')
    const named = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, from]) => posix.join(posix.dirname(file), from!))
    return named.includes(bare)
  })
}

const known = new Map<string, string[]>()
function testFiles(root: string): string[] {
  let files = known.get(root)
  if (files === undefined) {
    files = ['src', 'test'].flatMap((top) =>
      readdirSync(resolve(root, top), { recursive: true, encoding: 'utf8' })
        .map((name) => `${top}/${name.replaceAll(sep, '/')}`)
        .filter((name) => /\.test\.tsx?$/.test(name)),
    )
    known.set(root, files)
  }
  return files
}

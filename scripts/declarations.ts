/**
 * The type declarations of the library face, for `out/types`: tsc writes those of everything the face
 * stands on, and only what its own declarations name is kept. Part of `npm run build`.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
const emitted = join(root, 'out/declarations')
const kept = join(root, 'out/types')

rmSync(emitted, { recursive: true, force: true })
rmSync(kept, { recursive: true, force: true })
const { status } = spawnSync('npx', ['tsc', '-p', 'tsconfig.library.json'], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
})
if (status !== 0) process.exit(status ?? 1)

const files = new Set([join(emitted, 'main/library/index.d.ts')])
// A set hands out what is added while it is walked.
for (const file of files) {
  const target = join(kept, relative(emitted, file))
  mkdirSync(dirname(target), { recursive: true })
  cpSync(file, target)
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*['"](\.[^'"]*)['"]/g))
    files.add(declarationOf(file, name!))
}
rmSync(emitted, { recursive: true })

function declarationOf(importer: string, name: string): string {
  const place = join(dirname(importer), name)
  const found = [`${place}.d.ts`, join(place, 'index.d.ts')].find((path) => existsSync(path))
  if (found === undefined) throw new Error(`${relative(emitted, importer)} names ${name}, which has no declarations`)
  return found
}

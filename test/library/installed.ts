/** The built product as `npm install duckpond` would leave it in somebody's project. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const CHECKOUT = join(import.meta.dirname, '../..')

export interface Project {
  readonly folder: string
  write(name: string, text: string): Promise<void>
  /** Runs a program of the project's own node_modules, or a script of it under Node. Returns stdout. */
  node(args: readonly string[]): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

/** A project with the packed product in node_modules, its dependencies, and what type checking takes. */
export async function newProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'duckpond-consumer-'))
  // Without one, what is above the folder would be the project.
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true }\n')
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, 'duckpond'), { recursive: true })
  const { stdout } = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: CHECKOUT,
    maxBuffer: 1 << 26,
  })
  // The shape of `npm pack --json`: one object for each package.
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }]
  await execute('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', join(modules, 'duckpond')])
  const { dependencies } = JSON.parse(await readFile(join(CHECKOUT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types', 'typescript']) {
    const link = join(modules, name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(CHECKOUT, 'node_modules', name), link, 'junction')
  }
  return {
    folder,
    write: (name, text) => writeFile(join(folder, name), text),
    node: async (args) => (await execute(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 })).stdout,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

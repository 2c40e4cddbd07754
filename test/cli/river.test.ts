/** The worked example of recipes, as its page tells it. */
import { spawnSync } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const POND = resolve('out/main/pond.js')
const EXAMPLE = resolve('examples/river')
const END = '--- end of a block ---'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckpond-river-'))
  await cp(EXAMPLE, join(folder, 'river'), { recursive: true })
  await mkdir(join(folder, 'bin'))
  const command = join(folder, 'bin/pond')
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${POND}" "$@"\n`)
  await chmod(command, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('the page of the river is what its commands print, from the first to the last', async () => {
  const page = await readFile(join(EXAMPLE, 'README.md'), 'utf8')
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```\n+```text\n([\s\S]*?)```/g)]
  expect(blocks.length).toBe(page.match(/```sh/g)!.length)
  // One shell for all, as somebody has who follows the page.
  const script = blocks.map(([, commands]) => `${commands}echo '${END}'\n`).join('')
  const { status, stdout } = spawnSync('bash', ['--norc', '-e', '-o', 'pipefail', '-c', `exec 2>&1\n${script}`], {
    cwd: join(folder, 'river'),
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` },
  })
  expect(stdout.split(`${END}\n`)).toEqual([...blocks.map(([, , printed]) => printed), ''])
  expect(status).toBe(0)
  // Two dozen commands, each with processes of its own: on a machine that is busy they take minutes.
}, 600_000)

/** Examples in help that take a shell to run. Those that do not are tried beside their source. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXAMPLES, SamplePonds } from '../../src/main/cli/testing/examples'

const POND = resolve('out/main/pond.js')

let ponds: SamplePonds
let bin: string
beforeAll(() => {
  ponds = new SamplePonds()
  bin = join(dirname(ponds.original), 'bin')
  mkdirSync(bin)
  symlinkSync(POND, join(bin, 'pond'))
  spawnSync(process.execPath, [POND, 'init', ponds.original, '--sample'])
})
afterAll(() => ponds[Symbol.dispose]())

it.each(EXAMPLES.filter(({ isShell }) => isShell).map(({ line }) => line))('runs in a shell: %s', (line) => {
  const { status, stderr } = spawnSync('bash', ['--norc', '-o', 'pipefail', '-c', line], {
    cwd: ponds.fresh(),
    encoding: 'utf8',
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
  })
  expect([status, stderr]).toEqual([0, ''])
})

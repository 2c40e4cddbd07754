import { readdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
  await terminal.json(['touch', '/a', '-m', 'one'])
  const remove = (path: string) => ({ remove: { path, deletionTimestamp: 1, dataChange: true } })
  const [live] = readdirSync(terminal.path('data')).filter((name) => name.endsWith('.parquet'))
  const entry = [{ commitInfo: { operation: 'DELETE', engineInfo: 'Another/1.0', timestamp: 1 } }, remove(live!)]
  writeFileSync(
    terminal.path('data', '_delta_log', '00000000000000000002.json'),
    entry.map((line) => `${JSON.stringify(line)}\n`).join(''),
  )
})
afterEach(() => terminal[Symbol.dispose]())
const run = (...argv: string[]) => terminal.pond(argv)

it('every command says on stderr that another program changed the table, once', async () => {
  for (const argv of [
    ['ls'],
    ['status'],
    ['log'],
    ['info', '--json'],
    ['cat', '/a'],
    ['query', 'SELECT 1'],
    ['mkdir', '/b'],
    ['recover'],
  ]) {
    const { stderr } = await run(...argv)
    expect({ argv, times: stderr.split('Delta version 2: Another/1.0 added or removed rows').length - 1 }).toEqual({
      argv,
      times: 1,
    })
    expect(stderr).toContain('pond recover --set-foreign-aside')
  }
  expect((await run('ls')).stdout).toBe('a\n')
  expect((await run('mkdir', '/b')).status).toBe(1)
})

it('recover --set-foreign-aside says what it set aside, and the pond goes on', async () => {
  const { stdout, stderr, status } = await run('recover', '--set-foreign-aside')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain('Delta version 2 (DELETE by Another/1.0')
  expect((await run('touch', '/b', '-m', 'two')).status).toBe(0)
  expect((await run('ls')).stderr).toBe('')
  expect((await run('recover', '--set-foreign-aside')).stdout).toBe('nothing to repair\n')
})

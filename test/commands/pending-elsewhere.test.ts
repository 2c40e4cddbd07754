import { expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

it('what is pending only, or elsewhere, is not told as if nothing were', async () => {
  using terminal = new Terminal()
  await terminal.json(['init'])
  await terminal.json(['touch', '/a', '-m', 'one'])
  await terminal.json(['touch', '/b'])
  expect((await terminal.pond(['log', '/b'])).stderr).toContain('/b yet: it is pending')
  const { stdout } = await terminal.pond(['commit', '--paths', '/a', '-m', 'two'])
  expect(stdout).toBe('nothing to commit there; 1 operation pending elsewhere\n')
  const { candidates } = await terminal.json<{ candidates: string[] }>(['complete', '--', 'restore', '--to', ''])
  expect([candidates.includes('1'), candidates.includes('pending')]).toEqual([true, false])
  expect(await terminal.json(['gc', '--grace', '0', '--dry-run'])).toMatchObject({ removed: [] })
})

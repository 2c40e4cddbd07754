import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
})
afterEach(() => terminal[Symbol.dispose]())

describe('the rows that changed', () => {
  it('come in order where no key tells them apart', async () => {
    const numbers = Array.from({ length: 500 }, (_, i) => (i * 7919) % 5000)
    await terminal.json(['write', '/t.csv', '-m', 'one'], { stdin: 'n\n' + numbers.join('\n') + '\n' })
    await terminal.json(['write', '/t.csv'], { stdin: 'n\n' + numbers.map((n) => n + 10_000).join('\n') + '\n' })
    const rows = await terminal.json<{ change: string; from_n: number; to_n: number }[]>(['diff', '/t.csv', '--rows'])
    const added = rows.filter(({ change }) => change === 'added').map(({ to_n }) => to_n)
    expect(added).toEqual(numbers.map((n) => n + 10_000).toSorted((a, b) => a - b))
    const deleted = rows.filter(({ change }) => change === 'deleted').map(({ from_n }) => from_n)
    expect(deleted).toEqual(numbers.toSorted((a, b) => a - b))
  })

  it('are refused without a place in SQL that nobody wrote', async () => {
    await terminal.json(['write', '/t.csv', '-m', 'one'], { stdin: 'n\n1\n' })
    await terminal.json(['write', '/t.csv'], { stdin: 'n\n2\n' })
    const { status, stderr } = await terminal.pond(['diff', '/t.csv', '--rows', '--key', 'nope'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('nope')])
    expect(stderr).not.toMatch(/line \d/)
  })
})

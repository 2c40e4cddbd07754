import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init', 'pond'])
  writeFileSync(terminal.path('a.csv'), 'ts,n\n2024-01-01,1\n')
  writeFileSync(terminal.path('b.csv'), 'ts,n,more\n2024-01-02,2,x\n')
  for (const file of ['a.csv', 'b.csv']) await terminal.json(['append', '/s.series', file, '--pond', 'pond'])
  await terminal.json(['write', '/beside', '--pond', 'pond'], { stdin: 'here' })
})
afterEach(() => terminal[Symbol.dispose]())

const pond = (...argv: string[]) => terminal.pond([...argv, '--pond', 'pond'])

describe('a series whose columns changed', () => {
  it('prints as rows in every format that has rows', async () => {
    const rows = [
      { n: 1, more: null },
      { n: 2, more: 'x' },
    ]
    expect((await pond('cat', '/s.series', '--json')).json()).toMatchObject(rows)
    expect((await pond('cat', '/s.series', '--format', 'json')).json()).toMatchObject(rows)
    expect((await pond('cat', '/s.series', '--format', 'csv')).stdout).toMatch(/^ts,n,more\n/)
    expect((await pond('cat', '/s.series', '--format', 'table')).stdout).toContain('more')
    expect((await pond('cat', '/s.series', '--sql', 'SELECT sum(n) AS n FROM source')).stdout).toBe('n\n3\n')
    expect((await terminal.pond(['cat', '/s.series', '--pond', 'pond'], { isTerminal: true })).stdout).toContain('more')
  })

  it('has no bytes of its own, and says so', async () => {
    const ended = await pond('cat', '/s.series')
    expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining('tlogfs.mixed-series')])
  })

  it('is named and left out of a copy to this machine, which ends with 1', async () => {
    mkdirSync(terminal.path('out'))
    const ended = await pond('copy', '/', 'host:out')
    expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining('skipped /s.series')])
    expect([existsSync(terminal.path('out', 'beside')), existsSync(terminal.path('out', 's.series'))]).toEqual([
      true,
      false,
    ])
  })
})

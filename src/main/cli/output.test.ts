import { mkdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Terminal, type RunOptions } from './testing/terminal'

const ESCAPE = '\u001b['
const REWRITE = '\r\u001b[2K'

let terminal: Terminal
beforeAll(async () => {
  terminal = new Terminal()
  await terminal.json(['init', 'p'])
  await terminal.json(['touch', '/kept', '-m', 'one'], { cwd: terminal.path('p') })
  await terminal.json(['touch', '/new'], { cwd: terminal.path('p') })
  mkdirSync(terminal.path('in'))
  for (const name of ['a', 'b']) writeFileSync(terminal.path('in', name), name)
})
afterAll(() => terminal[Symbol.dispose]())
const pond = (argv: readonly string[], options: RunOptions = {}) =>
  terminal.pond(argv, { cwd: terminal.path('p'), ...options })

describe('colours', () => {
  it('are for terminals that want them', async () => {
    expect((await pond(['ls', '-l'], { isTerminal: true })).stdout).toContain(ESCAPE)
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      expect((await pond(['ls', '-l'], { isTerminal: true, env })).stdout).not.toContain(ESCAPE)
    }
    expect((await pond(['ls', '-l'])).stdout).not.toContain(ESCAPE)
  })
})

describe('progress', () => {
  const copy = ['copy', 'host:../in', '/', '--replace', '--json']

  it('goes to a terminal only, to stderr only, and is gone at the end', async () => {
    const seen = await pond(copy, { isTerminal: true })
    expect(seen.stderr).toContain(`${REWRITE}2 files`)
    expect(seen.stderr.endsWith(REWRITE)).toBe(true)
    expect(seen.json()).toMatchObject({ files: 2 })
    expect(await pond(copy)).toMatchObject({ status: 0, stderr: '' })
  })
})

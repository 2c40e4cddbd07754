import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entry } from '../../src/shared/model'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeAll(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
  await terminal.json(['write', '/raw/a.csv', '-p', '-m', 'one'], { stdin: 'n\n1\n' })
  await terminal.json(['write', '/raw/b.json'], { stdin: '[]' })
  await terminal.json(['ln', '/raw/a.csv', '/link'])
})
afterAll(() => terminal[Symbol.dispose]())
const found = async (...argv: string[]) => (await terminal.json<Entry[]>(['find', ...argv])).map(({ path }) => path)

describe('find', () => {
  it('takes entries by type, times, attributes and pattern, at a moment', async () => {
    expect(await found()).toEqual(['/link', '/raw', '/raw/a.csv', '/raw/b.json'])
    expect(await found('--type', 'data')).toEqual(['/raw/a.csv', '/raw/b.json'])
    expect(await found('--type', 'data', '--at', 'head')).toEqual(['/raw/a.csv'])
    expect(await found('--type', 'symlink', '/*')).toEqual(['/link'])
    expect(await found('--where', '$.mediaType == "text/csv"')).toEqual(['/raw/a.csv'])
    expect(await found('--created-after', '2001-01-01', '--created-before', '2002-01-01')).toEqual([])
    expect(await found('--created-after', '2001-01-01', '/raw/*.json')).toEqual(['/raw/b.json'])
  })

  it('prints whole paths', async () => {
    expect((await terminal.pond(['find', '/raw/*'])).stdout).toBe('/raw/a.csv\n/raw/b.json\n')
    expect((await terminal.pond(['find', '--type', 'directory', '-l'])).stdout).toMatch(/\tdirectory\t.*\/raw\/\n$/)
  })

  it('refuses what it cannot understand as wrong usage', async () => {
    for (const argv of [
      ['--type', 'file'],
      ['--created-after', 'soon'],
      ['--where', 'mediaType'],
      ['--pending', '--at', '1'],
    ]) {
      expect((await terminal.pond(['find', ...argv])).status).toBe(2)
    }
  })
})

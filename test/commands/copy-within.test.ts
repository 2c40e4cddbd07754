import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from '../../src/shared/model'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
  await terminal.json(['mkdir', '-p', '/d/deep/empty'])
  await terminal.json(['write', '/d/deep/a'], { stdin: 'one' })
  await terminal.json(['ln', '-s', 'deep/a', '/d/link'])
})
afterEach(() => terminal[Symbol.dispose]())

/** Paths below a folder, relative to it. */
const below = async (folder: string) =>
  (await terminal.json<Entry[]>(['ls', '-R', folder])).map(({ path }) => path.slice(folder.length)).toSorted()
const WHOLE = ['/deep', '/deep/a', '/deep/empty', '/link']

describe('a copy of a folder within the pond', () => {
  it('leaves nothing of large content that is there already', async () => {
    await terminal.json(['write', '/d/large'], { stdin: 'x'.repeat(200_000) })
    const files = () =>
      readdirSync(terminal.folder, { recursive: true })
        .map(String)
        .filter((name) => name.includes('large'))
    await terminal.json(['cp', '/d/large', '/copy'])
    const before = files()
    expect(await terminal.json(['cp', '/d/large', '/copy', '--replace'])).toMatchObject({ staged: 0 })
    expect(files()).toEqual(before)
  })

  it('has everything below, under a new name or in a folder that is there', async () => {
    expect(await terminal.json(['copy', '/d', '/e'])).toMatchObject({ files: 1, bytes: 3, staged: 5 })
    expect(await below('/e')).toEqual(WHOLE)
    await terminal.json(['copy', '/d', '/e'])
    expect(await below('/e/d')).toEqual(WHOLE)
    expect((await terminal.pond(['cat', '/e/d/link'])).stdout).toBe('one')
  })

  it('is made of what was there at a moment', async () => {
    await terminal.json(['commit', '-m', 'one'])
    await terminal.json(['rm', '-r', '/d', '-m', 'two'])
    await terminal.json(['copy', '/d', '/back', '--at', '1'])
    expect(await below('/back')).toEqual(WHOLE)
  })

  it('may be empty', async () => {
    expect(await terminal.json(['copy', '/d/deep/empty', '/e'])).toMatchObject({ files: 0, staged: 1 })
    expect(await terminal.json<Entry[]>(['ls', '-R', '/e'])).toEqual([])
  })

  it('goes neither into itself, nor over a file, nor where nothing is', async () => {
    await terminal.json(['touch', '/file'])
    for (const [to, code] of [
      ['/d/deep', 'tinyfs.into-itself'],
      ['/file', 'tinyfs.exists'],
      ['/none/e', 'tinyfs.not-found'],
    ] as const) {
      const { status, stderr } = await terminal.pond(['copy', '/d', to])
      expect([status, stderr]).toEqual([1, expect.stringContaining(code)])
    }
  })
})

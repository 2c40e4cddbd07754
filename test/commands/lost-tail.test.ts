/** The end of a journal that cannot be read: somebody may count on what it said, so nobody cuts it without a word. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
})
afterEach(() => terminal[Symbol.dispose]())

const journal = () => terminal.path('pending', 'journal')
const LOST = /^pond: what was changed last and not committed cannot be read/m

/** Changes what is at the last place of this text. */
function damage(text: string): void {
  const bytes = readFileSync(journal())
  bytes[bytes.lastIndexOf(text)]! ^= 1
  writeFileSync(journal(), bytes)
}

it('a change of several operations whose first is damaged is missed aloud, and kept where it is said', async () => {
  await terminal.json(['mkdir', '/kept'])
  const before = readFileSync(journal()).length
  await terminal.json(['mkdir', '-p', '/first/second'])
  const lost = readFileSync(journal()).length - before
  damage('"first"')
  for (const command of [['status'], ['ls', '/'], ['status', '--json']]) {
    const read = await terminal.pond(command)
    expect([read.status, read.stderr]).toEqual([0, expect.stringMatching(LOST)])
    expect(read.stderr).toContain(`${lost} bytes`)
  }
  expect(await terminal.json(['status'])).toMatchObject({ pendingOperations: 1 })
  const changed = await terminal.pond(['mkdir', '/next'])
  const aside = readdirSync(terminal.path('pending')).find((name) => name.startsWith('journal.cut-'))
  expect(changed.stderr.match(/cannot be read/g)).toHaveLength(1)
  expect(changed.stderr).toContain(`They are kept in pending/${aside}`)
  expect(readFileSync(terminal.path('pending', aside!))).toHaveLength(lost)
  const later = await terminal.pond(['status'])
  expect(later.stderr).toBe('')
})

it('so is one whose content, or whose only operation, is damaged', async () => {
  await terminal.json(['write', '/a', '-m', 'a'], { stdin: 'committed' })
  for (const text of ['the content', '"name":"b"', '_FRM']) {
    await terminal.json(['write', '/b'], { stdin: 'the content' })
    damage(text)
    expect((await terminal.pond(['status'])).stderr).toMatch(LOST)
    expect((await terminal.pond(['touch', '/c'])).stderr).toContain('They are kept in pending/journal.cut-')
    await terminal.json(['discard', '/c'])
    await terminal.json(['commit', '-m', 'nothing']).catch(() => undefined)
  }
})

it('the beginning of a change that nobody finished is no such loss', async () => {
  await terminal.json(['mkdir', '/kept'])
  const before = readFileSync(journal())
  await terminal.json(['mkdir', '-p', '/first/second'])
  const whole = readFileSync(journal())
  for (const length of [before.length + 3, before.length + 40, whole.length - 1]) {
    writeFileSync(journal(), whole.subarray(0, length))
    expect((await terminal.pond(['status'])).stderr).toBe('')
  }
  expect((await terminal.json(['recover'])) as { repaired: string[] }).toMatchObject({
    repaired: [expect.stringContaining('unfinished change')],
  })
})

import { mkdirSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forTerminal, jsonText, obeyingColours, prose } from '../../src/main/cli/display'
import { Terminal } from '../../src/main/cli/testing/terminal'

/** Sets the window's title, a link, a colour, moves the cursor, and all of it with one character (C1) as well. */
const EVIL = 'a\u001b]0;owned\u0007\u001b]8;;http://evil\u0007b\u001b[31m\u001b[2J\u009b2Jc\u202egpj.exe\u2066d\re\bf'
/** What remains once our own colours are gone. */
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/
const withoutColours = (text: string): string =>
  text.replaceAll(/\u001b\[(?:0|1|2|22|31|32|33|36|39)m/g, '').replaceAll('\r\u001b[2K', '')

let terminal: Terminal
beforeAll(async () => {
  terminal = new Terminal()
  await terminal.json(['init'])
  const name = `/${EVIL}`
  const write = async (path: string, content: string) => terminal.json(['write', path, '-p'], { stdin: content })
  await write(`${name}/${EVIL}.csv`, `"${EVIL.replaceAll('\r', '')}",n\n"${EVIL.replaceAll('\r', '')}",1\n`)
  await write('/plain.csv', `t,n\n"${EVIL.replaceAll('\r', '')}",1\n`)
  await write('/text.txt', EVIL)
  await terminal.json(['ln', EVIL, '/link'])
  await terminal.json(['commit', '-m', `${EVIL}\nsecond line\n${EVIL}`, '--author', EVIL])
  await terminal.json(['mv', name, `${name}2`])
  await terminal.json(['rm', '/link'])
  await terminal.json(['write', '/text.txt'], { stdin: 'x' })
})
afterAll(() => terminal[Symbol.dispose]())

const COMMANDS: readonly (readonly string[])[] = [
  ['show', '1'],
  ['show', 'pending'],
  ['log'],
  ['log', '/text.txt'],
  ['ls'],
  ['ls', '-lRa', '--at', 'head'],
  ['find', '-l'],
  ['status'],
  ['diff'],
  ['diff', '0', 'head'],
  ['describe', '/plain.csv'],
  ['describe', '/**/*.csv'],
  ['cat', '/plain.csv'],
  ['cat', '/text.txt'],
  ['cat', `/${EVIL}2/${EVIL}.csv`],
  ['query', `SELECT * FROM '/plain.csv'`],
  ['query', `SELECT * FROM '/plain.csv'`, '--format', 'csv'],
  ['query', `SELECT * FROM '/plain.csv'`, '--format', 'json'],
  ['query', `SELECT t AS "${EVIL}" FROM '/plain.csv'`],
  ['query', `SELECT error(t) FROM '/plain.csv'`],
  ['query', `SELECT * FROM '/${EVIL}'`],
  ['query', `SELECT "${EVIL}"`],
  ['query', 'SELECT message, author FROM pond.log', '--format', 'jsonl'],
  ['cat', `/nothing${EVIL}`],
  [EVIL],
  ['ls', `--${EVIL}`],
  ['config', EVIL],
  ['config', 'author', EVIL],
  ['config'],
  ['--pond', EVIL, 'ls'],
  ['copy', `host:${EVIL}`, '/x'],
  ['commit', '-m', EVIL],
  ['restore', '--to', EVIL],
  ['verify'],
  ['info'],
  ['complete', '--', 'cat', '/'],
]

describe('text that somebody else wrote', () => {
  it.each(COMMANDS)('is never obeyed by a terminal: %j', async (...argv) => {
    for (const json of [false, true]) {
      const ended = await terminal.pond(json ? ['--json', ...argv] : argv, { isTerminal: true, columns: 200 })
      expect(withoutColours(ended.stdout)).not.toMatch(OBEYED)
      expect(withoutColours(ended.stderr)).not.toMatch(OBEYED)
      expect(ended.stdout + ended.stderr).not.toBe('')
      if (json && argv[0] !== 'complete') ended.json()
    }
  })

  it.each([['show', '1'], ['log'], ['ls', '-R'], ['status'], ['diff', '0', 'head'], ['cat', `/nothing${EVIL}`]])(
    'is not obeyed where messages for people go to a file either: %j',
    async (...argv) => {
      const { stdout, stderr } = await terminal.pond(argv)
      expect(stdout + stderr).not.toMatch(OBEYED)
    },
  )

  it('is exact where it is data: in a pipe, a file, or when it was asked for', async () => {
    const csv = `t,n\n"${EVIL.replaceAll('\r', '')}",1\n`
    expect((await terminal.pond(['cat', '/plain.csv'])).stdout).toBe(csv)
    expect((await terminal.pond(['cat', '/plain.csv', '--format', 'raw'], { isTerminal: true })).stdout).toBe(csv)
    const rows = [{ t: EVIL.replaceAll('\r', ''), n: 1 }]
    const query = ['query', `SELECT t, n::INT AS n FROM '/plain.csv'`, '--format', 'json']
    expect((await terminal.pond(query)).json()).toEqual(rows)
    expect((await terminal.pond(query, { isTerminal: true })).json()).toEqual(rows)
    mkdirSync(terminal.path('out'))
    writeFileSync(terminal.path('in.txt'), EVIL)
    await terminal.pond(['copy', 'host:in.txt', '/in.txt'])
    expect((await terminal.pond(['cat', '/in.txt', '--at', 'pending'])).stdout).toBe(EVIL)
    const versions = await terminal.json<{ message: string; author: string }[]>(['log'])
    expect(versions.at(-1)).toMatchObject({ message: `${EVIL}\nsecond line\n${EVIL}`, author: EVIL })
  })
})

describe('what is made safe', () => {
  const anything = fc.string({ unit: 'binary', maxLength: 200 })

  it('holds nothing that a terminal obeys, and is all that it was where it was harmless', async () => {
    await fc.assert(
      fc.asyncProperty(anything, fc.array(fc.nat(400), { maxLength: 5 }), async (text, cuts) => {
        expect(prose(text)).not.toMatch(OBEYED)
        expect(withoutColours(obeyingColours(text)).replaceAll(/\u001b\[[\d;]{1,20}m/g, '')).not.toMatch(OBEYED)
        expect(jsonText({ text })).not.toMatch(OBEYED)
        expect(JSON.parse(jsonText({ text }))).toEqual({ text })
        const bytes = Buffer.from(text)
        async function* pieces(): AsyncGenerator<Uint8Array> {
          let at = 0
          for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
            if (cut > at) yield bytes.subarray(at, cut)
            at = Math.max(at, cut)
          }
        }
        let shown = ''
        for await (const piece of forTerminal(pieces())) shown += piece
        expect(shown).not.toMatch(OBEYED)
      }),
    )
    expect(prose('naïve 水 👨‍👩‍👧\n\tx')).toBe('naïve 水 👨‍👩‍👧\n\tx')
    expect(obeyingColours('\u001b[32m+ /a\u001b[39m')).toBe('\u001b[32m+ /a\u001b[39m')
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { READ, READING, WRITE } from '../../src/main/cli/options'
import { FAILURE, SHAPES } from '../../src/main/cli/testing/shapes'
import { Terminal } from '../../src/main/cli/testing/terminal'
import { VERBS } from '../../src/main/cli/verbs'

let terminal: Terminal
beforeAll(async () => {
  terminal = new Terminal()
  writeFileSync(terminal.path('may.csv'), 'timestamp,flow\n2026-05-01,1\n2026-05-02,2\n')
})
afterAll(() => terminal[Symbol.dispose]())

/** A history that brings every document about, in an order in which each command works. */
const SESSION: readonly (readonly [argv: readonly string[], stdin?: string])[] = [
  [['init', 'p', '--sample']],
  [['ls', '-R']],
  [['ls', '/weather', '--at', '1']],
  [['cat', '/weather/daily.csv', '--sql', 'FROM source LIMIT 3']],
  [['find', '--type', 'data']],
  [['describe', '/weather/daily.csv']],
  [['describe', '/reference/*']],
  [['describe', '/daily.csv']],
  [['reading', '/weather/daily.csv']],
  [['recipes']],
  [['recipes', '--factories']],
  [['explain', '/weather/warm-days']],
  [['check']],
  [['apply', '-', '--dry-run'], 'path: /made\nrecipe: sql\nquery: SELECT 1 AS n\n'],
  [['apply', '-'], 'path: /made\nrecipe: sql\nquery: SELECT 1 AS n\n'],
  [['rm', '/made.recipe.yaml']],
  [['freeze', '/weather/warm-days', '/frozen']],
  [['rm', '/frozen']],
  [['mkdir', '-p', '/a/b']],
  [['touch', '/a/x', '/a/y', '-m', 'two']],
  [['ln', '-s', '/a/x', '/l']],
  [['mv', '/a/y', '/a/b/']],
  [['rm', '-f', '/l', '/not-there']],
  [['write', '/t.csv'], 'n\n1\n'],
  [['append', '/flow.series', 'host:may.csv']],
  [['append', '/flow.series', 'host:may.csv', '-m', 'again']],
  [['describe', '/flow.series']],
  [['copy', 'host:may.csv', '/']],
  [['reading', '/may.csv', '--types', 'flow=DOUBLE']],
  [['copy', '/t.csv', 'host:out.csv']],
  [['copy', '/t.csv', '/u.csv', '-m', 'copied']],
  [['status']],
  [['diff']],
  [['diff', '0', 'head', '--computed']],
  [['diff', '1', '3', '--stat']],
  [['diff', '3', '4', '/weather/daily.csv', '--rows', '--key', 'date']],
  [['show', 'pending']],
  [['commit', '--first', '1']],
  [['commit', 'rest']],
  [['commit']],
  [['touch', '/z']],
  [['sync']],
  [['touch', '/zz']],
  [['discard', '--all']],
  [['undo']],
  [['log']],
  [['log', '/weather/daily.csv', '--limit', '1']],
  [['show']],
  [['show', '5']],
  [['restore', '/weather/daily.csv', '--to', '2', '-m', 'back']],
  [['restore', '/weather/daily.csv', '--to', '3']],
  [['restore']],
  [['reread']],
  [['query', 'SELECT 1 AS one, NULL AS none']],
  [['query', 'SELECT 1 AS one', '-o', 'one.csv']],
  [['verify', '--quick']],
  [['recover']],
  [['compact']],
  [['checkpoint']],
  [['gc', '--dry-run']],
  [['gc', '--grace', '0s']],
  [['config']],
  [['config', 'author', 'Ada']],
  [['config', 'author', '--unset']],
  [['info']],
  [['completion', 'fish']],
  [['complete', '--', 'ls', '/w']],
]
/** Tried where they can run: `serve` and `app` need the built page. */
const ELSEWHERE = ['batch', 'serve', 'app']

describe('the JSON document', () => {
  it('of every verb is as it is declared', async () => {
    for (const [argv, stdin] of SESSION) {
      const cwd = argv[0] === 'init' ? terminal.folder : terminal.path('p')
      const given = argv.map((word) => word.replace('host:may', `host:${terminal.folder}/may`))
      const ended = await terminal.pond(['--json', ...given], { cwd, ...(stdin === undefined ? {} : { stdin }) })
      expect([argv, ended.status, ended.stderr]).toEqual([argv, 0, ended.stderr])
      const checked = SHAPES[argv[0]!]!.safeParse(ended.json())
      expect([argv, checked.error && z.prettifyError(checked.error)]).toEqual([argv, undefined])
    }
    const tried = new Set([...SESSION.map(([[verb]]) => verb), ...ELSEWHERE])
    expect(VERBS.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([])
  }, 60_000)

  it('of each line of a batch is as it is declared, and its result as that of its verb', async () => {
    const ended = await terminal.pond(['batch', '--json', '--keep-going'], {
      cwd: terminal.path('p'),
      stdin: 'status\nls /\ncat /missing\nhelp\n',
    })
    const lines = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => SHAPES['batch']!.parse(JSON.parse(line)) as { result: unknown })
    const shapes = [SHAPES['status']!, SHAPES['ls']!, FAILURE, z.strictObject({ help: z.string() })]
    for (const [i, shape] of shapes.entries()) shape.parse(lines[i]!.result)
  })

  it('of a failure is an error, whatever fails', async () => {
    for (const argv of [
      ['ls', '/missing'],
      ['nonsense'],
      ['ls', '--nonsense'],
      ['query', 'SELEC'],
      ['cat'],
      ['log', '--limit', 'x'],
    ]) {
      const ended = await terminal.pond([...argv, '--json'], { cwd: terminal.path('p') })
      expect(ended.status).not.toBe(0)
      FAILURE.parse(ended.json())
    }
  })

  it('of help and of the version is their text', async () => {
    expect((await terminal.pond(['ls', '--help', '--json'])).json()).toEqual({
      help: expect.stringContaining('Usage') as string,
    })
    expect((await terminal.pond(['--version', '--json'])).json()).toEqual({
      version: expect.stringMatching(/^\d/) as string,
    })
  })
})

describe('docs/cli.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')
  const section = (name: string): string => new RegExp(`\n### \`${name}[ \`][^]*?(?=\n##|$)`).exec(text)?.[0] ?? ''

  it('has a section for every verb, with its options and the keys of its document', () => {
    for (const { name, alias, options = [], hidden } of VERBS) {
      if (hidden === true) continue
      const missing = [
        ...(section(name) === '' ? [name] : []),
        ...(alias === undefined ? [] : [`\`${alias}\``]),
        ...options.flatMap(([flags]) => /--[\w-]+/.exec(flags) ?? []).filter((flag) => !SHARED.includes(flag)),
        ...keysOf(SHAPES[name]!).map((key) => `\`${key}\``),
      ].filter((word) => word !== name && !section(name).includes(word) && !COMMON.some((key) => `\`${key}\`` === word))
      expect([name, section(name) !== '', missing]).toEqual([name, true, []])
    }
  })
})

/** Explained once, for all verbs. */
const SHARED = [...READ, ...WRITE, ...READING].flatMap(([flags]) => /--[\w-]+/.exec(flags) ?? [])
const COMMON = ['commit', 'error']

/** Keys of a document, or of the elements of an array. */
function keysOf(shape: z.ZodType): string[] {
  if (shape instanceof z.ZodObject) return Object.keys(shape.shape as object)
  if (shape instanceof z.ZodArray) return keysOf(shape.element as z.ZodType)
  if (shape instanceof z.ZodUnion) return (shape.options as z.ZodType[]).flatMap(keysOf)
  return []
}

import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Terminal, type RunOptions } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
async function freshPond(): Promise<void> {
  terminal = new Terminal()
  await terminal.json(['init', 'pond'])
}
const removePond = (): void => terminal[Symbol.dispose]()

const json = (argv: readonly string[], options: RunOptions = {}) =>
  terminal.json(argv, { cwd: terminal.path('pond'), ...options })
/** What a refused command says; checks that it says it the same way on both streams, in one line, without a stack. */
async function refusal(argv: readonly string[], options: RunOptions = {}): Promise<{ status: number; code: string }> {
  const ended = await terminal.pond(['--json', ...argv], { cwd: terminal.path('pond'), ...options })
  const { error } = ended.json<{ error: { code: string; message: string } }>()
  expect(ended.stderr).toMatch(new RegExp(`^pond: ${error.code}: [^\\n]+\\n$`))
  expect(ended.stderr).not.toMatch(/ at .*\.(ts|js):\d/)
  return { status: ended.status, code: error.code }
}
const dataFiles = () =>
  readdirSync(terminal.path('pond', 'data'))
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => terminal.path('pond', 'data', name))

describe('what is asked for wrongly', () => {
  // One pond for all: nothing that is refused may change it.
  beforeAll(async () => {
    await freshPond()
    await json(['mkdir', '/dir', '-m', 'none'])
    await json(['write', '/old.csv', '-m', 'one'], { stdin: 'n\n1\n' })
    await json(['write', '/notes.md', '-m', 'two'], { stdin: '# Notes\n\nNot a table, whatever it looks like.\n' })
    await json(['write', '/new.csv'], { stdin: 'n\n2\n' })
  })
  afterAll(removePond)

  it.each([
    [['--pond', 's3://bucket/pond', 'ls'], 2, 'cli.usage'],
    [['copy', 'host:s3://bucket/a.csv', '/a.csv'], 2, 'cli.usage'],
    [['init', 'file:///tmp/pond'], 2, 'cli.usage'],
    [['query', `FROM delta_scan('s3://bucket/table')`], 1, 'query.failed'],
    [['query', `FROM delta('/dir')`], 1, 'query.not-a-table'],
    [['cat', '/missing'], 1, 'tinyfs.not-found'],
    [['cat', '/dir'], 1, 'tinyfs.is-a-directory'],
    [['ls', '/old.csv/x'], 1, 'tinyfs.not-a-directory'],
    [['cat', '/old.csv/'], 1, 'tinyfs.not-a-directory'],
    [['cat', '/../old.csv'], 1, 'tinyfs.above-root'],
    [['mkdir', `/${'x'.repeat(256)}`], 1, 'tinyfs.bad-name'],
    [['mkdir', '/dir'], 1, 'tinyfs.exists'],
    [['mv', '/dir', '/dir/deeper'], 1, 'tinyfs.into-itself'],
    [['rm', '/'], 1, 'tinyfs.root'],
    [['ls', '--at', '99'], 1, 'steward.unknown-version'],
    [['show', 'head~9'], 1, 'steward.unknown-version'],
    [['ls', '--at', '1999-12-31'], 1, 'steward.unknown-version'],
    [['ls', '--at', 'soon'], 2, 'steward.bad-time'],
    [['cat', '/new.csv', '--at', 'head'], 1, 'cli.only-pending'],
    [['query', `FROM '/new.csv'`], 1, 'cli.only-pending'],
    [['query', `FROM '/missing.csv'`], 1, 'query.no-such-file'],
    [['query', `FROM '/dir'`], 1, 'query.not-a-table'],
    [['cat', '/notes.md'], 1, 'query.not-a-table'],
    [['diff', '/typo.csv'], 1, 'tinyfs.not-found'],
    [['query', 'SELEC 1'], 1, 'query.syntax'],
    [['query', `SELECT nope FROM '/old.csv'`], 1, 'query.failed'],
    [['query', `COPY (SELECT 1) TO '/tmp/leak.csv'`], 1, 'query.not-allowed'],
    [['undo'], 1, 'steward.nothing-to-undo'],
    [['discard', ''], 2, 'cli.usage'],
    [['sync', ''], 2, 'cli.usage'],
    [['ls', ''], 2, 'cli.usage'],
    [['log', ''], 2, 'cli.usage'],
    [['diff', ''], 2, 'cli.usage'],
    [['rm', '-r', '--', ''], 2, 'cli.usage'],
    [['commit', '--paths', '', '-m', 'all'], 2, 'cli.usage'],
    [['commit', '--paths', '/new.csv', '', '-m', 'all'], 2, 'cli.usage'],
    [['restore', '', '--to', '1'], 2, 'cli.usage'],
    [['restore', '/old.csv', '--to', ''], 2, 'cli.usage'],
    [['copy', '', 'host:x'], 2, 'cli.usage'],
    [['ls', '--pond', ''], 2, 'cli.usage'],
    [['commit', '--author', '', '-m', 'x'], 2, 'cli.usage'],
    [['write', '/x', '--no-sync', '-m', 'x'], 2, 'cli.usage'],
    [['restore', '-m', 'x'], 2, 'cli.usage'],
    [['diff', '1', '2', '/old.csv', '--rows', '--key', 'nope'], 1, 'query.failed'],
    [['diff', '--format', 'csv'], 2, 'cli.usage'],
    [['discard', '/new.csv', '/typo'], 1, 'tinyfs.not-found'],
    [['nonsense'], 2, 'cli.usage'],
    [['ls', '--nonsense'], 2, 'cli.usage'],
  ] as const)('%j ends with %d, %s', async (argv, status, code) => {
    expect(await refusal(argv)).toEqual({ status, code })
    expect(await json(['status'])).toMatchObject({ version: 3, pendingOperations: 1 })
  })
})

describe('a file that is not what it seems', () => {
  beforeEach(freshPond)
  afterEach(removePond)

  it('is named when SQL cannot read it', async () => {
    await json(['write', '/broken.parquet'], { stdin: 'PAR1 and nothing more PAR1' })
    const rows = Array.from({ length: 30_000 }, (_, i) => `${i},${i}`).join('\n')
    await json(['write', '/broken.csv'], { stdin: `n,m\n${rows}\ncut\n` })
    for (const path of ['/broken.parquet', '/broken.csv']) {
      expect(await refusal(['query', '--pending', `SELECT sum(n) FROM '${path}'`])).toEqual({
        status: 1,
        code: 'query.unreadable-file',
      })
    }
    expect(await json(['describe', '/broken.parquet'])).toMatchObject({
      kind: 'text',
      problem: { code: 'query.unreadable-file' },
    })
  })
})

describe('a folder', () => {
  beforeEach(freshPond)
  afterEach(removePond)

  it('that is no pond is refused by name', async () => {
    expect(await refusal(['ls'], { cwd: terminal.folder })).toEqual({ status: 1, code: 'steward.not-a-pond' })
    expect(await refusal(['ls', '--pond', '..'])).toEqual({ status: 1, code: 'steward.not-a-pond' })
    expect(await refusal(['serve', '--pond', 'nowhere'])).toEqual({ status: 1, code: 'steward.not-a-pond' })
    expect(await refusal(['..'])).toEqual({ status: 1, code: 'steward.not-a-pond' })
    expect(await refusal(['touch', '/x', '--pond', 'nowhere'])).toEqual({ status: 1, code: 'steward.not-a-pond' })
  })

  it('of a newer format, or with a damaged description, is not touched', async () => {
    const file = terminal.path('pond', 'pond.json')
    const description = JSON.parse(readFileSync(file, 'utf8')) as object
    writeFileSync(file, JSON.stringify({ ...description, format: 3 }))
    expect(await refusal(['touch', '/x'])).toEqual({ status: 1, code: 'steward.newer-format' })
    writeFileSync(file, '{"format":')
    expect(await refusal(['ls'])).toEqual({ status: 1, code: 'steward.corrupt-pond' })
  })

  it('whose data is damaged or missing names the file, and serves nothing wrong', async () => {
    await json(['write', '/a', '-m', 'one'], { stdin: 'a' })
    const [file] = dataFiles() as [string]
    truncateSync(file, 100)
    expect(await refusal(['cat', '/a'])).toMatchObject({
      status: 1,
      code: expect.stringMatching(/^oplog\.corrupt-data$/) as string,
    })
    const verified = await terminal.pond(['verify', '--json'], { cwd: terminal.path('pond') })
    expect([verified.status, verified.stdout]).toEqual([1, expect.stringContaining(file.split('/').at(-1)!)])
    rmSync(file)
    expect(await refusal(['cat', '/a'])).toEqual({ status: 1, code: 'oplog.missing-data' })
  })

  it('whose journal is damaged is read no further, until it is put aside', async () => {
    await json(['touch', '/a'])
    await json(['touch', '/b'])
    const journal = terminal.path('pond', 'pending', 'journal')
    const bytes = readFileSync(journal)
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff
    writeFileSync(journal, bytes)
    expect(await refusal(['ls'])).toEqual({ status: 1, code: 'tlogfs.journal-damaged' })
    expect(await refusal(['recover'])).toEqual({ status: 1, code: 'tlogfs.journal-damaged' })
    for (const verb of ['ls', 'recover', 'status']) {
      const { stderr } = await terminal.pond([verb], { cwd: terminal.path('pond') })
      expect(stderr).toContain('`pond recover --set-journal-aside`')
    }
    const { repaired } = await json(['recover', '--set-journal-aside'])
    expect(repaired).toEqual([expect.stringContaining('journal')])
    expect(readdirSync(terminal.path('pond', 'pending')).filter((name) => name.includes('damaged'))).toHaveLength(1)
    await json(['ls'])
    await json(['touch', '/c', '-m', 'one'])
  })

  it('whose log is gone is a pond without its table', async () => {
    rmSync(terminal.path('pond', 'data'), { recursive: true })
    expect(await refusal(['ls'])).toEqual({ status: 1, code: 'steward.corrupt-pond' })
  })
})

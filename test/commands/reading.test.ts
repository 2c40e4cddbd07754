import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  await terminal.json(['init', 'p'])
  writeFileSync(terminal.path('logger.csv'), 'Weir 7;;\nat;level\n01.02.24 10:00;1,5\n02.02.24 10:00;-999\n')
  writeFileSync(terminal.path('titled.csv'), 'Report of May\n\nday,n\n2026-05-01,1\n')
})
afterEach(() => terminal[Symbol.dispose]())
const options = () => ({ cwd: terminal.path('p') })
const run = (...argv: string[]) => terminal.pond(argv, options())
const json = <T = Record<string, unknown>>(...argv: string[]) => terminal.json<T>(argv, options())
const host = (name: string) => `host://${terminal.path(name)}`
const LOGGER = ['--skip', '1', '--timestamp-format', '%d.%m.%y %H:%M', '--null', '-999', '--timezone', '+01:00']
const ROWS = [
  { at: '2024-02-01T09:00:00Z', level: 1.5 },
  { at: '2024-02-02T09:00:00Z', level: null },
]

describe('what is said of how a text is read', () => {
  it('holds for every query from then on, and goes back, away and along like any change', async () => {
    await json('copy', host('logger.csv'), '/a.csv', '-m', 'as it came')
    expect((await run('query', `FROM '/a.csv'`)).status).toBe(1)
    expect(await json('reading', '/a.csv', ...LOGGER)).toMatchObject({
      staged: 1,
      operations: [{ operation: 'update' }],
    })
    expect(await json('status')).toMatchObject({ changes: [{ path: '/a.csv', change: 'modified' }] })
    expect(await json('query', '--pending', `FROM '/a.csv'`)).toEqual(ROWS)
    await json('discard', '/a.csv')
    expect((await run('query', '--pending', `FROM '/a.csv'`)).status).toBe(1)
    await json('undo')
    await json('commit', 'as it is read')
    await json('copy', '/a.csv', '/b.csv')
    await json('mv', '/a.csv', '/c.csv', '-m', 'elsewhere')
    for (const path of ['/b.csv', '/c.csv']) expect(await json('query', '--pending', `FROM '${path}'`)).toEqual(ROWS)
    expect((await run('query', '--at', '1', `FROM '/a.csv'`)).status).toBe(1)
    expect(await json('query', '--at', '2', `FROM '/a.csv'`)).toEqual(ROWS)
    await json('restore', '/c.csv', '--to', '1').catch(() => undefined)
    await json('reading', '/b.csv', '--reset')
    expect(await json('reading', '/b.csv')).toMatchObject([{ path: '/b.csv', said: null }])
  })

  it('comes on top of what was said before, and may be tried without saying it', async () => {
    await json('copy', host('logger.csv'), '/a.csv')
    await json('reading', '/a.csv', '--skip', '1')
    expect(await json('describe', '/a.csv', ...LOGGER, '--preview', '1')).toMatchObject({
      columns: [
        { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
        { name: 'level', type: 'DOUBLE' },
      ],
      preview: { rows: [['2024-02-01 09:00:00+00', '1.5']] },
      reading: { decimal: ',', delimiter: ';', skipped: 1 },
    })
    await json('reading', '/a.csv', '--types', 'level=VARCHAR')
    expect(await json('reading', '/a.csv')).toMatchObject([{ said: { skip: 1, types: { level: 'VARCHAR' } } }])
    for (const wrong of [
      ['--encoding', 'klingon'],
      ['--timezone', 'Mars/Olympus'],
      ['--delim', 'ab'],
      ['--types', 'level'],
      ['--timestamp-format', 'dd/mm'],
    ])
      expect((await run('describe', '/a.csv', ...wrong)).status).toBe(2)
    expect((await run('reading', '/', '--skip', '1')).status).toBe(1)
  })

  it('is taken by append and copy, which say what they decided and keep it', async () => {
    const appended = await run('append', '/s', host('logger.csv'), '--timestamp-column', 'at', ...LOGGER)
    expect([appended.status, appended.stderr]).toEqual([0, expect.stringContaining('-999')])
    expect(await json('query', '--pending', `FROM '/s'`)).toEqual(ROWS)
    expect(await json('describe', '/s')).toMatchObject({ reading: { timezone: '+01:00', said: { skip: 1 } } })
    await json('copy', '--to-parquet', host('logger.csv'), '/t.parquet', ...LOGGER)
    expect(await json('query', '--pending', `FROM '/t.parquet'`)).toEqual(ROWS)
    await json('copy', host('logger.csv'), '/a.csv', ...LOGGER)
    expect(await json('query', '--pending', `FROM '/a.csv'`)).toEqual(ROWS)
  })
})

describe('a query', () => {
  it('says on stderr what of a file is not in its table, once', async () => {
    await json('copy', host('titled.csv'), '/t.csv')
    const { stderr, stdout } = await run('query', '--pending', `SELECT a.n FROM '/t.csv' a JOIN '/t.csv' b USING (day)`)
    expect(stdout).toBe('n\n1\n')
    expect(stderr.match(/\/t\.csv: lines 1 to 2 above the table left out: Report of May/g)).toHaveLength(1)
  })
})

describe('a series', () => {
  it('has one type for its times, whatever format and zone they came in', async () => {
    writeFileSync(terminal.path('a.csv'), 'timestamp,v\n2024-01-13T12:00:00Z,1\n')
    writeFileSync(terminal.path('b.jsonl'), '{"timestamp":"2024-01-13T14:00:00+02:00","v":2}\n')
    writeFileSync(terminal.path('c.csv'), 'timestamp,v\n2024-01-13 12:00,3\n')
    for (const order of [
      ['a.csv', 'b.jsonl', 'c.csv'],
      ['c.csv', 'b.jsonl', 'a.csv'],
    ]) {
      const path = `/${order[0]!}`
      for (const name of order) await json('append', path, host(name))
      const sql = `SELECT count(*)::INT AS n, count(DISTINCT epoch_us(timestamp))::INT AS instants FROM '${path}'`
      expect(await json('query', '--pending', sql)).toEqual([{ n: 3, instants: 1 }])
    }
  })

  it('takes no time that is ambiguous, and says which option helps', async () => {
    writeFileSync(terminal.path('d.csv'), 'time,v\n01/02/2024 10:00,1\n03/04/2024 10:00,2\n')
    const refused = await run('append', '/s', host('d.csv'))
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/line 2: time is "01\/02\/2024 10:00".*--timestamp-format/),
    ])
    expect(await json('append', '/s', host('d.csv'), '--timestamp-format', '%d/%m/%Y %H:%M')).toMatchObject({
      minEventTime: Date.parse('2024-02-01T10:00:00Z') * 1_000,
    })
  })

  it('makes times of numbers since 1970, wherever it is said', async () => {
    writeFileSync(terminal.path('e.csv'), 'at,level\n1700000000123,1.5\n1700000060000,2\n')
    const options = ['--timestamp-format', 'epoch_ms', '--types', 'at=TIMESTAMP']
    const rows = [
      { at: '2023-11-14T22:13:20.123Z', level: 1.5 },
      { at: '2023-11-14T22:14:20Z', level: 2 },
    ]
    await json('copy', host('e.csv'), '/e.csv', ...options)
    expect(await json('query', '--pending', `FROM '/e.csv'`)).toEqual(rows)
    await json('copy', host('e.csv'), '/e.parquet', '--to-parquet', ...options)
    expect(await json('query', '--pending', `FROM '/e.parquet'`)).toEqual(rows)
    expect(await json('describe', '/e.csv')).toMatchObject({
      columns: [{ name: 'at', type: 'TIMESTAMP WITH TIME ZONE' }, { name: 'level' }],
    })
    // The column of a series' times needs no type to be meant.
    await json('append', '/e', host('e.csv'), '--timestamp-column', 'at', '--timestamp-format', 'epoch_ms')
    expect(await json('query', '--pending', `FROM '/e'`)).toEqual(rows)
    const refused = await run('append', '/e', host('e.csv'), '--timestamp-column', 'at', '--timestamp-format', 'epoch')
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringMatching(/line 2: at is "1700000000123"/) })
    const unmeant = await run('copy', host('e.csv'), '/f.parquet', '--to-parquet', '--timestamp-format', 'epoch_ms')
    expect(unmeant).toMatchObject({ status: 2, stderr: expect.stringMatching(/--types/) })
  })
})

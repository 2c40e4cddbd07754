import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tableFromIPC } from 'apache-arrow'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ClosedPipe } from '../../src/main/cli/io'
import { Terminal } from '../../src/main/cli/testing/terminal'

let terminal: Terminal
beforeEach(async () => {
  terminal = new Terminal()
  mkdirSync(terminal.path('out'))
  await terminal.json(['init', 'pond'])
})
afterEach(() => terminal[Symbol.dispose]())

const query = (sql: string, ...more: string[]) => terminal.pond(['query', sql, '--pond', 'pond', ...more])
const ENDLESS = 'SELECT range AS n FROM range(50_000_000_000)'
const STREAMED = ['csv', 'json', 'jsonl', 'arrow'] as const

describe('a result', () => {
  it.each(STREAMED)('in a file is the same bytes as in a pipe (%s)', async (format) => {
    const sql = `SELECT 9007199254740993 AS large, 1.10::DECIMAL(4, 2) AS price, 'nan'::DOUBLE AS nan, NULL AS nothing,
      TIMESTAMPTZ '2020-01-01 00:00:00+00' AS at, [range] AS list, 'ü ' || range AS t FROM range(3_000)`
    const piped = await query(sql, '--format', format)
    expect(piped).toMatchObject({ status: 0, stderr: '' })
    expect((await query(sql, '--format', format, '-o', 'out/x')).status).toBe(0)
    const stored = readFileSync(terminal.path('out/x'))
    if (format !== 'arrow') expect(stored.equals(piped.bytes)).toBe(true)
    // An Arrow stream says when it was made.
    else expect(tableFromIPC(stored).toString()).toBe(tableFromIPC(piped.bytes).toString())
  })

  it.each([...STREAMED, 'parquet', 'table'])(
    'of the last statement of several says on stderr how many are not shown (%s)',
    async (format) => {
      const several = 'SELECT 1 AS a; CREATE TEMP VIEW v AS SELECT 2 AS b; SELECT 3 AS c; FROM v'
      const piped = await query(several, '--format', format)
      expect(piped.status).toBe(0)
      expect(piped.stderr).toBe('2 earlier results not shown: the rows are those of the last statement\n')
      const single = await query('SELECT 2 AS b', '--format', format)
      expect(single.stderr).toBe('')
      if (format === 'csv') expect(piped.stdout).toBe(single.stdout)
      expect((await query(several, '--format', format, '-o', 'out/x')).stderr).toContain('2 earlier results not shown')
    },
  )

  it.each(STREAMED)(
    'comes out while the statement still runs, and ends it when nobody reads on (%s)',
    async (format) => {
      let bytes = 0
      const ended = await terminal.pond(['query', ENDLESS, '--pond', 'pond', '--format', format], {
        onStdout: (chunk) => {
          if (bytes > 500_000) throw new ClosedPipe()
          bytes += chunk.length
        },
      })
      expect(ended).toMatchObject({ status: 0, stderr: '' })
    },
  )

  it.each(STREAMED)('that goes to a pipe is interrupted at once (%s)', async (format) => {
    const abort = new AbortController()
    const ended = await terminal.pond(['query', ENDLESS, '--pond', 'pond', '--format', format], {
      signal: abort.signal,
      onStdout: () => abort.abort(),
    })
    expect(ended.status).toBe(130)
  })

  it.each([...STREAMED, 'parquet', 'table'])(
    'that is interrupted on its way to a file leaves nothing (%s)',
    async (format) => {
      writeFileSync(terminal.path('out/x'), 'before')
      const abort = new AbortController()
      setTimeout(() => abort.abort(), 400)
      const argv = ['query', ENDLESS, '--pond', 'pond', '--format', format, '-o', 'out/x', '--replace']
      expect((await terminal.pond(argv, { signal: abort.signal })).status).toBe(130)
      expect(readdirSync(terminal.path('out'))).toEqual(['x'])
      expect(readFileSync(terminal.path('out/x'), 'utf8')).toBe('before')
    },
  )

  it('says on a terminal how far it has come', async () => {
    let shown = ''
    const abort = new AbortController()
    const argv = ['query', ENDLESS, '--pond', 'pond', '--format', 'csv', '-o', 'out/x']
    await terminal.pond(argv, {
      isTerminal: true,
      signal: abort.signal,
      onStderr: (chunk) => {
        shown += Buffer.from(chunk).toString()
        if (/\d (rows|%)/.test(shown)) abort.abort()
      },
    })
    expect(shown).toMatch(/\d (rows|%)/)
  })
})

describe('a file that is there', () => {
  it.each([...STREAMED, 'parquet', 'table'])(
    'is refused as the target of a query, and replaced when asked (%s)',
    async (format) => {
      writeFileSync(terminal.path('out/x'), 'before')
      const refused = await query('SELECT 42 AS n', '--format', format, '-o', 'out/x')
      expect(refused.status).toBe(1)
      expect(refused.stderr).toMatch(/^pond: host.exists: .*--replace/)
      expect(readFileSync(terminal.path('out/x'), 'utf8')).toBe('before')
      expect((await query('SELECT 42 AS n', '--format', format, '-o', 'out/x', '--replace')).status).toBe(0)
      expect(readFileSync(terminal.path('out/x'), 'latin1')).not.toBe('before')
      expect(readdirSync(terminal.path('out'))).toEqual(['x'])
    },
  )

  it('stays when the statement that would replace it fails', async () => {
    writeFileSync(terminal.path('out/x.csv'), 'before')
    expect((await query('SELECT nothing', '-o', 'out/x.csv', '--replace')).status).toBe(1)
    expect(readFileSync(terminal.path('out/x.csv'), 'utf8')).toBe('before')
    expect(readdirSync(terminal.path('out'))).toEqual(['x.csv'])
  })
})

import { describe, expect, it } from 'vitest'
import { isPondError, type PondError } from '../../../shared/errors'
import { openQueries, type QuerySource } from '../index'
import { openBench } from '../testing/host-source'

const bench = await openBench()

async function failureOf(source: QuerySource, sql: string): Promise<PondError> {
  try {
    await bench.rows(source, sql)
  } catch (error) {
    if (isPondError(error)) return error
    throw error
  }
  throw new Error(`no failure: ${sql}`)
}

describe('an error in SQL', () => {
  it('is placed by line and column in the text as written, in characters', async () => {
    const source = await bench.source({ '/ü/x.csv': 'a\n1\n' })
    const cases = [
      ['selec 1', 'query.syntax', 1, 1],
      ['SELECT 1\n  FROM FROM', 'query.syntax', 2, 8],
      ['SELECT 1; -- fine\nSELEC 2', 'query.syntax', 2, 1],
      [`SELECT '😀 é', nothere FROM '/ü/x.csv'`, 'query.failed', 1, 15],
      [`SELECT a,\n       nothere\nFROM '/ü/x.csv'`, 'query.failed', 2, 8],
      [`SELECT 1;\nSELECT '漢字', nothere FROM '/ü/x.csv'`, 'query.failed', 2, 14],
      [`SELECT nothere FROM read_csv('/ü/x.csv', delim = ',')`, 'query.failed', 1, 8],
      [`FROM read_csv('/ü/x.csv', delim = ',') WHERE nothere = 1`, 'query.failed', 1, 46],
      [`FROM read_csv('/ü/x.csv'), read_csv('/ü/x.csv', header=true) y\nWHERE y.nothere = 1`, 'query.failed', 2, 7],
      [`EXPLAIN\n SELECT nothere FROM '/ü/x.csv'`, 'query.failed', 2, 9],
      [`EXPLAIN SELECT\n 1 +`, 'query.syntax', 2, 5],
      [`CREATE TEMP VIEW v AS\nSELECT nothere FROM '/ü/x.csv'; FROM v`, 'query.failed', 2, 8],
      [`SELECT 1 FROM '/ü/x.csv' WHERE CAST('é' || a AS INT) = 1`, 'query.failed', 1, 32],
      [`SELECT 1\nFROM '/ü/y.csv'`, 'query.no-such-file', 2, 6],
      [`SELECT 1 FROM\n  read_csv('/ü/y.csv')`, 'query.no-such-file', 2, 3],
      [`SELECT 1,\n2 FROM '/ü/x.csv' AT (VERSION => 3)`, 'steward.unknown-version', 2, 34],
      [`SELECT 1;\nATTACH 'x'`, 'query.not-allowed', 2, 1],
      ['', 'query.syntax', 1, 1],
    ] as const
    for (const [sql, code, line, column] of cases) {
      const { code: found, detail } = await failureOf(source, sql)
      expect({ sql, code: found, line: detail['line'], column: detail['column'] }).toEqual({ sql, code, line, column })
    }
  })

  it('offers the names that may have been meant', async () => {
    const source = await bench.source({ '/weather/seattle.csv': 'temperature\n1\n', '/raw/other.csv': 'a\n1\n' })
    const cases = [
      ['FROM oplog_entrie', 'oplog_entries'],
      ['FROM pond.fils', 'pond.files'],
      [`SELECT temperatur FROM '/weather/seattle.csv'`, 'temperature'],
      [`SELECT w.temperatur FROM '/weather/seattle.csv' w`, 'temperature'],
      ['SELECT pond.files.pth FROM pond.files', 'path'],
      ['SELECT oplog_entries.nam FROM oplog_entries', 'name'],
      [`FROM '/weather/seatle.csv'`, '/weather/seattle.csv'],
      [`FROM '/seattle.csv'`, '/weather/seattle.csv'],
      [`FROM '/weather/Seattle.csv'`, '/weather/seattle.csv'],
      [`FROM 'raw/other.csv'`, '/raw/other.csv'],
    ] as const
    for (const [sql, candidate] of cases) {
      expect((await failureOf(source, sql)).detail['candidates'], sql).toContain(candidate)
    }
  })

  it('offers no signature of a function as a name', async () => {
    const source = await bench.source({})
    for (const sql of [
      `SELECT avg('a'::VARCHAR, 2)`,
      `SELECT avg(DATE '2020-01-01', 1)`,
      'SELECT substr(1, 2, 3, 4, 5)',
    ]) {
      const { message, detail } = await failureOf(source, sql)
      expect(message).toMatch(/->/)
      expect(detail['candidates'], sql).toEqual([])
    }
  })
})

describe('a file that cannot be read as a table', () => {
  const rows = (count: number, row: (index: number) => string): string =>
    Array.from({ length: count }, (_, i) => row(i)).join('\n')

  it('is named by its path, with the reason and the options that may help', async () => {
    const source = await bench.source({
      '/late.csv': `n\n${rows(40_000, String)}\nnot a number\n`,
      '/encoding.csv': Uint8Array.of(0x61, 0x2c, 0xc3, 0xa9, 0x0a, 0x62, 0x2c, 0xe9, 0x0a),
      '/broken.parquet': 'PAR1 and then nothing like it',
      '/empty.parquet': '',
      '/broken.json': '{"a": 1}\n{"a":\n',
    })
    const late = await failureOf(source, `SELECT sum(n) FROM '/late.csv'`)
    // One value of many makes a column text: a sum of it fails, and the value is named.
    expect(late).toMatchObject({ code: 'query.failed', detail: { notes: [{ path: '/late.csv', column: 'n' }] } })
    expect(late.message).toMatch(/\/late.csv.*line 40002.*not a number/)
    const encoding = await failureOf(source, `FROM '/encoding.csv'`)
    expect(encoding).toMatchObject({
      code: 'query.unreadable-file',
      detail: { options: expect.arrayContaining(['encoding']) },
    })
    for (const path of ['/broken.parquet', '/empty.parquet', '/broken.json']) {
      expect(await failureOf(source, `SELECT 1,\n* FROM '${path}'`)).toMatchObject({
        code: 'query.unreadable-file',
        detail: { path, line: 2, column: 8 },
      })
    }
  })

  it('never shows where it is on the host', async () => {
    const source = await bench.source({ '/late.csv': `n\n${rows(40_000, String)}\nx\n`, '/broken.parquet': 'PAR1' })
    for (const sql of [`SELECT sum(n) FROM '/late.csv'`, `FROM read_parquet('/broken.parquet')`]) {
      const { message, detail } = await failureOf(source, sql)
      expect(message + JSON.stringify(detail)).not.toContain(bench.folder)
    }
  })

  it('can be one of several, and the others are not blamed', async () => {
    const source = await bench.source({ '/good.csv': 'a\n1\n', '/bad.parquet': 'PAR1' })
    expect(await failureOf(source, `FROM '/good.csv', '/bad.parquet'`)).toMatchObject({
      detail: { path: '/bad.parquet' },
    })
  })
})

describe('a directory or a missing file', () => {
  it('has a code of its own', async () => {
    const source = await bench.source({ '/d/a.csv': 'a\n1\n' })
    const directory: QuerySource = {
      ...source,
      tables: (path) =>
        path === '/d'
          ? Promise.resolve([
              {
                path,
                fileType: 'directory',
                size: 0,
                sha256: '',
                hostFile: () => Promise.reject(new Error('no content')),
                open: () => Promise.reject(new Error('no content')),
              },
            ])
          : source.tables(path),
    }
    expect(await failureOf(directory, `FROM '/d'`)).toMatchObject({ code: 'query.not-a-table' })
    expect(await failureOf(source, `FROM '/d/*.parquet'`)).toMatchObject({ code: 'query.no-such-file' })
  })
})

describe('memory', () => {
  it('that runs out is said so', async () => {
    const small = openQueries(bench.world, { tempFolder: bench.folder, memoryLimit: '60MB' })
    const stream = await small
      .stream(await bench.source(), 'SELECT list(range) FROM range(30_000_000)')
      .catch((error: unknown) => error)
    expect(stream).toMatchObject({ code: 'query.out-of-memory' })
    await small.close()
  })
})

describe('advice', () => {
  it('is what can be followed: nothing that this refuses to install, load or set', async () => {
    const source = await bench.source({ '/x.csv': 'a\n1\n' })
    for (const sql of [
      `FROM read_csv('/x.csv', encoding = 'windows-1252')`,
      'SELECT st_point(1, 2)',
      'SELECT (SELECT unnest([1, 2]))',
      `FROM read_xlsx('/x.csv')`,
    ]) {
      const { message } = await failureOf(source, sql)
      expect(message).not.toMatch(/\b(INSTALL|LOAD|PRAGMA|SET) /)
      expect(message.length).toBeGreaterThan(20)
    }
    const { message } = await failureOf(source, `FROM read_csv('/x.csv', encoding = 'windows-1252')`)
    expect(message).toContain('pond reading /x.csv --encoding windows-1252')
  })
})

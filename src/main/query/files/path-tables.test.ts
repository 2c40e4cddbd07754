import { gzipSync } from 'node:zlib'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import { toJson } from '../index'
import { openBench, vega } from '../testing/host-source'

const bench = await openBench()

/** Bytes of a small Parquet file. */
async function parquet(sql: string): Promise<Buffer> {
  const target = join(bench.folder, `made-${Math.random()}.parquet`)
  await bench.queries.export(await bench.source(), sql, { format: 'parquet', target, metadata: {} })
  return readFile(target)
}

describe('a path in FROM', () => {
  it('reads a file as its name says', async () => {
    const source = await bench.source({
      '/a.csv': 'a,b\n1,x\n2,y\n',
      '/a.TSV': 'a\tb;c\n1\tx\n',
      '/a.psv': 'a|b\n1|x,y\n',
      '/a.json': '[{"a":1,"b":"x"},{"a":2,"b":"y"}]',
      '/a.jsonl': '{"a":1}\n{"a":2}\n',
      '/a.csv.gz': gzipSync('a\n7\n'),
      '/a.ndjson.gz': gzipSync('{"a":7}\n'),
      '/a.parquet': await parquet(`SELECT 1 AS a, 'x' AS b`),
      '/no-extension': 'a,b\n1,x\n',
      '/parquet-of-no-name': await parquet('SELECT 5 AS a'),
      '/odd [1]*.csv': 'a\n8\n',
    })
    expect(await bench.rows(source, `FROM '/a.csv'`)).toEqual([
      [1, 'x'],
      [2, 'y'],
    ])
    expect(await bench.rows(source, `SELECT a, "b;c" FROM '/a.TSV'`)).toEqual([[1, 'x']])
    expect(await bench.rows(source, `FROM '/a.psv'`)).toEqual([[1, 'x,y']])
    expect(await bench.rows(source, `FROM '/a.json'`)).toEqual([
      [1, 'x'],
      [2, 'y'],
    ])
    expect(await bench.rows(source, `FROM '/a.jsonl'`)).toEqual([[1], [2]])
    expect(await bench.rows(source, `FROM '/a.csv.gz'`)).toEqual([[7]])
    expect(await bench.rows(source, `FROM '/a.ndjson.gz'`)).toEqual([[7]])
    expect(await bench.rows(source, `FROM '/a.parquet'`)).toEqual([[1, 'x']])
    expect(await bench.rows(source, `FROM '/no-extension'`)).toEqual([[1, 'x']])
    expect(await bench.rows(source, `FROM '/parquet-of-no-name'`)).toEqual([[5]])
    expect(await bench.rows(source, `FROM '/odd [1]*.csv'`)).toEqual([[8]])
  })

  it('reads real data as DuckDB reads it from the disk', async () => {
    const names = [
      'seattle-weather.csv',
      'movies.json',
      'flights-3m.parquet',
      'earthquakes.json',
      'airports.csv',
      'zipcodes.csv',
    ]
    const source = await bench.source(
      Object.fromEntries(await Promise.all(names.map(async (name) => [`/${name}`, await vega(name)]))),
    )
    const plain = await (await DuckDBInstance.create(':memory:')).connect()
    for (const name of names) {
      const sql = (path: string): string => `SUMMARIZE FROM (FROM '${path}' LIMIT 5_000)`
      const expected = await plain.runAndReadAll(sql(`node_modules/vega-datasets/data/${name}`))
      const rows = expected.getRows().map((row) => row.map((value) => toJson(value)))
      // Approximations differ with the order in which threads come.
      const exact = (row: readonly unknown[]): unknown[] => [...row.slice(0, 4), ...row.slice(10)]
      // "Apr 01 1965" is text to DuckDB.
      const shared = (row: readonly unknown[]): boolean => row[0] !== 'Release Date'
      const found = await bench.rows(source, sql(`/${name}`))
      // Negative numbers beside positive ones are HUGEINT to it.
      const sized = rows.map((row) =>
        row.map((value) => (typeof value === 'string' ? value.replace('HUGEINT', 'BIGINT') : value)),
      )
      expect(found.filter(shared).map(exact), name).toEqual(sized.filter(shared).map(exact))
    }
  })

  it('is found wherever a table can stand', async () => {
    const source = await bench.source({ '/a b.csv': 'a\n1\n2\n', '/ü/ñ.csv': 'a\n3\n' })
    const statements = [
      [`FROM '/a b.csv'`, 2],
      [`FROM "/a b.csv" AS t WHERE t.a > 1`, 1],
      [`SELECT * FROM '/a b.csv' x JOIN '/ü/ñ.csv' y ON x.a < y.a`, 2],
      [`WITH w AS (FROM '/ü/ñ.csv') FROM w UNION ALL FROM '/a b.csv'`, 3],
      [`SELECT (SELECT max(a) FROM '/a b.csv')`, 1],
      [`SELECT 1 WHERE EXISTS (FROM '/ü/ñ.csv')`, 1],
      [`FROM (FROM '/a b.csv' LIMIT 1)`, 1],
      [`TABLE '/a b.csv'`, 2],
      [`SELECT "/a b.csv".a FROM '/a b.csv'`, 2],
      [`PIVOT '/a b.csv' ON a USING count(*)`, 1],
      [`UNPIVOT '/a b.csv' ON a`, 2],
      [`WITH "/not/there.csv" AS (SELECT 1) FROM "/not/there.csv"`, 1],
      [`CREATE TEMP VIEW v AS FROM '/a b.csv'; FROM v`, 2],
    ] as const
    for (const [sql, rows] of statements) expect((await bench.rows(source, sql)).length, sql).toBe(rows)
  })

  it('is a glob when it has wildcards, and unites columns by name', async () => {
    const source = await bench.source({
      '/s/1.csv': 'a,b\n1,x\n',
      '/s/2.csv': 'b,c\ny,2\n',
      '/s/3.parquet': await parquet(`SELECT 3 AS a, 'z' AS b`),
      '/other.csv': 'a\n9\n',
    })
    expect(await bench.rows(source, `SELECT a, b, c FROM '/s/*.csv' ORDER BY b`)).toEqual([
      [1, 'x', null],
      [null, 'y', 2],
    ])
    expect(await bench.rows(source, `SELECT a, b FROM '/s/*' ORDER BY b`)).toEqual([
      [1, 'x'],
      [null, 'y'],
      [3, 'z'],
    ])
  })

  it('tells paths apart that differ by case only', async () => {
    const source = await bench.source({ '/A.csv': 'a\n1\n', '/a.csv': 'a\n2\n' })
    expect(await bench.rows(source, `SELECT x.a, y.a FROM '/A.csv' x, '/a.csv' AS y`)).toEqual([[1, 2]])
    expect(await bench.rows(source, `SELECT "/a.csv".a FROM '/a.csv' UNION ALL FROM '/A.csv'`)).toEqual([[2], [1]])
  })

  it('is read literally where it stands in a text', async () => {
    expect(await bench.rows(await bench.source(), `SELECT '/not/a/file.csv' AS "/nor/this.csv"`)).toEqual([
      ['/not/a/file.csv'],
    ])
  })
})

describe('a reading function', () => {
  it('keeps every line of a CSV with skip = 0; a path leaves out what stands above the table, and nothing else', async () => {
    const titled = 'Report of May\n\na,b\n1,2\n3,4\n'
    const ragged = `${titled}5,6,7\n8,9,10\n`
    const source = await bench.source({ '/titled.csv': titled, '/ragged.csv': ragged })
    expect(await bench.rows(source, `SELECT a, b FROM '/titled.csv'`)).toEqual([
      [1, 2],
      [3, 4],
    ])
    await expect(bench.rows(source, `FROM '/ragged.csv'`)).rejects.toMatchObject({
      code: 'query.unreadable-file',
      detail: { fileLine: 6, expected: 2, found: 3, options: ['bad-lines', 'skip', 'delim'] },
    })
    const all = await bench.rows(source, `FROM read_csv('/ragged.csv', skip = 0, header = false)`)
    expect(all.map(([line]) => line).filter((line) => line !== null)).toEqual(ragged.trim().split(/\n+/))
    const named = `{'a': 'BIGINT', 'b': 'BIGINT'}`
    await expect(
      bench.rows(
        source,
        `FROM read_csv('/ragged.csv', skip = 2, header = true, auto_detect = false, columns = ${named})`,
      ),
    ).rejects.toMatchObject({ code: 'query.unreadable-file', message: expect.stringContaining('Line: 6') })
  })

  it('takes its options, and a list of paths', async () => {
    const source = await bench.source({ '/x.csv': 'a;b\n1,5;x\n', '/y.csv': 'a;b\n2,5;y\n' })
    const options = `delim = ';', decimal_separator = ',' , types = {'a': 'DOUBLE'}`
    expect(await bench.rows(source, `FROM read_csv('/x.csv', ${options})`)).toEqual([[1.5, 'x']])
    expect(await bench.rows(source, `SELECT a FROM read_csv(['/x.csv', '/y.csv'], ${options}) ORDER BY a`)).toEqual([
      [1.5],
      [2.5],
    ])
    expect(
      await bench.rows(
        source,
        `FROM read_csv('/?.csv', header := false, skip := 1, delim := ';') t (u, v) WHERE v = 'y'`,
      ),
    ).toEqual([['2,5', 'y']])
    expect(await bench.rows(source, `SELECT read_csv.b FROM read_csv('/x.csv', ${options})`)).toEqual([['x']])
  })

  it('names files by their paths in the pond', async () => {
    const source = await bench.source({
      '/x.csv': 'a\n1\n',
      '/y.csv': 'a\n2\n',
      '/d.parquet': await parquet('SELECT 1 AS a'),
    })
    expect(await bench.rows(source, `SELECT filename, a FROM read_csv('/*.csv', filename = true) ORDER BY a`)).toEqual([
      ['/x.csv', 1],
      ['/y.csv', 2],
    ])
    expect(await bench.rows(source, `SELECT origin FROM read_csv('/x.csv', filename = 'origin')`)).toEqual([['/x.csv']])
    expect(await bench.rows(source, `FROM read_csv('/x.csv', filename = false)`)).toEqual([[1]])
    for (const name of ['f', 't', 'true', 'false']) {
      const rows = await bench.rows(source, `SELECT "${name}" FROM read_csv('/x.csv', filename = '${name}')`)
      expect(rows, name).toEqual([['/x.csv']])
    }
    for (const value of [`lower('F')`, `'f'::BOOL::VARCHAR`, '1']) {
      const sql = `FROM read_csv('/x.csv', filename = ${value})`
      const shown = await bench.rows(source, sql).then(JSON.stringify, (error: unknown) => String(error))
      expect(shown, value).not.toContain(bench.folder)
    }
    expect(await bench.rows(source, `SELECT filename, content FROM read_text('/x.csv')`)).toEqual([
      ['/x.csv', 'a\n1\n'],
    ])
    expect(await bench.rows(source, `SELECT file_name, num_rows FROM parquet_file_metadata('/d.parquet')`)).toEqual([
      ['/d.parquet', 1],
    ])
    expect(await bench.rows(source, `SELECT file FROM glob('/?.csv') ORDER BY file`)).toEqual([['/x.csv'], ['/y.csv']])
  })

  it('can be pivoted, with its options', async () => {
    const source = await bench.source({ '/x.csv': 'k;v\na;1\nb;2\na;3\n' })
    const call = `read_csv('/x.csv', delim = ';')`
    expect(await bench.rows(source, `PIVOT ${call} ON k USING sum(v)`)).toEqual([['4', '2']])
    expect(await bench.rows(source, `PIVOT (SELECT k FROM ${call} AS r WHERE r.v > 1) ON k USING count(*)`)).toEqual([
      [1, 1],
    ])
    expect(await bench.rows(source, `WITH é AS (FROM ${call}) PIVOT é ON k USING max(v)`)).toEqual([[3, 2]])
  })

  it('can be called twice with different options in one statement', async () => {
    const source = await bench.source({ '/x.csv': 'a;b\n1;2\n' })
    const sql = `SELECT l.a, r."a;b" FROM read_csv('/x.csv', delim=';') l, read_csv('/x.csv', delim=',') r`
    expect(await bench.rows(source, sql)).toEqual([[1, '1;2']])
  })
})

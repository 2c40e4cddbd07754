import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openBench } from '../testing/host-source'

const bench = await openBench()
const files = { '/a.csv': 'x\n1\n', '/b.csv': 'x\n2\n', '/d/c.parquet': 'not looked into' }
const hash = (path: keyof typeof files): string => createHash('sha256').update(files[path]).digest('hex')
const reads = async (sql: string) => bench.queries.reads(await bench.source(files), sql)
const paths = async (sql: string): Promise<string[]> => (await reads(sql)).files.map(({ path }) => path)

describe('What a query reads', () => {
  it('is told by path and hash, wherever a table stands, and nothing is looked into', async () => {
    const sql = `WITH w AS (FROM '/a.csv') SELECT (SELECT max(x) FROM read_csv(['/b.csv', '/a.csv'])) FROM w JOIN '/d/*.parquet' USING (x)`
    expect((await reads(sql)).files).toEqual([
      { path: '/a.csv', sha256: hash('/a.csv') },
      { path: '/b.csv', sha256: hash('/b.csv') },
      { path: '/d/c.parquet', sha256: hash('/d/c.parquet') },
    ])
    expect(await paths("SELECT '/a.csv', x FROM range(3) r(x)")).toEqual([])
    await expect(paths("FROM '/none.csv'")).rejects.toMatchObject({ code: 'tinyfs.not-found' })
    await expect(paths('FROM "a.csv"')).rejects.toMatchObject({ code: 'query.no-such-file' })
    await expect(paths('SELECT')).rejects.toMatchObject({ code: 'query.syntax' })
  })

  it('is chance or the clock, too', async () => {
    const told = async (sql: string) => {
      const { volatile, clock } = await reads(sql)
      return { volatile, clock }
    }
    expect(
      await told("SELECT x + 1, date_trunc('day', TIMESTAMP '2020-01-01'), age(a, b), error('no') FROM t"),
    ).toEqual({
      volatile: [],
      clock: [],
    })
    expect((await told('SELECT Random(), uuid()')).volatile).toEqual(['random', 'uuid'])
    expect((await told('FROM range(9) USING SAMPLE 3')).volatile).toEqual(['using sample'])
    expect((await told('FROM range(9) TABLESAMPLE reservoir(3 ROWS) REPEATABLE (7)')).volatile).toEqual([])
    expect((await told('SELECT now(), current_date, CURRENT_TIMESTAMP, age(t) FROM x')).clock).toEqual([
      'age/1',
      'current_date',
      'current_timestamp',
      'now',
    ])
  })
})

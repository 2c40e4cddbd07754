import { describe, expect, it } from 'vitest'
import { openBench } from '../testing/host-source'
import type { QuerySource, TableFile } from '../source'

const bench = await openBench()
const made: string[] = []

/** Tables that queries compute, beside files. */
async function sourceWith(
  queries: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<QuerySource> {
  const stored = await bench.source(files)
  const computed = (path: string): TableFile => ({
    path,
    fileType: 'file:table',
    size: 0,
    sha256: '',
    query: queries[path]!,
    hostFile: async () => {
      made.push(path)
      throw new Error('nobody asks for its content')
    },
    open: async () => {
      throw new Error('nobody asks for its content')
    },
  })
  const source: QuerySource = {
    ...stored,
    tables: async (pattern) => {
      const own = Object.keys(queries).filter(
        (path) => path === pattern || (pattern === '/all/*' && path.startsWith('/all/')),
      )
      if (own.length > 0 && own[0] === pattern) return own.map(computed)
      return [
        ...own.map(computed),
        ...(await stored.tables(pattern).catch((error) => {
          if (own.length > 0) return []
          throw error
        })),
      ]
    },
    moment: async () => source,
  }
  return source
}

describe('A table that a query computes', () => {
  it('has the rows of the query, inside of whatever asks for it, and is never made', async () => {
    const source = await sourceWith(
      { '/warm': "SELECT *, t * 2 AS twice FROM '/days.csv' WHERE t > 10" },
      { '/days.csv': 'day,t\n1,5\n2,11\n3,20\n' },
    )
    expect(await bench.rows(source, "SELECT day, twice FROM '/warm' WHERE day < 3")).toEqual([[2, 22]])
    expect(await bench.rows(source, `SELECT w.day FROM "/warm" w JOIN '/days.csv' d USING (day) ORDER BY ALL`)).toEqual(
      [[2], [3]],
    )
    expect((await bench.rows(source, "DESCRIBE FROM '/warm'")).map(([name, type]) => [name, type])).toEqual([
      ['day', 'BIGINT'],
      ['t', 'BIGINT'],
      ['twice', 'BIGINT'],
    ])
    expect(made).toEqual([])
  })

  it('may be computed of others, at their depth, and beside files of one pattern', async () => {
    const source = await sourceWith(
      {
        '/all/one': "FROM '/days.csv' WHERE t < 10",
        '/all/two': "WITH x AS (FROM '/all/one' UNION ALL FROM '/days.csv') FROM x ORDER BY t",
      },
      { '/days.csv': 'day,t\n1,5\n2,11\n' },
    )
    expect(await bench.rows(source, "FROM '/all/two'")).toEqual([
      [1, 5],
      [1, 5],
      [2, 11],
    ])
    expect(await bench.rows(source, "SELECT count(*)::INTEGER FROM '/all/*'")).toEqual([[4]])
  })

  it('lets conditions and columns of the outer query down to the files', async () => {
    const source = await sourceWith(
      { '/half': "SELECT id, v / 2 AS h, s FROM '/x.parquet'" },
      {
        '/x.parquet': await parquet('SELECT range AS id, range AS v, repeat(range::VARCHAR, 9) AS s FROM range(1000)'),
      },
    )
    const [[, plan] = []] = await bench.rows(source, "EXPLAIN SELECT h FROM '/half' WHERE id = 7")
    expect(String(plan)).toMatch(/Projections: *v +│\s*│ *Filters: *id=7/)
  })

  it('that is no query, or sees more of the pond than files, or is computed of itself is refused by its path', async () => {
    const refused: Readonly<Record<string, string>> = {
      'SELECT 1; SELECT 2': 'query.not-allowed',
      'DROP TABLE x': 'query.not-allowed',
      SELECT: 'query.syntax',
      'FROM pond.files': 'query.not-allowed',
      "FROM pond.columns('/x')": 'query.not-allowed',
      'FROM oplog_entries': 'query.not-allowed',
      'FROM duckdb_settings()': 'query.not-allowed',
      'FROM information_schema.tables': 'query.not-allowed',
      'SHOW TABLES': 'query.not-allowed',
      "FROM '/none.csv'": 'query.no-such-file',
      "FROM '/t'": 'query.failed',
      "FROM read_csv('/etc/passwd')": 'query.no-such-file',
      'SELECT nothing FROM range(3)': 'query.failed',
    }
    for (const [query, code] of Object.entries(refused)) {
      const source = await sourceWith({ '/t': query })
      const failure = bench.rows(source, "SELECT 1, * FROM\n'/t'")
      await expect(failure, query).rejects.toMatchObject({ code })
      if (code !== 'query.failed' || query.includes('/t'))
        await expect(failure, query).rejects.toMatchObject({
          message: expect.stringContaining('"/t"'),
          detail: { path: '/t', line: 2 },
        })
    }
  })

  it('knows nothing of names that the outer query gives, and gives it none', async () => {
    const source = await sourceWith({ '/t': 'WITH own AS (SELECT 1 AS a) FROM own' })
    expect(await bench.rows(source, "WITH own AS (SELECT 2 AS a) SELECT own.a, t.a FROM own, '/t' t")).toEqual([[2, 1]])
    await expect(bench.rows(source, "SELECT * FROM '/t', own")).rejects.toMatchObject({ code: 'query.failed' })
  })
})

async function parquet(sql: string): Promise<Uint8Array> {
  const target = `${bench.folder}/made-${made.length}-${Math.floor(performance.now())}.parquet`
  await bench.queries.export(await bench.source(), sql, { format: 'parquet', target, metadata: {} })
  const { readFile } = await import('node:fs/promises')
  return readFile(target)
}

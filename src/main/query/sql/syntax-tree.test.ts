import { DuckDBInstance, VARCHAR } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { parseSql, printSql, writeTree } from './syntax-tree'

const connection = await (await DuckDBInstance.create(':memory:')).connect()

async function written(sql: string): Promise<string> {
  const parsed = await parseSql(connection, sql)
  if (!('tree' in parsed)) throw new Error(`no tree: ${sql}: ${JSON.stringify(parsed)}`)
  return writeTree(parsed.tree)
}

async function rows(sql: string): Promise<unknown> {
  const reader = await connection.runAndReadAll(sql)
  return [reader.columnTypes().map(String), reader.getRowsJson()]
}

const CORPUS: readonly string[] = [
  `SELECT 9007199254740993, 9223372036854775807, -9223372036854775808, 18446744073709551615`,
  `SELECT 170141183460469231731687303715884105727, -170141183460469231731687303715884105728`,
  `SELECT 1.10, .5, 12345678901234567890.123456789, 0.1::DOUBLE, 1_000, -0, 1 AS "$number"`,
  `SELECT '{"$number":"1"}', '"query_location":5', 'it''s \\ " \\" \n', 'é😀 漢', E'\\t', $$a 'b'$$`,
  `SELECT {'query_location': 5, '$number': '7'}, [1, NULL], MAP {'a': 1}`,
  `FROM range(100) TABLESAMPLE 10%`,
  `FROM range(100) USING SAMPLE reservoir(50 ROWS) REPEATABLE (100)`,
  `FROM range(10) LIMIT 9007199254740993 OFFSET 3`,
  `FROM range(10) LIMIT 10%`,
  `WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t ORDER BY 1 DESC NULLS LAST`,
  `SELECT * EXCLUDE (a) REPLACE (b + 1 AS b) FROM (SELECT 1 a, 2 b, 3 c)`,
  `SELECT a, sum(b) FILTER (WHERE b > 1) OVER (PARTITION BY a ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM (VALUES (1, 2)) v(a, b)`,
  `FROM (VALUES (1, 'x')) v(a, b) SELECT a, count(*) GROUP BY ALL HAVING a > 0`,
  `FROM (VALUES (1, 'x')) v(a, b) SELECT a, b QUALIFY row_number() OVER () = 1`,
  `PIVOT (FROM (VALUES (1, 'x')) v(a, b)) ON b IN ('x', 'y') USING sum(a)`,
  `UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b`,
  `SELECT CASE WHEN true THEN INTERVAL 7 DAY ELSE INTERVAL '1 month 2 days' END, DATE '2026-01-31', TIMESTAMP '2026-01-01 00:00:00.000001'`,
  `SELECT 1 EXCEPT ALL SELECT 2 UNION ALL BY NAME SELECT 3 AS x INTERSECT SELECT 4`,
  `SELECT * FROM (SELECT 1 AS a) x ASOF JOIN (SELECT 1 AS a) y ON x.a >= y.a`,
  `SELECT list_transform([1, 2], lambda n: n + 9007199254740993)`,
]

describe('a syntax tree', () => {
  it.each(CORPUS)('is written as DuckDB wrote it, but for places: %s', async (sql) => {
    const raw = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql], [VARCHAR])
    expect(await written(sql)).toBe(
      String(raw.value(0, 0)).replaceAll(/"query_location":\d+,|,"query_location":\d+(?=})/g, ''),
    )
  })

  it.each(CORPUS)('gives the same rows from its own SQL: %s', async (sql) => {
    const printed = await printSql(connection, await written(sql))
    // Samples are drawn anew.
    if (!/SAMPLE/.test(sql)) expect(await rows(printed)).toEqual(await rows(sql))
  })

  it('keeps every digit of a number', async () => {
    const integer = fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }).map(String)
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.bigInt({ min: 0n, max: 10n ** 17n - 1n }))
    const literal = fc.oneof(
      integer,
      decimal.map(([whole, part]) => `${whole}.${String(part).padStart(17, '0')}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(literal, { minLength: 1, maxLength: 5 }), async (literals) => {
        const sql = `SELECT ${literals.join(', ')}`
        const printed = await printSql(connection, await written(sql))
        expect(await rows(printed)).toEqual(await rows(sql))
      }),
      { numRuns: runs(100) },
    )
  })

  it('keeps every text, whatever looks like JSON in it', async () => {
    const piece = fc.constantFrom(
      '"',
      '\\',
      '{"$number":"1"}',
      '"query_location":1,',
      '1e9',
      "'",
      '\n',
      'é',
      '😀',
      '}',
      ',',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const text = pieces.join('')
        const printed = await printSql(connection, await written(`SELECT '${text.replaceAll("'", "''")}'`))
        expect((await connection.runAndReadAll(printed)).value(0, 0)).toBe(text)
      }),
      { numRuns: runs(100) },
    )
  })

  it('is the same however the statement is spelt', async () => {
    const json = await written(`SELECT a, 1 FROM t WHERE b = 'x'`)
    expect(await written(`select a , /* ; */ 1 -- é\n  from "t"\nwhere b='x'`)).toBe(json)
    expect(await written(`SELECT a, 1 FROM t WHERE b = 'X'`)).not.toBe(json)
    expect(await written(`SELECT a, 1 FROM t x WHERE b = 'x'`)).not.toBe(json)
  })

  it('exists for what is one SELECT only', async () => {
    expect(await parseSql(connection, 'SELECT 1; SELECT 2')).toEqual({ failure: 'not-select' })
    expect(await parseSql(connection, 'DROP TABLE x')).toEqual({ failure: 'not-select' })
    expect(await parseSql(connection, 'SELECT FROM WHERE')).toMatchObject({ failure: 'syntax', byteOffset: 12 })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { toJson, toText } from '../index'
import { openBench } from '../testing/host-source'

const bench = await openBench()
const source = await bench.source()

async function values(sql: string): Promise<unknown[]> {
  const stream = await bench.queries.stream(source, sql)
  const rows: unknown[] = []
  for await (const batch of stream.batches) rows.push(...batch.flat())
  return rows
}

describe('a value as JSON', () => {
  it('keeps every digit: as a number while JavaScript can, else as text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), async (n) => {
        const [[value]] = (await bench.rows(source, `SELECT CAST(${n} AS BIGINT)`)) as [[number | string]]
        expect(BigInt(value)).toBe(n)
        expect(typeof value).toBe(n > 2n ** 53n - 1n || n < -(2n ** 53n - 1n) ? 'string' : 'number')
      }),
      {
        numRuns: runs(30),
        examples: [[9007199254740991n], [9007199254740993n], [-9007199254740991n], [2n ** 63n - 1n], [-(2n ** 63n)]],
      },
    )
  })

  it.each([
    [`1::HUGEINT`, '1'],
    [`170141183460469231731687303715884105727`, '170141183460469231731687303715884105727'],
    [`1.10::DECIMAL(10, 2)`, '1.10'],
    [`-0.001::DECIMAL(38, 3)`, '-0.001'],
    [`1.5::DOUBLE`, 1.5],
    [`'nan'::DOUBLE`, 'NaN'],
    [`'-infinity'::FLOAT`, '-Infinity'],
    [`true`, true],
    [`NULL`, null],
    [`'é\n'`, 'é\n'],
    [`'\\x00\\xFF'::BLOB`, 'AP8='],
    [`DATE '0044-03-15 (BC)'`, '-000043-03-15'],
    [`DATE '0001-03-15 (BC)'`, '0000-03-15'],
    [`DATE '20000-01-01'`, '+020000-01-01'],
    [`DATE '-infinity'`, '-infinity'],
    [`TIMESTAMP_NS 'infinity'`, 'infinity'],
    [`TIMESTAMP_S '-infinity'`, '-infinity'],
    [`TIMESTAMP '0044-03-15 (BC) 10:00:00'`, '-000043-03-15T10:00:00'],
    [`TIMESTAMPTZ '0044-03-15 (BC) 10:00:00+00'`, '-000043-03-15T10:00:00Z'],
    [`0.1::FLOAT`, 0.1],
    [`16777216::FLOAT`, 16777216],
    [`DATE '2026-02-28'`, '2026-02-28'],
    [`TIME '12:34:56.789'`, '12:34:56.789'],
    [`TIMESTAMP '2026-02-28 12:34:56.000001'`, '2026-02-28T12:34:56.000001'],
    [`TIMESTAMP_NS '2026-02-28 12:34:56.000000001'`, '2026-02-28T12:34:56.000000001'],
    [`TIMESTAMPTZ '2026-02-28 12:34:56.5+02'`, '2026-02-28T10:34:56.5Z'],
    [`TIMESTAMPTZ '1969-12-31 23:59:59.999999+00'`, '1969-12-31T23:59:59.999999Z'],
    [`TIMESTAMPTZ '12026-02-28 00:00:00+00'`, '+012026-02-28T00:00:00Z'],
    [`'infinity'::TIMESTAMPTZ`, 'infinity'],
    [`INTERVAL '1 month 2 days 3 seconds'`, '1 month 2 days 00:00:03'],
    [`'0f3ac000-0000-4000-8000-00000000000a'::UUID`, '0f3ac000-0000-4000-8000-00000000000a'],
    [`'b'::ENUM ('a', 'b')`, 'b'],
    [`'101'::BIT`, '101'],
    [`[1, NULL, 3]`, [1, null, 3]],
    [`{'a': 1, 'b': {'c': [DATE '2026-01-01']}}`, { a: 1, b: { c: ['2026-01-01'] } }],
    [`MAP {'x': 1.5::DECIMAL(3, 1)}`, [{ key: 'x', value: '1.5' }]],
    [`union_value(n := 9007199254740993)`, '9007199254740993'],
    [`array_value(1, 2)`, [1, 2]],
    [`'{"a": 1}'::JSON`, '{"a": 1}'],
  ])('%s', async (expression, expected) => {
    const rows = await bench.rows(source, `SELECT ${expression}`)
    expect(rows).toEqual([[expected]])
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows)
  })

  it('exists for every type that DuckDB has, and as text too', async () => {
    for (const value of await values('FROM test_all_types()')) {
      expect(JSON.stringify(toJson(value))).toEqual(expect.any(String))
      expect(toText(value)).toEqual(expect.any(String))
    }
  })
})

describe('a value as text', () => {
  it('is as DuckDB writes it', async () => {
    const expressions = [
      `1.10::DECIMAL(10,2)`,
      `TIMESTAMP '2026-02-28 12:34:56'`,
      `DATE '2026-02-28'`,
      `'a'`,
      `true`,
      `12345678901234567890`,
    ]
    const [written, ...read] = await values(
      `SELECT [${expressions.map((e) => `(${e})::VARCHAR`).join(', ')}], ${expressions.join(', ')}`,
    )
    expect(read.map(toText)).toEqual(toJson(written))
  })
})

import { DuckDBTimestampTZValue, DuckDBTimestampValue } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import type { ByteFormat } from '../index'
import { openBench } from '../testing/host-source'
import { timestampCell } from './time-text'
import { shortFloat, toJson, toText } from '../engine/values'

const bench = await openBench()

async function written(sql: string, format: ByteFormat): Promise<string> {
  const stream = await bench.queries.bytes(await bench.source(), sql, { format })
  const parts: Uint8Array[] = []
  for await (const chunk of stream.chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

const ODD = `SELECT true AS b, -5::TINYINT AS i, 9007199254740991 AS safe, 9007199254740993 AS large, 1::HUGEINT AS huge,
  1.50::DECIMAL(4, 2) AS price, 'nan'::DOUBLE AS nan, '-inf'::FLOAT AS inf, 0.1::DOUBLE AS d, 'q"uo,te\n' AS t, '' AS empty,
  NULL AS nothing, DATE '0044-03-15 (BC)' AS bc, TIMESTAMP '2020-01-01 00:00:00.5' AS at, 'infinity'::TIMESTAMP AS forever,
  TIMESTAMPTZ '2020-01-01 00:00:00+01' AS zone, '\\xAA'::BLOB AS blob, [1, NULL] AS list, {'a': DATE '2020-01-01'} AS s,
  1 AS a, 2 AS a, 3 AS "ä ""x"""`

describe('rows as text', () => {
  it('as JSON are the values of toJson under the names of the columns, numbered where one comes again', async () => {
    const [row] = await bench.rows(await bench.source(), ODD)
    const object = JSON.parse(await written(ODD, 'jsonl')) as Record<string, unknown>
    expect(Object.values(object)).toEqual(row)
    expect(Object.keys(object).slice(-3)).toEqual(['a', 'a_1', 'ä "x"'])
    expect(object).toMatchObject({
      safe: 9_007_199_254_740_991,
      large: '9007199254740993',
      huge: '1',
      price: '1.50',
      nan: 'NaN',
    })
    expect(JSON.parse(await written(ODD, 'json'))).toEqual([object])
  })

  it('as an array and as lines are the same objects', async () => {
    for (const rows of [0, 1, 2, 5_000]) {
      const sql = `SELECT range AS n, 'row ' || range AS t FROM range(${rows})`
      const lines = await written(sql, 'jsonl')
      expect(lines.split('\n')).toHaveLength(rows + 1)
      const objects = lines
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown)
      expect(JSON.parse(await written(sql, 'json'))).toEqual(objects)
    }
    expect(await written('SELECT 1 AS n WHERE false', 'json')).toBe('[]\n')
  })

  it('as CSV tell NULL from an empty text, and quote what would be read otherwise', async () => {
    const sql = `SELECT 1 AS "a,b", NULL AS c, '' AS d, 'x"y' AS e, E'l\\nm' AS f, 'plain text' AS g, [1, 2] AS h`
    expect(await written(sql, 'csv')).toBe('"a,b",c,d,e,f,g,h\n1,,"","x""y","l\nm",plain text,"[1,2]"\n')
    expect(await written('SELECT 1 AS n WHERE false', 'csv')).toBe('n\n')
  })

  it('keep the sign of zero, and write a FLOAT with as few digits as tell it from others', async () => {
    const sql = `SELECT -0.0::DOUBLE AS z, -0.0::FLOAT AS zf, 0.1::FLOAT AS f, '-inf'::FLOAT AS i, DATE '-infinity' AS d`
    expect(await written(sql, 'csv')).toBe('z,zf,f,i,d\n-0.0,-0.0,0.1,-Infinity,-infinity\n')
    expect(await written(sql, 'jsonl')).toBe('{"z":-0.0,"zf":-0.0,"f":0.1,"i":"-Infinity","d":"-infinity"}\n')
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(shortFloat(value))).toBe(value)
      }),
    )
  })

  it('write times as the values write themselves, at any time', () => {
    const zoneless = { json: style('"', 'T', '', json), text: style('', ' ', '', toText) }
    const zoned = { json: style('"', 'T', 'Z', json), text: style('', ' ', 'Z', toText) }
    const anyTime = fc.oneof(
      fc.bigInt(-9_223_372_022_400_000_000n, 2n ** 63n - 2n),
      fc.bigInt(-62_135_596_800_000_000n, 253_402_300_799_999_999n),
      fc.integer({ min: -3_000_000, max: 3_000_000 }).map((day) => BigInt(day) * 86_400_000_000n),
    )
    fc.assert(
      fc.property(anyTime, (micros) => {
        const [plain, instant] = [new DuckDBTimestampValue(micros), new DuckDBTimestampTZValue(micros)]
        expect(zoneless.json(plain)).toBe(json(plain))
        expect(zoneless.text(plain)).toBe(toText(plain))
        expect(zoned.json(instant)).toBe(json(instant))
        expect(zoned.text(instant)).toBe(toText(instant))
      }),
      { numRuns: runs(3_000) },
    )
  })
})

const json = (value: unknown): string => JSON.stringify(toJson(value))
const style = (quote: string, separator: string, zone: string, exact: (value: unknown) => string) =>
  timestampCell({ exact, quote, separator, zone })

describe('a stream of bytes', () => {
  it.each(['csv', 'json', 'jsonl', 'arrow'] as const)(
    'has its first bytes long before its last (%s)',
    async (format) => {
      const stream = await bench.queries.bytes(await bench.source(), 'SELECT range AS n FROM range(50_000_000_000)', {
        format,
      })
      let bytes = 0
      for await (const chunk of stream.chunks) {
        expect(chunk.length).toBeLessThanOrEqual(256 * 1024)
        bytes += chunk.length
        if (bytes > 1_000_000) break
      }
      expect(stream.rows).toBeLessThan(1_000_000)
    },
  )

  it('is pieces of at most 256 KiB, however large a value is', async () => {
    const stream = await bench.queries.bytes(await bench.source(), `SELECT repeat('x', 3_000_000) AS t FROM range(3)`, {
      format: 'csv',
    })
    const sizes: number[] = []
    for await (const chunk of stream.chunks) sizes.push(chunk.length)
    expect(Math.max(...sizes)).toBe(256 * 1024)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(2 + 3 * 3_000_001)
  })

  it('ends with the error of a statement that fails on the way, and with its cancellation', async () => {
    const failing = `SELECT CASE WHEN range = 900_000 THEN error('stop') ELSE 'x' END AS a FROM range(1_000_000)`
    await expect(written(failing, 'jsonl')).rejects.toMatchObject({ code: 'query.failed', message: 'stop' })
    const abort = new AbortController()
    const stream = await bench.queries.bytes(await bench.source(), 'SELECT range AS n FROM range(50_000_000_000)', {
      format: 'csv',
      signal: abort.signal,
    })
    const reading = (async () => {
      for await (const _ of stream.chunks) abort.abort()
    })()
    await expect(reading).rejects.toMatchObject({ code: 'query.cancelled' })
  })
})

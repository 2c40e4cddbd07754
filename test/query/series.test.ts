/** Series by SQL: the union of their versions, and which versions a WHERE leaves out. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import type { TableFile } from '../../src/main/query'
import { newPond, type TestPond } from './pond'

const DAY = 86_400_000_000
const START = Date.UTC(2026, 0, 1) * 1_000

let test: TestPond
let made = 0
beforeAll(async () => {
  test = await newPond()
})
afterAll(() => test[Symbol.asyncDispose]())

interface Part {
  /** What DuckDB makes the part of; its times are in the column `ts`. */
  readonly sql: string
  readonly times: readonly [first: number, last: number] | null
}

async function parquet(sql: string): Promise<Uint8Array> {
  const target = join(test.folder, `cache/part-${made++}.parquet`)
  const { queries } = test.pond
  await queries.export(await test.pond.source('head'), sql, { format: 'parquet', target, metadata: {} })
  const bytes = await readFile(target)
  await rm(target)
  return bytes
}

async function append(path: string, ...parts: readonly Part[]): Promise<void> {
  for (const { sql, times } of parts) {
    const content = await test.pond.prepare([await parquet(sql)])
    const facts = { timestampColumn: 'ts', rows: 1 }
    const part = { content, facts, minEventTime: times?.[0] ?? null, maxEventTime: times?.[1] ?? null }
    await test.pond.stage((fs) => fs.append(path, part, { parents: true }))
  }
}

/** A day of hours, so many days after the start; `wide` makes it more than a row holds. */
function day(index: number, { type = 'TIMESTAMP', more = '', wide = false } = {}): Part {
  const first = START + index * DAY
  const at = `make_timestamp(${first}) + to_hours(range)`
  const filler = wide
    ? `, (SELECT string_agg(md5((range * 1000 + ${index})::VARCHAR), '') FROM range(4000)) AS filler`
    : ''
  return {
    sql: `SELECT (${at})::${type} AS ts, ${index} AS day, range AS hour${more}${filler} FROM range(24)`,
    times: [first, first + 23 * 3_600_000_000],
  }
}

/** Which versions a statement makes readable for DuckDB. */
async function opened(path: string, sql: string): Promise<{ versions: number[]; rows: unknown[][] }> {
  const versions: number[] = []
  const source = await test.pond.source('pending')
  const watched = async (pattern: string): Promise<TableFile[]> =>
    (await source.tables(pattern)).map((file) =>
      file.path !== path || file.parts === undefined
        ? file
        : {
            ...file,
            parts: async () =>
              (await file.parts!()).map((part) => ({
                ...part,
                hostFile: () => {
                  versions.push(part.nodeVersion)
                  return part.hostFile()
                },
              })),
          },
    )
  const stream = await test.pond.queries.stream({ ...source, tables: watched }, sql)
  const rows: unknown[][] = []
  for await (const batch of stream.batches) rows.push(...batch.map((row) => [...row]))
  return { versions: versions.sort((a, b) => a - b), rows }
}

describe('a series in SQL', () => {
  it('is the union of its versions by name, in order, up to the moment', async () => {
    await append('/s/union.series', day(0), day(1, { more: ', range * 0.5::DOUBLE AS flow' }))
    await test.commit()
    await append('/s/union.series', day(2))
    const sql = `SELECT day, hour, flow FROM '/s/union.series'`
    const expected = [0, 1, 2].flatMap((d) =>
      Array.from({ length: 24 }, (_, hour) => [d, hour, d === 1 ? hour * 0.5 : null]),
    )
    expect(await test.rows(sql)).toEqual(expected)
    expect(await test.rows(sql, 'head')).toEqual(expected.slice(0, 48))
    expect(await test.rows(`SELECT count(*) FROM '/s/union.series' AT (VERSION => 'head')`)).toEqual([[48]])
    expect(await test.rows(`SELECT count(*) FROM read_parquet('/s/union.series')`)).toEqual([[72]])
    expect(await test.rows(`SELECT DISTINCT filename FROM read_parquet('/s/union.series', filename = true)`)).toEqual([
      ['/s/union.series'],
    ])
    await test.write('/s/other.csv', 'day,hour\n9,1\n')
    expect(await test.rows(`SELECT count(*), max(day) FROM '/s/{union.series,other.csv}'`)).toEqual([[73, 9]])
    expect(await test.objects(`DESCRIBE '/s/union.series'`)).toMatchObject(
      ['ts', 'day', 'hour', 'flow'].map((name) => ({ column_name: name })),
    )
    expect((await test.rows(`SUMMARIZE '/s/union.series'`)).length).toBe(4)
    const file = (await (await test.pond.source('pending')).tables('/s/union.series'))[0]!
    expect(await test.pond.queries.describe(file)).toMatchObject({ format: 'parquet', rows: 72 })
  })

  it('has each of its columns once in pond.columns, whichever version brought it', async () => {
    await append('/columns.series', day(0), day(1, { more: `, 'x' AS late` }), day(2))
    const columns = await test.rows(`SELECT path, column_name, ordinal FROM pond.columns('/columns.series')`)
    const names = columns.map(([, name]) => name)
    expect(names.filter((name) => name === 'ts')).toEqual(['ts'])
    expect(names).toContain('late')
    expect(new Set(names).size).toBe(names.length)
    expect(columns.map(([, , ordinal]) => ordinal)).toEqual(names.map((_, i) => i + 1))
  })

  it('opens the versions that a range of time needs, and the newest for its columns', async () => {
    await append('/s/range.series', ...Array.from({ length: 10 }, (_, i) => day(i)))
    const cases: readonly (readonly [where: string, versions: number[], rows: number])[] = [
      [`ts >= '2026-01-08'`, [7, 8, 9, 10], 72],
      [`'2026-01-03' > ts`, [1, 2, 3, 4, 10], 48],
      [`ts BETWEEN '2026-01-05' AND '2026-01-05 05:00' AND hour > 2`, [4, 5, 6, 10], 3],
      [`ts = TIMESTAMP '2026-01-05 05:00'`, [4, 5, 6, 10], 1],
      [`ts < DATE '2026-01-06' AND ts > '2026-01-04'::TIMESTAMP + INTERVAL 1 HOUR`, [3, 4, 5, 6, 7, 10], 46],
      [`s.ts > '2027-01-01'`, [10], 0],
      // What says nothing about all rows leaves nothing out.
      [`ts >= '2026-01-08' OR hour = 0`, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 79],
      [`NOT ts >= '2026-01-08'`, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 168],
      [`ts + INTERVAL 1 DAY >= '2026-01-08'`, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 96],
    ]
    for (const [where, versions, count] of cases) {
      const found = await opened('/s/range.series', `SELECT count(*) FROM '/s/range.series' s WHERE ${where}`)
      expect([found.versions, Number(found.rows[0]![0])], where).toEqual([versions, count])
    }
    const sampled = `SELECT count(*) FROM '/s/range.series' TABLESAMPLE 100% WHERE ts >= '2026-01-08'`
    expect((await opened('/s/range.series', sampled)).versions).toHaveLength(10)
    const joined = `SELECT count(*) FROM '/s/range.series' ASOF JOIN (SELECT TIMESTAMP '2026-01-04' AS ts) t USING (ts) WHERE ts > '2026-01-03'`
    expect((await opened('/s/range.series', joined)).versions).toHaveLength(10)
  })

  it('gives the rows of all versions together, whatever the range and the type of the column', async () => {
    for (const type of ['TIMESTAMP', 'TIMESTAMPTZ', 'DATE', 'TIMESTAMP_NS']) {
      const path = `/s/any-${type}.series`
      await append(path, ...[0, 3, 1, 7, 5].map((i) => day(i, { type })))
      const when = fc.integer({ min: -48, max: 240 }).map((hour) => new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000))
      const condition = fc.record({ op: fc.constantFrom('<', '<=', '>', '>=', '='), at: when })
      await fc.assert(
        fc.asyncProperty(fc.array(condition, { minLength: 1, maxLength: 3 }), async (conditions) => {
          const where = conditions.map(({ op, at }) => `ts ${op} '${at.toISOString().slice(0, 19)}'`).join(' AND ')
          // A filter above the table is no WHERE of the table.
          const whole = `SELECT day, hour FROM (SELECT * FROM '${path}' OFFSET 0) WHERE ${where}`
          expect(await test.rows(`SELECT day, hour FROM '${path}' WHERE ${where}`)).toEqual(await test.rows(whole))
        }),
        { numRuns: runs(8) },
      )
    }
  })

  it('finds a column that only versions outside the range have', async () => {
    await append('/s/column.series', day(0, { more: ', 1 AS early' }), day(5), day(9))
    const sql = `SELECT count(*), count(early) FROM '/s/column.series' WHERE ts > '2026-01-05'`
    expect(await test.rows(sql)).toEqual([[48, 0]])
    await expect(test.rows(`SELECT nothing FROM '/s/column.series' WHERE ts > '2026-01-05'`)).rejects.toMatchObject({
      code: 'query.failed',
    })
  })

  it('does not mind damage in versions that it does not open', async () => {
    await append('/s/damaged.series', day(0, { wide: true }), day(5, { wide: true }), day(9, { wide: true }))
    await test.commit()
    const file = (await (await test.pond.source('head')).tables('/s/damaged.series'))[0]!
    const [first] = await file.parts!()
    const { sha256 } = first!
    const blob = join(test.folder, 'large', sha256.slice(0, 2), sha256)
    const bytes = await readFile(blob)
    await test.reopen()
    await rm(blob)
    await writeFile(blob, bytes.subarray(0, bytes.length - 9))
    expect(await test.rows(`SELECT count(*) FROM '/s/damaged.series' WHERE ts > '2026-01-04'`)).toEqual([[48]])
    await expect(test.rows(`SELECT count(*) FROM '/s/damaged.series'`)).rejects.toMatchObject({
      code: 'tlogfs.corrupt-content',
    })
    await rm(blob)
    await writeFile(blob, bytes)
    expect(await test.rows(`SELECT count(*) FROM '/s/damaged.series'`)).toEqual([[72]])
  })

  it('of a thousand versions reads in one statement', async () => {
    const bytes = await parquet(`SELECT make_timestamp(${START}) AS ts, 1 AS n`)
    const content = await test.pond.prepare([bytes])
    for (let from = 0; from < 1_000; from += 250) {
      await test.pond.stage(async (fs) => {
        for (let i = from; i < from + 250; i++) {
          const at = START + i * DAY
          const facts = { timestampColumn: 'ts', rows: 1 }
          await fs.append('/s/long.series', { content, facts, minEventTime: at, maxEventTime: at })
        }
      })
    }
    await test.commit()
    expect(await test.rows(`SELECT count(*), sum(n) FROM '/s/long.series'`, 'head')).toEqual([[1_000, '1000']])
    const { versions } = await opened('/s/long.series', `SELECT count(*) FROM '/s/long.series' WHERE ts > '2028-09-01'`)
    expect(versions.length).toBeLessThan(30)
  })
})

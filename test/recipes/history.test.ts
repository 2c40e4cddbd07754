import fc from 'fast-check'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newPond, type Row, type TestPond } from '../query/pond'

const RECIPE = `recipe: reduce
input: /raw/a.series
name: x
every: [1d, 6h]
values: [{ fn: avg }, { fn: stddev }, { fn: sum }, { fn: min }, { fn: count }, { fn: first }, { fn: last }]
`
const OUTPUT = "'/low/x/res=1d.series'"
const EXPECTED = `SELECT time_bucket(INTERVAL '1 day', timestamp::TIMESTAMP, TIMESTAMP '1970-01-01')::TIMESTAMPTZ AS timestamp,
  avg(level), avg(n), stddev(level), stddev(n), sum(level), sum(n)::DECIMAL(38,0), min(level), min(n), count(level), count(n),
  first(level ORDER BY timestamp, r) FILTER (level IS NOT NULL), first(n ORDER BY timestamp, r) FILTER (n IS NOT NULL),
  last(level ORDER BY timestamp, r) FILTER (level IS NOT NULL), last(n ORDER BY timestamp, r) FILTER (n IS NOT NULL)
  FROM (SELECT *, row_number() OVER () AS r FROM '/raw/a.series') WHERE timestamp IS NOT NULL GROUP BY 1 ORDER BY 1`

type Reading = readonly [hours: number | null, level: number | null, n: number | null]
type Step =
  | { readonly kind: 'append'; readonly rows: readonly Reading[] }
  | { readonly kind: 'commit' | 'clear' | 'delete' | 'move' | 'reopen' }
  | { readonly kind: 'restore'; readonly back: number }

/** Hours over two years, with many of them near each other, and some rows without a time or a value. */
const hours = fc.oneof(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1_530, max: 1_560 }))
const level = fc.integer({ min: -1_000, max: 1_000 }).map((n) => n / 8)
const reading: fc.Arbitrary<Reading> = fc.tuple(
  fc.option(hours, { nil: null, freq: 8 }),
  fc.option(level, { nil: null }),
  fc.option(fc.integer({ min: -1e9, max: 1e9 }), { nil: null }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      rows: fc.array(reading, { minLength: 1, maxLength: 30 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('commit' as const, 'clear' as const, 'delete' as const, 'move' as const, 'reopen' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restore' as const), back: fc.integer({ min: 0, max: 3 }) }) },
)

const START = Date.UTC(2025, 0, 1)
function csv(rows: readonly Reading[]): Uint8Array {
  const lines = rows.map(([hours, level, n]) => {
    const at = hours === null ? '' : new Date(START + hours * 3_600_000).toISOString()
    return `${at},${level ?? ''},${n ?? ''}`
  })
  // A column without a value would be none of numbers.
  return Buffer.from(`timestamp,level,n\n2025-06-01T00:00:00Z,0.5,1\n${lines.join('\n')}\n`)
}

async function perform(test: TestPond, one: Step): Promise<void> {
  const { pond } = test
  const isThere = await (await pond.moment('pending')).fs.exists('/raw/a.series')
  switch (one.kind) {
    case 'append':
      await pond.appendSeries('/raw/a.series', [csv(one.rows)], { parents: true })
      return
    case 'commit':
      await pond.commit({ message: 'so far' })
      return
    case 'clear':
      return rm(join(test.folder, 'cache/derived'), { recursive: true, force: true })
    case 'delete':
      if (isThere) await pond.stage((fs) => fs.remove('/raw/a.series'))
      return
    case 'move':
      // There and back: another place, the same content.
      if (!isThere) return
      await pond.stage((fs) => fs.rename('/raw/a.series', '/raw/b.series'))
      await pond.stage((fs) => fs.rename('/raw/b.series', '/raw/a.series'))
      return
    case 'reopen':
      return test.reopen()
    case 'restore': {
      const { version } = await pond.status()
      const to = Math.max(0, version - one.back)
      const before = await pond.moment(String(to))
      if (await before.fs.exists('/raw/a.series')) await pond.restore('/raw/a.series', String(to))
    }
  }
}

const rounded = (rows: readonly Row[]): unknown[] =>
  rows.map((row) => row.map((value) => (typeof value === 'number' ? Number(value.toPrecision(11)) : value)))

async function expectAlike(test: TestPond, at: string): Promise<void> {
  const moment = await test.pond.moment(at)
  if (!(await moment.fs.exists('/raw/a.series'))) return
  expect(rounded(await test.rows(`FROM ${OUTPUT}`, at)), at).toEqual(rounded(await test.rows(EXPECTED, at)))
}

describe('A reduction in any history', () => {
  it('is one GROUP BY at every version, and pending, whatever is in the cache', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 9 }), async (steps) => {
        await using test = await newPond()
        const content = await test.pond.prepare([Buffer.from(RECIPE)])
        await test.pond.stage((fs) => fs.put('/low.recipe.yaml', content))
        for (const [i, one] of steps.entries()) {
          await perform(test, one)
          if (i % 2 === 1) await expectAlike(test, 'pending')
        }
        const { version } = await test.pond.status()
        for (let at = 1; at <= version; at++) await expectAlike(test, String(at))
        await expectAlike(test, 'pending')
      }),
      { numRuns: 4 },
    )
  })
})

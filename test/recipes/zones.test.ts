import { describe, expect, it } from 'vitest'
import { Zone } from '../../src/shared/zones'
import { newPond, type TestPond } from '../query/pond'

async function write(test: TestPond, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const content = await test.pond.prepare([Buffer.from(text)])
    await test.pond.stage((fs) => fs.put(path, content, { parents: true, replace: true }))
  }
}
const HOUR = 3_600_000
const DAY = 24 * HOUR
const NAMES: Readonly<Record<string, number>> = { '1h': HOUR, '1d': DAY, '7d': 7 * DAY }

/** Rows each half an hour, in two forms: one that knows its times, and one that does not. */
async function pondOf(test: TestPond, zone: string, year: number): Promise<number[]> {
  // Three weeks around each change of the clock.
  const weeks = (from: number) => Array.from({ length: 2 * 24 * 21 }, (_, i) => from + (i * HOUR) / 2)
  const times = [...weeks(Date.UTC(year, 2, 5)), ...weeks(Date.UTC(year, 2, 26)), ...weeks(Date.UTC(year, 9, 20))]
  const csv = `timestamp,n\n${times.map((at, i) => `${new Date(at).toISOString()},${i}`).join('\n')}\n`
  await test.pond.appendSeries('/raw/a.series', [Buffer.from(csv)], { parents: true })
  const fields = `name: x\nevery: [${Object.keys(NAMES).join(', ')}]\nzone: ${zone}\nvalues: [{ fn: count }, { fn: min }, { fn: first }]\n`
  await write(test, {
    '/sliced.recipe.yaml': `recipe: reduce\ninput: /raw/a.series\n${fields}`,
    '/all.recipe.yaml': "recipe: sql\nquery: SELECT DISTINCT * FROM '/raw/a.series'\n",
    '/whole.recipe.yaml': `recipe: reduce\ninput: /all\n${fields}`,
  })
  return times
}

/** Told row by row: a bucket begins where the clock last showed its beginning, one of days where it first did. */
function bucketsOf(times: readonly number[], zone: Zone, width: number): [at: number, count: number, least: number][] {
  const buckets = new Map<number, [at: number, count: number, least: number]>()
  const shown = (at: number): number => zone.localOf(at * 1_000) / 1_000
  const starts = new Map<string, number>()
  for (const [n, at] of times.entries()) {
    const local = Math.floor(shown(at) / width) * width
    const key = `${local} ${width < DAY ? shown(at) - at : ''}`
    if (!starts.has(key)) {
      let start = at
      while (width < DAY && shown(start) !== local && at - start <= width + DAY) start -= 60_000
      starts.set(key, shown(start) === local && width < DAY ? start : zone.firstOf(local * 1_000) / 1_000)
    }
    const start = starts.get(key)!
    const bucket = buckets.get(start)
    if (bucket === undefined) buckets.set(start, [start, 1, n])
    else bucket[1]++
  }
  return [...buckets.values()].sort(([a], [b]) => a - b)
}

describe('A reduction in a zone', () => {
  it.each([
    ['Europe/Berlin', 2026],
    ['America/Goose_Bay', 2010],
  ])('has days of 23 and of 25 hours, computed in slices or as a whole: %s', async (name, year) => {
    await using test = await newPond()
    const times = await pondOf(test, name, year)
    const zone = Zone.of(name)!
    for (const [every, width] of Object.entries(NAMES)) {
      const select = `SELECT epoch_ms(timestamp::TIMESTAMP)::DOUBLE, "n.count"::INTEGER, "n.min"::INTEGER, "n.first"::INTEGER`
      const sliced = await test.rows(`${select} FROM '/sliced/x/res=${every}.series'`)
      expect(sliced, every).toEqual(await test.rows(`${select} FROM '/whole/x/res=${every}.series'`))
      expect(
        sliced.map(([at, count, least]) => [at, count, least]),
        every,
      ).toEqual(bucketsOf(times, zone, width))
    }
    const hours = await test.rows(`SELECT DISTINCT "n.count"::INTEGER FROM '/sliced/x/res=1d.series' ORDER BY ALL`)
    if (name === 'Europe/Berlin') expect(hours.slice(-3)).toEqual([[46], [48], [50]])
  })
})

import { tableFromIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import type { QueryState } from '../../../shared/model'
import type { Run } from '../index'
import { openBench, vega } from '../testing/host-source'

const bench = await openBench()

async function start(sql: string, files: Record<string, string | Uint8Array> = {}): Promise<Run> {
  return bench.queries.start(await bench.source(files), sql)
}

async function ended(run: Run): Promise<QueryState[]> {
  const states: QueryState[] = []
  for await (const state of run.states()) states.push(state)
  return states
}

/** Values of a page, column by column. */
async function page(run: Run, offset: number, limit: number): Promise<unknown[][]> {
  const table = tableFromIPC(await run.page(offset, limit))
  return table.schema.fields.map((_, index) => [...table.getChildAt(index)!])
}

describe('a run', () => {
  it('goes from running to done, and tells its columns on the way', async () => {
    const run = await start(`SELECT range AS n, 'row ' || range AS t FROM range(100_000)`)
    expect(run.current()).toMatchObject({ state: 'running', queryId: run.id, at: { kind: 'version', version: 1 } })
    const states = await ended(run)
    expect(states[0]!.state).toBe('running')
    expect(states.at(-1)).toMatchObject({
      state: 'done',
      rowsReady: 100_000,
      percent: 100,
      error: null,
      columns: [
        { name: 'n', type: 'BIGINT' },
        { name: 't', type: 'VARCHAR' },
      ],
    })
    expect(states.map((state) => state.rowsReady)).toEqual(
      [...states.map((state) => state.rowsReady)].sort((a, b) => a - b),
    )
    await run.close()
  })

  it.each([364, 1_741])(
    'says of %i lists in each other that they cannot be shown, and how they can',
    async (levels) => {
      const files = { '/nested.json': `${'['.repeat(levels)}1${']'.repeat(levels)}` }
      const run = await start(`FROM read_json('/nested.json')`, files)
      expect((await ended(run)).at(-1)).toMatchObject({
        state: 'failed',
        error: { code: 'query.failed', message: expect.stringContaining('nested too deep') as string },
      })
      await run.close()
      const cast = await start(`SELECT json::JSON AS j FROM read_json('/nested.json')`, files)
      expect((await ended(cast)).at(-1)).toMatchObject({ state: 'done', rowsReady: 1 })
      await cast.close()
    },
  )

  it('gives any window of its rows, in the order of the statement', async () => {
    const run = await start(`SELECT range AS n FROM range(50_000) ORDER BY n DESC`)
    await ended(run)
    expect(await page(run, 0, 3)).toEqual([[49_999n, 49_998n, 49_997n]])
    expect(await page(run, 25_000, 2)).toEqual([[24_999n, 24_998n]])
    expect(await page(run, 49_999, 100)).toEqual([[0n]])
    expect(await page(run, 50_000, 100)).toEqual([[]])
    expect(await page(run, 2_040, 20)).toEqual([
      Array.from({ length: 20 }, (_, index) => BigInt(49_999 - 2_040 - index)),
    ])
    await run.close()
  })

  it('gives pages that are bounded in bytes, whatever the rows hold, and all rows to who asks for the rest', async () => {
    const large = 5_000_000
    const run = await start(`SELECT range AS n, repeat('ü', 50_000) AS t, [repeat('x', 30_000)] AS l,
      CASE WHEN range = 200 THEN repeat('y', ${large})::BLOB END AS b FROM range(300)`)
    await ended(run)
    const seen: unknown[] = []
    let pages = 0
    for (; seen.length < 300; pages++) {
      const bytes = await run.page(seen.length, 300)
      const rows = [...tableFromIPC(bytes).getChildAt(0)!]
      // Another batch's padding, offsets and bitmaps are beside the values.
      if (bytes.length > 4.5 * 1024 * 1024) expect([rows, bytes.length < large + 200_000]).toEqual([[200n], true])
      expect(rows.length).toBeGreaterThan(0)
      seen.push(...rows)
    }
    expect(seen).toEqual(Array.from({ length: 300 }, (_, i) => BigInt(i)))
    expect(pages).toBeGreaterThan(9)
    await run.sort([{ column: 0, descending: true }])
    expect((await page(run, 0, 2))[0]).toEqual([299n, 298n])
    expect(await page(run, 300, 10)).toEqual([[], [], [], []])
    await run.close()
  })

  it('gives as many numbers as fit, without looking at them', async () => {
    const run = await start(
      `SELECT ${Array.from({ length: 50 }, (_, i) => `range + ${i}`).join(', ')} FROM range(90_000)`,
    )
    await ended(run)
    const [numbers] = await page(run, 10, 100_000)
    expect(numbers!.length).toBe(Math.floor((4 * 1024 * 1024) / (50 * 16)))
    await run.close()
  })

  it('shows its first rows while the rest still comes', async () => {
    const run = await start(`SELECT range AS n FROM range(60_000_000)`)
    for await (const state of run.states()) if (state.rowsReady > 0) break
    expect(run.current().state).toBe('running')
    expect((await page(run, 0, 5))[0]).toEqual([0n, 1n, 2n, 3n, 4n])
    await run.close()
  })

  it('keeps columns of the same name apart', async () => {
    const run = await start(`SELECT 1 AS a, 2 AS a, 3 AS "A"`)
    await ended(run)
    expect(await page(run, 0, 10)).toEqual([[1], [2], [3]])
    await run.close()
  })

  it('shows pages of more columns than expressions may be deep', async () => {
    const columns = Array.from({ length: 1_500 }, (_, i) => `'${i}' AS x${i}`)
    const run = await start(`SELECT ${columns.join(', ')}`)
    await ended(run)
    const shown = await page(run, 0, 10)
    expect([shown.length, shown[0], shown.at(-1)]).toEqual([1_500, ['0'], ['1499']])
    await run.close()
  })

  it('runs EXPLAIN, DESCRIBE and statements without rows', async () => {
    for (const sql of [
      'EXPLAIN SELECT 1',
      'DESCRIBE SELECT 1',
      'SELECT 1 WHERE false',
      'CREATE TEMP VIEW v AS SELECT 1',
    ]) {
      const run = await start(sql)
      expect((await ended(run)).at(-1), sql).toMatchObject({ state: 'done', error: null })
      expect((await page(run, 0, 10)).length, sql).toBe(run.current().columns!.length)
      await run.close()
    }
  })

  it('says how many results of earlier statements are not shown', async () => {
    const run = await start('SELECT 1; CREATE TEMP VIEW v AS SELECT 2 AS b; FROM v; FROM v')
    expect((await ended(run)).at(-1)).toMatchObject({ state: 'done', resultsDropped: 2, columns: [{ name: 'b' }] })
    await run.close()
    const single = await start('SELECT 1')
    expect((await ended(single)).at(-1)).toMatchObject({ resultsDropped: 0 })
    await single.close()
  })

  it('fails with a place in the statement', async () => {
    const run = await start('SELECT 1,\n nothere')
    expect((await ended(run)).at(-1)).toMatchObject({
      state: 'failed',
      error: { code: 'query.failed', line: 2, column: 2, candidates: [] },
    })
    expect(await page(run, 0, 10)).toEqual([])
    await run.close()
  })

  it('that fails in the middle keeps the rows it has', async () => {
    const run = await start(
      `SELECT CASE WHEN range = 500_000 THEN error('stop') ELSE range::VARCHAR END AS n FROM range(1_000_000)`,
    )
    const last = (await ended(run)).at(-1)!
    expect(last).toMatchObject({ state: 'failed', error: { code: 'query.failed', message: 'stop' } })
    expect(await page(run, 0, 1)).toEqual([['0']])
    const { rowsReady } = last
    expect(rowsReady).toBeGreaterThan(0)
    expect(await page(run, rowsReady - 1, 1)).toEqual([[String(rowsReady - 1)]])
    await run.close()
  })

  it('is cancelled at once', async () => {
    const run = await start('SELECT count(*) FROM range(100_000_000_000) a')
    await bench.world.clock.sleep(100)
    const before = bench.world.clock.elapsed()
    run.cancel()
    expect((await ended(run)).at(-1)).toMatchObject({ state: 'cancelled', error: { code: 'query.cancelled' } })
    expect(bench.world.clock.elapsed() - before).toBeLessThan(500_000)
    await run.close()
  })

  it('is cancelled whenever that happens', async () => {
    for (const delayMs of [0, 1, 2, 3, 5, 8, 13, 21, 34]) {
      const run = await start(`FROM '/a.csv', range(100_000_000_000) ORDER BY random()`, { '/a.csv': 'a\n1\n' })
      await bench.world.clock.sleep(delayMs)
      run.cancel()
      expect((await ended(run)).at(-1)!.state).toBe('cancelled')
      await run.close()
    }
  })

  it('tells how far it is, never backwards', async () => {
    const sql = `FROM (FROM '/flights.parquet' LIMIT 700_000) ORDER BY md5(date::VARCHAR || delay)`
    const run = await start(sql, { '/flights.parquet': await vega('flights-3m.parquet') })
    const seen = (await ended(run)).flatMap(({ percent }) => percent ?? [])
    expect(seen.some((percent) => percent > 0 && percent < 100)).toBe(true)
    expect(seen).toEqual([...seen].sort((x, y) => x - y))
    await run.close()
  })

  it('cannot be read once closed, and leaves nothing behind', async () => {
    const run = await start('SELECT 1')
    await ended(run)
    await run.close()
    await run.close()
    await expect(run.page(0, 1)).rejects.toMatchObject({ code: 'query.closed' })
    await expect(run.sort([])).rejects.toMatchObject({ code: 'query.closed' })
  })
})

describe('a sort', () => {
  const sql = `SELECT (range * 7919) % 100_003 AS n, range % 10 AS digit, CASE WHEN range % 3 = 0 THEN NULL ELSE range END AS gaps FROM range(100_003)`

  it('orders all rows by any columns, nulls last, ties as they came', async () => {
    const run = await start(sql)
    await ended(run)
    await run.sort([{ column: 0, descending: false }])
    expect((await page(run, 0, 3))[0]).toEqual([0n, 1n, 2n])
    expect((await page(run, 100_000, 10))[0]).toEqual([100_000n, 100_001n, 100_002n])
    await run.sort([
      { column: 1, descending: true },
      { column: 0, descending: true },
    ])
    const [numbers, digits] = (await page(run, 0, 10_000)) as [bigint[], bigint[]]
    expect(new Set(digits)).toEqual(new Set([9n]))
    expect(numbers).toEqual([...numbers].sort((x, y) => (x < y ? 1 : -1)))
    await run.sort([{ column: 2, descending: true }])
    const [, , gaps] = await page(run, 0, 2)
    expect(gaps).toEqual([100_001n, 100_000n])
    expect((await page(run, 100_002, 1))[2]).toEqual([null])
    await run.sort([{ column: 1, descending: false }])
    expect((await page(run, 0, 3))[2]).toEqual([null, 10n, 20n])
    await run.sort([])
    expect((await page(run, 0, 3))[0]).toEqual([0n, 7919n, 15838n])
    await run.close()
  })

  it('can be cancelled, and leaves the rows in the order they had', async () => {
    const run = await start(`SELECT hash(range) AS h, md5(range::VARCHAR) AS m FROM range(1_000_000)`)
    await ended(run)
    const first = await page(run, 0, 1)
    const sorting = run.sort([{ column: 1, descending: false }])
    await bench.world.clock.sleep(20)
    run.cancel()
    await expect(sorting).rejects.toMatchObject({ code: 'query.cancelled' })
    expect(run.current().state).toBe('done')
    expect(await page(run, 0, 1)).toEqual(first)
    await run.close()
  })

  it('names a column that is not there', async () => {
    const run = await start('SELECT 1')
    await ended(run)
    await expect(run.sort([{ column: 1, descending: false }])).rejects.toMatchObject({ code: 'query.failed' })
    await run.close()
  })
})

describe('runs side by side', () => {
  it('never see each other', async () => {
    const one = await start(`FROM '/a.csv'`, { '/a.csv': 'a\n1\n' })
    const two = await start(`FROM '/a.csv'`, { '/a.csv': 'a\n2\n' })
    await Promise.all([ended(one), ended(two)])
    expect([await page(one, 0, 9), await page(two, 0, 9)]).toEqual([[[1n]], [[2n]]])
    await Promise.all([one.close(), two.close()])
  })

  it('queue beyond three, and a queued one can be cancelled', async () => {
    const endless = 'SELECT count(*) FROM range(100_000_000_000) a'
    const busy = await Promise.all([start(endless), start(endless), start(endless)])
    const queued = await start('SELECT 1')
    const second = await start('SELECT 2')
    await bench.world.clock.sleep(50)
    expect(queued.current().state).toBe('running')
    queued.cancel()
    expect((await ended(queued)).at(-1)!.state).toBe('cancelled')
    busy[0]!.cancel()
    expect((await ended(second)).at(-1)!.state).toBe('done')
    await Promise.all([...busy, queued, second].map((run) => run.close()))
  })
})

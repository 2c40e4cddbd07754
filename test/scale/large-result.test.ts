import { tableFromIPC } from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import type { QueryState } from '../../src/shared/model'
import type { Run } from '../../src/main/query'
import { openBench, vega } from '../../src/main/query/testing/host-source'

const bench = await openBench()

async function ended(run: Run): Promise<QueryState | undefined> {
  let last: QueryState | undefined
  for await (const state of run.states()) last = state
  return last
}

/** Values of a page, column by column. */
async function page(run: Run, offset: number, limit: number): Promise<unknown[][]> {
  const table = tableFromIPC(await run.page(offset, limit))
  return table.schema.fields.map((_, index) => [...table.getChildAt(index)!])
}

describe('three million rows', () => {
  it('are all there: the first page soon, the last page fast, sorted once', async () => {
    const files = { '/flights.parquet': await vega('flights-3m.parquet') }
    const run = await bench.queries.start(await bench.source(files), `FROM '/flights.parquet'`)
    expect(await ended(run)).toMatchObject({ state: 'done', rowsReady: 3_000_000 })
    expect((await page(run, 2_999_999, 10))[3]).toHaveLength(1)
    await run.sort([{ column: 1, descending: true }])
    expect((await page(run, 0, 1))[1]).toEqual([1688n])
    const before = bench.world.clock.elapsed()
    await page(run, 1_500_000, 1_000)
    // Measured: 2 to 6 ms. The bound only tells a window from a scan on a busy machine.
    expect(bench.world.clock.elapsed() - before).toBeLessThan(250_000)
    await run.close()
  })
})

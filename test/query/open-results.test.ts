/** Results that stay open: nobody has to read one to run another statement. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newPond } from './pond'

describe('results that nobody reads', () => {
  it('keep no statement, export or append from running', { timeout: 20_000 }, async () => {
    await using test = await newPond()
    await test.write('/a.csv', 'n\n1\n')
    const source = await test.pond.source('pending')
    const { queries } = test.pond
    const open = await Promise.all(
      Array.from({ length: 5 }, (_, i) => queries.stream(source, `SELECT ${i} AS n FROM range(1_000_000)`)),
    )
    expect(await test.rows(`FROM '/a.csv'`)).toEqual([[1]])
    const target = join(test.folder, 'out.csv')
    expect(await queries.export(source, 'SELECT 1', { format: 'csv', target, metadata: {} })).toMatchObject({ rows: 1 })
    expect(existsSync(target)).toBe(true)
    for (const [i, stream] of open.entries()) {
      const first = await stream.batches[Symbol.asyncIterator]().next()
      expect((first.value as unknown[][])[0]).toEqual([i])
    }
    await Promise.all(open.map((stream) => stream.close()))
  })

  it('can be read inside each other, to any depth', { timeout: 20_000 }, async () => {
    await using test = await newPond()
    const source = await test.pond.source('pending')
    const count = async (depth: number): Promise<number> => {
      const stream = await test.pond.queries.stream(source, 'FROM range(2_500)')
      let rows = 0
      for await (const batch of stream.batches) rows += batch.length + (depth > 0 ? await count(depth - 1) : 0)
      return rows
    }
    // Two batches each.
    expect(await count(4)).toBe(2_500 * (1 + 2 + 4 + 8 + 16))
  })
})

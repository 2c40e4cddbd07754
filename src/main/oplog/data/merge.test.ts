import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimClock } from '../../platform/sim'
import { mergeRows, Portions, sortRows } from './merge'
import type { OplogRow } from './row'
import { row } from '../testing/ledger'
import { compareRows } from './oplog-table'

const clock = new SimClock()
const limit = { rows: 3, bytes: 100, bytesOf: (each: OplogRow) => each.size ?? 0 }

const rows = fc.array(
  fc
    .record({
      partId: fc.constantFrom('a', 'b', 'c'),
      nodeId: fc.constantFrom('x', 'y', 'z'),
      version: fc.nat(9),
      size: fc.nat(150),
    })
    .map(row),
  { maxLength: 30 },
)

async function* inBatches(sorted: readonly OplogRow[], size: number): AsyncGenerator<readonly OplogRow[]> {
  for (let start = 0; start <= sorted.length; start += size) yield sorted.slice(start, start + size)
}

describe('merging', () => {
  it('gives the rows of all inputs in order, in batches within the limits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { maxLength: 6 }), fc.integer({ min: 1, max: 7 }), async (inputs, size) => {
        const batches: (readonly OplogRow[])[] = []
        const sorted = inputs.map((input) => inBatches(input.toSorted(compareRows), size))
        for await (const batch of mergeRows(sorted, limit)) batches.push(batch)
        expect(batches.flat().map(keyOf)).toEqual(inputs.flat().toSorted(compareRows).map(keyOf))
        expect(new Set(batches.flat()).size).toBe(inputs.flat().length)
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0)
          const bytes = batch.reduce((sum, each) => sum + limit.bytesOf(each), 0)
          expect(batch.length === 1 || (batch.length <= limit.rows && bytes <= limit.bytes)).toBe(true)
        }
      }),
    )
  })

  it('notices an input that is not in order', async () => {
    const unsorted = inBatches([row({ version: 2 }), row({ version: 1 })], 10)
    await expect(mergeRows([unsorted], { ...limit, rows: 10 }).next()).rejects.toThrow(RangeError)
  })
})

describe('sorting', () => {
  it('is the same for many runs as for one', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => row({ version: (index * 7919) % 20_011, size: 0 }))
    const sorted: OplogRow[] = []
    for await (const batch of sortRows(many, { ...limit, rows: 2_000 }, clock)) sorted.push(...batch)
    expect(sorted).toEqual(many.toSorted(compareRows))
  })
})

describe('a stream in portions', () => {
  it('loses nothing and repeats nothing', async () => {
    const portions = new Portions(
      inBatches(
        [1, 2, 3, 4, 5].map((version) => row({ version })),
        1,
      ),
    )
    const taken: number[][] = []
    while (!(await portions.isAtEnd())) {
      const portion: number[] = []
      for await (const batch of portions.take(() => portion.length < 2))
        portion.push(...batch.map(({ version }) => version))
      taken.push(portion)
    }
    expect(taken).toEqual([[1, 2], [3, 4], [5], []].slice(0, taken.length))
    expect(taken.flat()).toEqual([1, 2, 3, 4, 5])
  })
})

const keyOf = ({ partId, nodeId, version }: OplogRow) => [partId, nodeId, version]

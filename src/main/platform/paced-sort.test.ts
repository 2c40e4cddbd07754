import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Pace } from './pace'
import { pacedSort } from './paced-sort'

it('sorts very many things as an array does, equal ones in their order, and lets others run meanwhile', async () => {
  // Every look at the clock costs a millisecond, and so eight of them a rest.
  let time = 0
  let rests = 0
  const clock = { now: () => time, elapsed: () => (time += 1_000), sleep: async () => void rests++ }
  const many = fc
    .array(fc.nat(500), { minLength: 0, maxLength: 300 })
    .chain((some) =>
      fc.nat(12_000).map((length) => Array.from({ length }, (_, i) => ({ i, key: some[i % (some.length || 1)] ?? i }))),
    )
  const byKey = (a: { key: number }, b: { key: number }): number => a.key - b.key
  await fc.assert(
    fc.asyncProperty(many, async (items) => {
      rests = 0
      const sorted = await pacedSort(items, byKey, new Pace(clock))
      const expected = items.toSorted(byKey)
      expect(sorted.length).toBe(expected.length)
      expect(sorted.every((item, i) => item === expected[i])).toBe(true)
      if (items.length > 8_192) expect(rests).toBeGreaterThan(0)
    }),
    { numRuns: 50 },
  )
})

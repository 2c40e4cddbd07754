import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ForkedMap } from './forked-map'

it('a forked map and its copies are what sorted maps and copies of them are', () => {
  const key = fc.integer({ min: 0, max: 600 })
  const act = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ at: fc.nat(5), from: key, count: fc.integer({ min: 1, max: 200 }), value: fc.nat() }),
    },
    { weight: 4, arbitrary: fc.record({ at: fc.nat(5), fork: fc.constant(true) }) },
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), key, (acts, from) => {
      const pairs = [{ forked: new ForkedMap<number, number | null>(), plain: new Map<number, number | null>() }]
      for (const each of acts) {
        const { forked, plain } = pairs[each.at % pairs.length]!
        if ('fork' in each) pairs.push({ forked: forked.fork(), plain: new Map(plain) })
        else
          for (let k = each.from; k < each.from + each.count; k++) {
            const value = (k + each.value) % 5 === 0 ? null : each.value
            if ((k + each.value) % 7 === 0) {
              forked.delete(k)
              plain.delete(k)
            } else {
              forked.set(k, value)
              plain.set(k, value)
            }
          }
      }
      for (const { forked, plain } of pairs) {
        const sorted = [...plain].sort(([a], [b]) => a - b)
        expect(forked.size).toBe(plain.size)
        expect([...forked.entries()]).toEqual(sorted)
        expect([...forked.entries(from)]).toEqual(sorted.filter(([k]) => k >= from))
        for (let k = 0; k < 900; k += 7) expect([forked.has(k), forked.get(k)]).toEqual([plain.has(k), plain.get(k)])
      }
    }),
    { numRuns: 40 },
  )
})

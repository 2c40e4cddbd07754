import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ForkedList } from './forked-list'

it('a forked list and its copies are what arrays and copies of them are', () => {
  const act = fc.oneof(
    { weight: 8, arbitrary: fc.record({ at: fc.nat(5), count: fc.integer({ min: 0, max: 400 }) }) },
    { weight: 4, arbitrary: fc.record({ at: fc.nat(5), fork: fc.constant(true) }) },
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), fc.nat(900), (acts, from) => {
      const pairs = [{ forked: new ForkedList<number>(), plain: [] as number[] }]
      let next = 0
      for (const each of acts) {
        const { forked, plain } = pairs[each.at % pairs.length]!
        if ('fork' in each) pairs.push({ forked: forked.fork(), plain: [...plain] })
        else
          for (let i = 0; i < each.count; i++, next++) {
            forked.push(next)
            plain.push(next)
          }
      }
      for (const { forked, plain } of pairs) {
        expect(forked.length).toBe(plain.length)
        expect([...forked]).toEqual(plain)
        expect([...forked.from(from)]).toEqual(plain.slice(from))
        for (let i = 0; i < plain.length + 300; i += 77) expect(forked.at(i)).toBe(plain[i])
      }
    }),
    { numRuns: 100 },
  )
})

it('gives those that were there when the walk began, whatever is added meanwhile', () => {
  const list = new ForkedList<number>()
  for (let i = 0; i < 300; i++) list.push(i)
  const walk = list[Symbol.iterator]()
  walk.next()
  for (let i = 300; i < 900; i++) list.push(i)
  expect([...walk]).toEqual(Array.from({ length: 299 }, (_, i) => i + 1))
})

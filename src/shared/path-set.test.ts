import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithin } from './path'
import { PathSet } from './path-set'

const path = fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 5 }).map((names) => `/${names.join('/')}`)

describe('a set of paths', () => {
  it('names those that a path is at or below, the nearest first', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 6 }), path, (paths, place) => {
        const set = new PathSet(paths)
        const expected = [...new Set(paths)].filter((each) => isWithin(place, each)).sort((a, b) => b.length - a.length)
        expect([...set.above(place)]).toEqual(expected)
        expect(set.covers(place)).toBe(expected.length > 0)
      }),
    )
  })
})

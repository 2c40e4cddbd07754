import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choose, moveActive, NOTHING_CHOSEN, settle, type ListSelection } from './selection'

const KEYS = ['/a', '/b', '/c', '/d', '/e']
const lists = fc.subarray(KEYS)

describe('choosing changes', () => {
  it('takes a range with shift, in both directions, and one with a plain press', () => {
    const at = (s: ListSelection) => [...s.chosen]
    const b = choose(NOTHING_CHOSEN, KEYS, '/b', 'only')
    const bToD = choose(b, KEYS, '/d', 'range')
    expect(at(bToD)).toEqual(['/b', '/c', '/d'])
    expect(at(choose(bToD, KEYS, '/a', 'range'))).toEqual(['/a', '/b'])
    expect(at(choose(bToD, KEYS, '/e', 'only'))).toEqual(['/e'])
    expect(at(choose(bToD, KEYS, '/c', 'toggle'))).toEqual(['/b', '/d'])
  })

  it('never chooses what is not in the list, and always something where there is something', () => {
    fc.assert(
      fc.property(lists, lists, fc.constantFrom(...KEYS), (before, after, key) => {
        const start = settle(choose(NOTHING_CHOSEN, before, key, 'only'), before, before)
        const end = settle(start, after, before)
        for (const chosen of end.chosen) expect(after).toContain(chosen)
        expect(end.active === null).toBe(after.length === 0)
        if (end.active !== null) expect(end.chosen.size).toBeGreaterThan(0)
      }),
    )
  })

  it('goes to the neighbour when the active one disappears', () => {
    const c = choose(NOTHING_CHOSEN, KEYS, '/c', 'only')
    expect(settle(c, ['/a', '/b', '/d', '/e'], KEYS).active).toBe('/d')
    expect(settle(choose(NOTHING_CHOSEN, KEYS, '/e', 'only'), ['/a'], KEYS).active).toBe('/a')
  })

  it('moves by keys and stops at the ends', () => {
    const c = choose(NOTHING_CHOSEN, KEYS, '/c', 'only')
    const to = (press: string) => moveActive(c, KEYS, press, 10)
    expect([to('ArrowUp'), to('ArrowDown'), to('Home'), to('End'), to('PageDown'), to('PageUp'), to('x')]).toEqual([
      '/b',
      '/d',
      '/a',
      '/e',
      '/e',
      '/a',
      null,
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  lastPosition,
  momentAt,
  positionAtFraction,
  positionForKey,
  positionOf,
  fractionOf,
  roundStep,
  ruler,
  step,
} from './scale'

const head = fc.integer({ min: 0, max: 1_000_000 })
const width = fc.integer({ min: 1, max: 4_000 })

describe('the scale', () => {
  it('gives every moment a position of its own and finds the moment back from it', () => {
    fc.assert(
      fc.property(head, fc.nat(), (h, n) => {
        const position = n % (lastPosition(h) + 1)
        expect(positionOf(momentAt(position, h), h)).toBe(position)
      }),
    )
    expect(momentAt(6, 5)).toBe('pending')
    expect(momentAt(5, 5)).toBe(5)
  })

  it('keeps a version that is not known yet at the head rather than at now', () => {
    expect(positionOf(9, 5)).toBe(5)
  })

  it('finds a position again from where it is drawn', () => {
    fc.assert(
      fc.property(head, fc.nat(), (h, n) => {
        const position = n % (lastPosition(h) + 1)
        expect(positionAtFraction(fractionOf(position, h), h)).toBe(position)
      }),
    )
    expect(positionAtFraction(-3, 5)).toBe(0)
    expect(positionAtFraction(7, 5)).toBe(6)
  })
})

describe('the keys', () => {
  it('go from the empty pond to version 1 with Home and ArrowRight, and to now with End', () => {
    expect(positionForKey('Home', 6, 5)).toBe(0)
    expect(positionForKey('ArrowRight', 0, 5)).toBe(1)
    expect(momentAt(positionForKey('End', 1, 5) ?? -1, 5)).toBe('pending')
  })

  it('never leave the scale', () => {
    const keys = fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End')
    fc.assert(
      fc.property(head, fc.array(keys, { maxLength: 30 }), (h, pressed) => {
        let position = lastPosition(h)
        for (const key of pressed) {
          position = positionForKey(key, position, h) ?? -1
          expect(position).toBeGreaterThanOrEqual(0)
          expect(position).toBeLessThanOrEqual(lastPosition(h))
        }
      }),
    )
  })

  it('undo each other where nothing stops them', () => {
    expect(step(step(20, 10, 40), -10, 40)).toBe(20)
    expect(positionForKey('PageDown', 20, 40)).toBe(10)
    expect(positionForKey('PageUp', 20, 40)).toBe(30)
  })

  it('leave every other key to the window', () => {
    expect(positionForKey('a', 3, 5)).toBeNull()
    expect(positionForKey('Tab', 3, 5)).toBeNull()
  })
})

describe('the ruler', () => {
  it('marks every version while there is room', () => {
    expect(ruler(5, 900).ticks).toEqual([0, 1, 2, 3, 4, 5])
    expect(ruler(5, 900).labelled).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('thins ten thousand versions to round ones and still marks the head', () => {
    const { ticks, labelled } = ruler(10_003, 900)
    expect(ticks.slice(0, 3)).toEqual([0, 100, 200])
    expect(ticks.at(-1)).toBe(10_003)
    expect(labelled.every((version) => version % 1000 === 0)).toBe(true)
  })

  it('never crowds ticks or labels, and labels only ticks', () => {
    fc.assert(
      fc.property(head, width, (h, w) => {
        const { ticks, labelled } = ruler(h, w)
        const perVersion = w / lastPosition(h)
        expect(ticks[0]).toBe(0)
        expect(ticks.at(-1)).toBe(h)
        expect(ticks.length).toBeLessThanOrEqual(w / 7 + 3)
        for (const [i, version] of labelled.entries()) {
          expect(ticks).toContain(version)
          const before = labelled[i - 1]
          if (before !== undefined) expect((version - before) * perVersion).toBeGreaterThanOrEqual(132 - 1e-6)
        }
      }),
    )
  })

  it('draws nothing before it knows its width', () => {
    expect(ruler(5, 0)).toEqual({ ticks: [], labelled: [] })
  })

  it('steps by 1, 2 or 5 times a power of ten', () => {
    expect([0.3, 1, 1.1, 3, 7, 12, 51].map((least) => roundStep(least))).toEqual([1, 1, 2, 5, 10, 20, 100])
    expect(roundStep(3, 2)).toBe(10)
  })
})

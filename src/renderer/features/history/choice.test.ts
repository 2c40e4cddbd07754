import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseRow, extendTo, isOneRow, momentName, pairOf, parseMoment, type RowKey } from './choice'

const row = fc.oneof(fc.constant<RowKey>('pending'), fc.integer({ min: 1, max: 99 }))

describe('a choice of versions', () => {
  it('compares one version with the one before it, and what is pending with the head', () => {
    expect(pairOf(chooseRow(3))).toEqual({ from: '2', to: '3' })
    expect(pairOf(chooseRow(1))).toEqual({ from: '0', to: '1' })
    expect(pairOf(chooseRow('pending'))).toEqual({ from: 'head', to: 'pending' })
  })

  it('compares two rows the older first, whichever was chosen first', () => {
    fc.assert(
      fc.property(row, row, (a, b) => {
        fc.pre(a !== b)
        const pair = pairOf(extendTo(chooseRow(a), b))
        expect(pair).toEqual(pairOf(extendTo(chooseRow(b), a)))
        const order = (moment: string): number => (moment === 'pending' ? Infinity : Number(moment))
        expect(order(pair.from)).toBeLessThan(order(pair.to))
        expect([pair.from, pair.to].sort()).toEqual([String(a), String(b)].sort())
      }),
    )
  })

  it('keeps its other end while it is extended, and is one row again when it comes back', () => {
    const wide = extendTo(extendTo(chooseRow(5), 4), 3)
    expect(pairOf(wide)).toEqual({ from: '3', to: '5' })
    expect(isOneRow(wide)).toBe(false)
    expect(extendTo(wide, 5)).toEqual(chooseRow(5))
  })

  it('lets named sides go before the rows until a row is chosen again', () => {
    const named = { ...chooseRow(5), named: { from: 'head~2', to: 'pending' } }
    expect(pairOf(named)).toEqual({ from: 'head~2', to: 'pending' })
    expect(pairOf(extendTo(named, 2))).toEqual({ from: '2', to: '5' })
  })
})

describe('names of moments', () => {
  it('are understood when typed back', () => {
    fc.assert(
      fc.property(row, (key) => {
        expect(parseMoment(momentName(String(key), 99))).toBe(String(key))
      }),
    )
    expect(parseMoment(' now ')).toBe('pending')
    expect(parseMoment('version 12')).toBe('12')
  })

  it('leave everything else to the pond, which knows times and distances', () => {
    expect(parseMoment('head~2')).toBe('head~2')
    expect(parseMoment(' 2026-03-01 ')).toBe('2026-03-01')
    expect(parseMoment('  ')).toBeNull()
    expect(momentName('head', 7)).toBe('Version 7')
  })
})

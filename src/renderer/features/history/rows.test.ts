import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FileVersion } from '../../../shared/model'
import { entryRows, indexForKey, pondRows, rowFor } from './rows'

const fileVersion = (version: number | null): FileVersion => ({
  path: '/a',
  version,
  oldPath: null,
  nodeVersion: 1,
  change: 'modified',
  size: 1,
  sha256: null,
  author: null,
  committedAt: null,
  message: null,
})

describe('the rows of a pond', () => {
  it('are pending, then every version down to 1', () => {
    const rows = pondRows(3, true)
    expect([0, 1, 2, 3, 4].map((i) => rows.key(i))).toEqual(['pending', 3, 2, 1, undefined])
    expect(pondRows(3, false).key(0)).toBe(3)
    expect(pondRows(0, false).count).toBe(0)
    expect(pondRows(0, true).key(0)).toBe('pending')
  })

  it('find every row again by its key, and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.boolean(), fc.nat(), (head, pending, n) => {
        const rows = pondRows(head, pending)
        fc.pre(rows.count > 0)
        const key = rows.key(n % rows.count)
        expect(key === undefined ? -2 : rows.indexOf(key)).toBe(n % rows.count)
        expect(rows.indexOf(head + 1)).toBe(-1)
        expect(rows.indexOf(0)).toBe(-1)
        if (!pending) expect(rows.indexOf('pending')).toBe(-1)
      }),
    )
  })
})

describe('the rows of an entry', () => {
  it('name each version once, several pending operations as one', () => {
    const rows = entryRows([null, null, 5, 2, 2].map(fileVersion))
    expect([0, 1, 2, 3].map((i) => rows.key(i))).toEqual(['pending', 5, 2, undefined])
    expect(rows.indexOf(2)).toBe(2)
    expect(rows.indexOf(4)).toBe(-1)
  })
})

describe('the row for a moment', () => {
  it('is the top one now, and the version itself in the past', () => {
    expect(rowFor(pondRows(5, true), 'pending')).toBe('pending')
    expect(rowFor(pondRows(5, false), 'pending')).toBe(5)
    expect(rowFor(pondRows(5, true), 3)).toBe(3)
    expect(rowFor(pondRows(0, false), 'pending')).toBeUndefined()
  })

  it('is what one sees there where that version did not touch the entry, and the oldest before it was made', () => {
    const rows = entryRows([null, 7, 4, 2].map(fileVersion))
    expect([9, 6, 4, 3, 1, 0].map((at) => rowFor(rows, at))).toEqual([7, 4, 4, 2, 2, 2])
  })
})

describe('the keys of a list', () => {
  it('stay within it', () => {
    expect(indexForKey('ArrowUp', 0, 5, 3)).toBe(0)
    expect(indexForKey('PageDown', 3, 5, 3)).toBe(4)
    expect(indexForKey('Home', 3, 5, 3)).toBe(0)
    expect(indexForKey('End', 0, 5, 3)).toBe(4)
    expect(indexForKey('x', 0, 5, 3)).toBeNull()
    expect(indexForKey('End', 0, 0, 3)).toBeNull()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentDisposition, parseRange } from './byte-headers'

describe('a byte range', () => {
  it.each([
    [null, undefined],
    ['bytes=0-0', { start: 0, end: 1 }],
    ['bytes=2-', { start: 2, end: 10 }],
    ['bytes=2-4', { start: 2, end: 5 }],
    ['bytes=2-400', { start: 2, end: 10 }],
    ['bytes=-3', { start: 7, end: 10 }],
    ['bytes=-300', { start: 0, end: 10 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=4-2', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=0-1', undefined],
    ['bytes=a-b', undefined],
  ])('of ten bytes: %s', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected)
  })

  it('never leaves the content, whatever is asked', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat({ max: 1_000 }), (first, last, size) => {
        for (const header of [`bytes=${first}-${last}`, `bytes=${first}-`, `bytes=-${last}`]) {
          const range = parseRange(header, size)
          if (range === undefined || range === 'unsatisfiable') continue
          expect(range.start).toBeGreaterThanOrEqual(0)
          expect(range.start).toBeLessThan(range.end)
          expect(range.end).toBeLessThanOrEqual(size)
        }
      }),
    )
  })
})

describe('the name of a download', () => {
  it('is a legal header that carries any name exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const header = contentDisposition('attachment', name)
        expect(header).toMatch(/^[\u0020-\u007e]+$/)
        const exact = /filename\*=UTF-8''([\w%.~-]+)$/.exec(header)?.[1]
        expect(decodeURIComponent(exact ?? '')).toBe(name.replace(/[/\\\u0000-\u001f\u007f]/g, '_'))
      }),
    )
  })

  it('cannot break out of its quotes', () => {
    expect(contentDisposition('attachment', 'a"; x="b.csv')).toContain('filename="a_; x=_b.csv"')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, eventSpan, isoTime, oneLine, size, visible, widthOf } from './display'
import { hexDump, looksBinary } from './hex'

describe('a name on a terminal', () => {
  it('never carries a control character, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(visible(name)).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u)
        expect(oneLine(name)).not.toMatch(/[\r\n\u001b]/)
      }),
    )
  })

  it('is left alone when it is harmless', () => {
    for (const name of ['a b.csv', '水.txt', 'naïve', '👨‍👩‍👧.png', '-rf', '"quoted"']) expect(visible(name)).toBe(name)
    expect(visible('two\nlines')).toBe('"two\\nlines"')
  })

  it('takes the columns that a terminal gives it', () => {
    expect(widthOf('abc')).toBe(3)
    expect(widthOf('水曜')).toBe(4)
    expect(widthOf('é')).toBe(1)
    expect(widthOf('👩‍👧')).toBe(2)
  })

  it('is cut to the columns there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, columns) => {
        expect(widthOf(cut(text, columns))).toBeLessThanOrEqual(columns)
        if (widthOf(text) <= columns) expect(cut(text, columns)).toBe(text)
      }),
    )
  })
})

describe('a size', () => {
  it('has a unit and three digits', () => {
    expect([0, 1, 999, 1000, 1234, 12_940_000, 999_499, 999_500, 5e15].map(size)).toEqual([
      '0 B',
      '1 B',
      '999 B',
      '1.0 kB',
      '1.2 kB',
      '12.9 MB',
      '999 kB',
      '1.0 MB',
      '5.0 PB',
    ])
  })
})

describe('an exact time', () => {
  it('keeps its microseconds, also before 1970', () => {
    expect(isoTime(1_772_323_200_000_001)).toBe('2026-03-01T00:00:00.000001Z')
    expect(isoTime(-1)).toBe('1969-12-31T23:59:59.999999Z')
  })
})

describe('bytes', () => {
  it('are text only when they are UTF-8 that a terminal would not obey', () => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    expect(looksBinary(bytes('a,b\n1,水\r\n\t'))).toBe(false)
    expect(looksBinary(bytes('水').subarray(0, 2))).toBe(false)
    expect(looksBinary(bytes('\u0000'))).toBe(true)
    expect(looksBinary(new Uint8Array([0x50, 0x41, 0x52, 0x31, 0xff]))).toBe(true)
  })

  it('can be read back from their dump', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const hex = hexDump(bytes)
          .split('\n')
          .map((line) => line.slice(10, 60).replaceAll(' ', ''))
        expect(Buffer.from(hex.join(''), 'hex')).toEqual(Buffer.from(bytes))
      }),
    )
  })
})

describe('when events were', () => {
  it('is told in UTC wherever it is read, and beyond what is kept only that', () => {
    const micros = (text: string): number => Date.parse(text) * 1_000
    expect(eventSpan(micros('2024-01-13T00:00:00Z'), micros('2024-01-14T06:30:10Z') + 250_000)).toBe(
      '2024-01-13 00:00:00 to 2024-01-14 06:30:10.25 UTC',
    )
    expect(eventSpan(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toMatch(
      /^before 1684-.* to after 2255-.* UTC$/,
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  displayName,
  displayText,
  exactInstant,
  formatAgo,
  formatBytes,
  formatBytesDelta,
  formatCount,
  formatDuration,
  formatInstant,
  shellQuote,
} from './format'

describe('numbers for people', () => {
  it('write sizes in powers of a thousand, never as 1,000 of a smaller unit', () => {
    expect(['', 0, 1, 999, 1000, 12_915_388, 999_949, 999_950].slice(1).map((n) => formatBytes(n as number))).toEqual([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '1 KB',
      '12.9 MB',
      '999.9 KB',
      '1 MB',
    ])
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        const [figure] = formatBytes(bytes).replaceAll(',', '').split(' ')
        expect(Number(figure)).toBeLessThan(1000 * (bytes >= 1e18 ? 10 : 1))
      }),
    )
  })
  it('count with a plural and separate thousands', () => {
    expect([0, 1, 1461].map((n) => formatCount(n, 'row'))).toEqual(['0 rows', '1 row', '1,461 rows'])
    expect(formatCount(2, 'entry', 'entries')).toBe('2 entries')
  })
  it('sign a difference in size', () => {
    expect([0, 1500, -3].map(formatBytesDelta)).toEqual(['no change in size', '+1.5 KB', '−3 bytes'])
  })
  it('spell durations', () => {
    expect([340, 2_400, 185_000].map(formatDuration)).toEqual(['340 ms', '2.4 s', '3 min 5 s'])
  })
})

describe('instants for people', () => {
  const now = 1_760_000_000_000_000
  it('say how long ago, in the largest unit that fits', () => {
    const ago = (seconds: number) => formatAgo(now - seconds * 1e6, now)
    expect([1, 45, 180, 7_200, 90_000, 15 * 86_400, 800 * 86_400].map(ago)).toEqual([
      'just now',
      '45 seconds ago',
      '3 minutes ago',
      '2 hours ago',
      '1 day ago',
      '2 weeks ago',
      '2 years ago',
    ])
  })
  it('keep microseconds and the zone in the exact form', () => {
    expect(exactInstant(now + 7)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000007 [+-]\d\d:\d\d$/)
    expect(exactInstant(now).startsWith(formatInstant(now))).toBe(true)
  })
})

describe('a name on one line', () => {
  it('never holds a control character or a sign that turns the direction of text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(displayName(name)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/)
      }),
    )
  })
  it('keeps its lines where it may have several', () => {
    expect(displayText('a\r\nb\tc\u202ed\u001b[31m')).toBe('a\r\nb\tc\ufffdd\u241b[31m')
  })
  it('shows line ends and leaves emoji alone', () => {
    expect(displayName('a\nb\t🦆.csv')).toBe('a⏎b⇥🦆.csv')
  })
})

describe('a word for a shell', () => {
  it('is quoted only where it must be', () => {
    expect(['/a/b.csv', 'a b', "it's", '-x;y', ''].map(shellQuote)).toEqual([
      '/a/b.csv',
      "'a b'",
      "'it'\\''s'",
      "'-x;y'",
      "''",
    ])
  })
})

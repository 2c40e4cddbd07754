import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asName, fixSpan, offsetOf, spanAt } from './place'

const texts = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '\n', "'", '"', '_', '1', '.') })

/** As the engine counts: lines and code points from 1. */
const placeOf = (text: string, offset: number) => {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: [...before.slice(before.lastIndexOf('\n') + 1)].length + 1 }
}

describe('the place of an error', () => {
  it('is found again from line and column, beyond the basic plane too', () => {
    fc.assert(
      fc.property(texts, fc.nat(), (text, pick) => {
        const starts = [...text].reduce<number[]>((all, c) => [...all, (all.at(-1) ?? 0) + c.length], [0])
        const offset = starts[pick % starts.length] as number
        const { line, column } = placeOf(text, offset)
        expect(offsetOf(text, line, column)).toBe(offset)
      }),
    )
  })

  it('always lies in the text and marks something where there is something', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }), (text, line, column) => {
        const { from, to } = spanAt(text, line, column)
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to).toBeLessThanOrEqual(text.length)
        if (text !== '') expect(to).toBeGreaterThan(from)
      }),
    )
  })

  it('covers the whole name or the whole quoted text', () => {
    const sql = 'SELECT précip, "two words" FROM \'/a b.csv\''
    const at = (part: string) => {
      const { line, column } = placeOf(sql, sql.indexOf(part))
      const { from, to } = spanAt(sql, line, column)
      return sql.slice(from, to)
    }
    expect([at('préc'), at('"two'), at("'/a")]).toEqual(['précip', '"two words"', "'/a b.csv'"])
  })

  it('moves on to the next name when it points at something else', () => {
    const sql = 'SELECT (colour) FROM t'
    const { from, to } = fixSpan(sql, { from: 7, to: 8 })
    expect(sql.slice(from, to)).toBe('colour')
  })
})

describe('a candidate', () => {
  it.each([
    ['precipitation', 'precipitation'],
    ['pond.files', 'pond.files'],
    ['Two Words', '"Two Words"'],
    ['a"b', '"a""b"'],
    ["/it's.csv", "'/it''s.csv'"],
    ['"quoted already"', '"quoted already"'],
  ])('%s is written %s', (candidate, written) => {
    expect(asName(candidate)).toBe(written)
  })
})

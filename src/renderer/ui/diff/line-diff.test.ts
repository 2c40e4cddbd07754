import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lineDiff } from './line-diff'

const line = fc.string({ unit: fc.constantFrom('a', 'b', '1', ',', 'é', '😀', ' '), maxLength: 6 })
const text = fc
  .tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom('', '\n'))
  .map(([lines, end]) => lines.join('\n') + end)

/** The second text, made from the first and the changes alone. */
function apply(a: string, b: string): string {
  let at = 0
  let made = ''
  for (const change of lineDiff(a, b)) {
    made += a.slice(at, change.fromA)
    expect(made.length).toBe(change.fromB)
    made += b.slice(change.fromB, change.toB)
    at = change.toA
  }
  return made + a.slice(at)
}

describe('the difference of two texts', () => {
  it('says exactly what makes the second out of the first', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(apply(a, b)).toBe(b)
      }),
    )
  })

  it('is nothing for equal texts', () => {
    fc.assert(
      fc.property(text, (a) => {
        expect(lineDiff(a, a)).toHaveLength(0)
      }),
    )
  })

  it('touches each of a thousand edited lines by itself', () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => `2016-01-${i},${i % 7},rain`)
    const a = rows.join('\n')
    const b = a.replaceAll('rain', 'RAIN')
    const changes = lineDiff(a, b)
    expect(changes).toHaveLength(1_000)
    for (const { fromA, toA, fromB, toB } of changes) {
      expect(a.slice(fromA, toA)).toBe('rain')
      expect(b.slice(fromB, toB)).toBe('RAIN')
    }
  })

  it('finds rows that were appended among hundred thousand in no time', () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i},${i * 31}`).join('\n')
    const started = performance.now()
    const changes = lineDiff(`${rows}\n`, `${rows}\nnew,1\n`)
    expect(changes.map((change) => change.toB - change.fromB)).toEqual(['new,1\n'.length])
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

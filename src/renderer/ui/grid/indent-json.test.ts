import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indent } from './indent-json'

describe('JSON in lines', () => {
  it('means the same as before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const lines = indent(JSON.stringify(value))
        expect(JSON.parse(lines)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('is how JSON.stringify would indent it, but for numbers that it cannot hold', () => {
    const value = { a: [1, 2, { b: 'x, {y}' }], c: {}, d: [] }
    expect(indent(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2))
    expect(indent('{"n":9007199254740993}')).toBe('{\n  "n": 9007199254740993\n}')
  })

  it('leaves alone what is no JSON', () => {
    expect(indent('')).toBe('')
  })
})

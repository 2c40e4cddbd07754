import { expect, it } from 'vitest'
import { placeIn, type YamlPlace } from './place-in-yaml'

/** `|` stands for the cursor. */
function at(text: string): Pick<YamlPlace, 'above' | 'key' | 'typed'> | null {
  const place = placeIn(text.replace('‸', ''), text.indexOf('‸'))
  return place && { above: place.above, key: place.key, typed: place.typed }
}

it('at the top a key is written, or its value', () => {
  expect(at('recipe: sql\nqu‸')).toEqual({ above: [], key: null, typed: 'qu' })
  expect(at('recipe: s‸')).toEqual({ above: [], key: 'recipe', typed: 's' })
  expect(at('‸')).toEqual({ above: [], key: null, typed: '' })
})

it('below a key that is indented less', () => {
  expect(at('recipe: sql\ninputs:\n  r:\n    gl‸')).toEqual({ above: ['inputs', 'r'], key: null, typed: 'gl' })
  expect(at('inputs:\n  r: /sens‸')).toEqual({ above: ['inputs'], key: 'r', typed: '/sens' })
})

it('in items of a list, wherever its dashes stand', () => {
  expect(at('inputs:\n  - glob: /a\n    sc‸')).toEqual({ above: ['inputs'], key: null, typed: 'sc' })
  expect(at('inputs:\n- gl‸')).toEqual({ above: ['inputs'], key: null, typed: 'gl' })
  expect(at('values:\n  - fn: a‸')).toEqual({ above: ['values'], key: 'fn', typed: 'a' })
  expect(at('points:\n  - name: x\n    components:\n      - ty‸')).toEqual({
    above: ['points', 'components'],
    key: null,
    typed: 'ty',
  })
})

it('in braces on one line', () => {
  expect(at('values: [{ fn: av‸')).toEqual({ above: ['values'], key: 'fn', typed: 'av' })
  expect(at('values: [{ fn: avg, col‸')).toEqual({ above: ['values'], key: null, typed: 'col' })
  expect(at('inputs: { r: /‸')).toEqual({ above: ['inputs'], key: 'r', typed: '/' })
  expect(at('every: [1h, 1‸')).toEqual({ above: [], key: 'every', typed: '1' })
  expect(at('inputs:\n  - { glob: /a, ‸')).toEqual({ above: ['inputs'], key: null, typed: '' })
})

it('suggests nothing in a comment or in a text of several lines', () => {
  expect(at('recipe: sql # a‸')).toBeNull()
  expect(at('template: |\n  Hello ‸')).toBeNull()
})

it('knows what stands beside it already', () => {
  const text = 'recipe: join\n\ntime: t\n'
  expect(placeIn(text, 'recipe: join\n'.length)?.beside).toEqual(['recipe', 'time'])
  const flow = 'values: [{ fn: avg, '
  expect(placeIn(flow, flow.length)?.beside).toEqual(['fn'])
})

import { expect, it } from 'vitest'
import type { RecipeFactory, RecipeField } from '../../../../shared/model'
import { offersAt, type Offers } from './offers'
import { placeIn } from './place-in-yaml'

const field = (name: string, more: Partial<RecipeField> = {}): RecipeField => ({
  name,
  words: `the field ${name}`,
  isRequired: false,
  default: null,
  values: [],
  isPath: false,
  isList: false,
  fields: [],
  hasOwnNames: false,
  ...more,
})
const recipe = field('recipe', { isRequired: true })
const input = ['glob', 'rename', 'at'].map((name) => field(name, { isPath: name === 'glob' }))
const FACTORIES: readonly RecipeFactory[] = [
  {
    name: 'sql',
    words: 'a query',
    fields: [recipe, field('inputs', { isPath: true, hasOwnNames: true, fields: input }), field('query')],
  },
  {
    name: 'join',
    words: 'a join',
    fields: [
      recipe,
      field('inputs', { isPath: true, isList: true, fields: [...input, field('scope')] }),
      field('kind', { values: ['full', 'left'], default: 'full' }),
    ],
  },
  {
    name: 'reduce',
    words: 'a reduction',
    fields: [
      recipe,
      field('input', { isPath: true, fields: input }),
      field('every', { isRequired: true, isList: true }),
      field('zone', { default: 'UTC' }),
      field('values', { isList: true, fields: [field('fn', { values: ['avg', 'stddev'] })] }),
    ],
  },
]

/** `‸` stands for the cursor. */
function at(marked: string): Offers {
  const text = marked.replace('‸', '')
  const place = placeIn(text, marked.indexOf('‸'))
  if (place === null) throw new Error('nothing can be suggested there')
  return offersAt(place, text, FACTORIES)
}
const labels = (marked: string): readonly string[] => at(marked).offers.map(({ label }) => label)

it('offers the factories first, then the fields of the one that was chosen', () => {
  expect(labels('‸')).toEqual(['recipe'])
  expect(labels('recipe: ‸')).toContain('reduce')
  expect(labels('recipe: reduce\n‸')).toEqual(expect.arrayContaining(['input', 'every', 'zone']))
  expect(labels('recipe: sql\n‸')).not.toContain('every')
})

it('offers no field that stands there already', () => {
  expect(labels('recipe: sql\nquery: SELECT 1\n‸')).not.toContain('query')
})

it('says of a field what it is and what it is by default', () => {
  const kind = at('recipe: join\n‸').offers.find(({ label }) => label === 'kind')
  expect(kind).toMatchObject({ detail: 'default full' })
  expect(kind?.words).not.toBe('')
  expect(at('recipe: reduce\n‸').offers.find(({ label }) => label === 'every')?.detail).toBe('required')
})

it('offers the words that a field may be', () => {
  expect(labels('recipe: reduce\nvalues: [{ fn: ‸')).toEqual(expect.arrayContaining(['avg', 'stddev']))
  expect(labels('recipe: join\nkind: ‸')).toEqual(['full', 'left'])
})

it('wants a path where an input stands, and its fields below', () => {
  expect(at('recipe: sql\ninputs:\n  r: ‸')).toMatchObject({ wantsPath: true })
  expect(at('recipe: reduce\ninput: ‸')).toMatchObject({ wantsPath: true })
  expect(at('recipe: reduce\ninput:\n  glob: ‸')).toMatchObject({ wantsPath: true })
  expect(labels('recipe: sql\ninputs:\n  r:\n    ‸')).toEqual(expect.arrayContaining(['glob', 'rename', 'at']))
  expect(labels('recipe: join\ninputs:\n  - ‸')).toEqual(expect.arrayContaining(['glob', 'scope']))
  expect(at('recipe: sql\ninputs:\n  ‸')).toMatchObject({ offers: [] })
})

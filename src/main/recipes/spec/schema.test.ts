import { expect, it } from 'vitest'
import type { RecipeField } from '../../../shared/model'
import { FACTORIES } from './fields'
import { recipeSchema } from './schema'

function all(fields: readonly RecipeField[]): readonly RecipeField[] {
  return fields.flatMap((field) => [field, ...all(field.fields)])
}

it('every field of every factory is offered with words, and one that is needed with no default', () => {
  const factories = recipeSchema()
  expect(factories.map(({ name }) => name)).toEqual(Object.keys(FACTORIES))
  for (const { name, words, fields } of factories) {
    expect(words, name).not.toBe('')
    for (const field of all(fields)) {
      expect(field.words, `${name}: ${field.name}`).not.toBe('')
      if (field.isRequired) expect(field.default, `${name}: ${field.name}`).toBeNull()
    }
  }
})

it('a field says its words, its default, and the fields below it', () => {
  const join = recipeSchema().find(({ name }) => name === 'join')!
  const field = (name: string): RecipeField => join.fields.find((each) => each.name === name)!
  expect(field('kind')).toMatchObject({ values: ['full', 'left'], default: 'full', isRequired: false })
  expect(field('inputs')).toMatchObject({ isList: true, isPath: true, isRequired: true, hasOwnNames: false })
  expect(field('inputs').fields.map(({ name }) => name)).toEqual(expect.arrayContaining(['glob', 'scope', 'rename']))
  const sql = recipeSchema().find(({ name }) => name === 'sql')!
  expect(sql.fields.find(({ name }) => name === 'inputs')).toMatchObject({ hasOwnNames: true, isList: false })
})

/** What may stand at a place of a recipe, by the fields of its factory. Knows nothing of the editor. */
import type { RecipeFactory, RecipeField } from '../../../../shared/model'
import type { YamlPlace } from './place-in-yaml'

export interface Offer {
  readonly label: string
  /** What is written where that is not the label. */
  readonly apply?: string
  readonly detail: string
  readonly words: string
  readonly kind: 'field' | 'value'
}

export interface Offers {
  readonly offers: readonly Offer[]
  /** Whether paths of the pond may stand there, too. */
  readonly wantsPath: boolean
}

const NONE: Offers = { offers: [], wantsPath: false }

/** @param text all of the recipe: its factory says which fields it has */
export function offersAt({ above, key, beside }: YamlPlace, text: string, factories: readonly RecipeFactory[]): Offers {
  const within = fieldsIn(text, above, factories)
  if (key === null) {
    const known = within.fields.filter(({ name }) => !beside.includes(name))
    // Where names are free nothing is known of the next one.
    return { offers: known.map(fieldOffer), wantsPath: within.isPath && within.fields.length === 0 }
  }
  if (key === 'recipe') return { offers: factories.map(factoryOffer), wantsPath: false }
  const field = within.fields.find(({ name }) => name === key)
  // What stands under a free name is a value of what has these names.
  if (field === undefined) return { offers: [], wantsPath: within.hasOwnNames && within.isPath }
  if (field.hasOwnNames) return NONE
  const values = field.values.map((value): Offer => valueOffer(value, field))
  if (field.values.length === 0 && field.default !== null) values.push(valueOffer(field.default, field))
  return { offers: values, wantsPath: field.isPath || (key === 'for_each' && values.length === 0) }
}

interface Within {
  readonly fields: readonly RecipeField[]
  readonly hasOwnNames: boolean
  readonly isPath: boolean
}

function fieldsIn(text: string, above: readonly string[], factories: readonly RecipeFactory[]): Within {
  const [, name] = /^["']?recipe["']? *: *["']?(\w+)/m.exec(text) ?? []
  const factory = factories.find((each) => each.name === name)
  const recipe = factories[0]?.fields.filter((field) => field.name === 'recipe') ?? []
  let now: Within = { fields: factory?.fields ?? recipe, hasOwnNames: false, isPath: false }
  let isName = false
  for (const key of above) {
    if (isName) {
      isName = false
      now = { ...now, hasOwnNames: false }
      continue
    }
    const field = now.fields.find((each) => each.name === key)
    if (field === undefined) return { fields: [], hasOwnNames: false, isPath: false }
    now = { fields: field.fields, hasOwnNames: field.hasOwnNames, isPath: field.isPath }
    isName = field.hasOwnNames
  }
  return isName ? { ...now, fields: [] } : now
}

function fieldOffer(field: RecipeField): Offer {
  const needed = field.isRequired ? 'required' : field.default === null ? '' : `default ${field.default}`
  const below = field.fields.length > 0 && !field.isPath
  return {
    label: field.name,
    apply: below || field.hasOwnNames ? `${field.name}:` : `${field.name}: `,
    detail: needed,
    words: field.words,
    kind: 'field',
  }
}

function valueOffer(value: string, field: RecipeField): Offer {
  const detail = value === field.default ? 'default' : ''
  return {
    label: value,
    ...(value.startsWith('*') && { apply: `'${value}'` }),
    detail,
    words: field.words,
    kind: 'value',
  }
}

function factoryOffer({ name, words }: RecipeFactory): Offer {
  return { label: name, detail: '', words, kind: 'value' }
}

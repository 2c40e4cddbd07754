/** One recipe as it stands in a file: told from a plain file, and checked in its shape. */
import { FACTORIES, type Factory, type Spec } from './fields'
import type { Problem } from './problem'
import { shape } from './shape'
import { readYaml, type YamlData } from './yaml'
import { nearest } from '../../../shared/nearest'

/** What the name of a recipe ends with; what it makes is called like it without. */
export const SUFFIX = '.recipe.yaml'

export interface Recipe {
  readonly spec: Spec
  readonly yaml: YamlData
}

/** Undefined for a file that is no recipe, whatever it is called. */
export type Checked = { readonly recipe: Recipe } | { readonly problems: readonly Problem[] } | undefined

/** The name of what a recipe of this name makes; undefined for a name that is none of a recipe. */
export function outputName(name: string): string | undefined {
  return name.endsWith(SUFFIX) && name.length > SUFFIX.length ? name.slice(0, -SUFFIX.length) : undefined
}

export function readRecipe(text: string): Checked {
  const documents = readYaml(text)
  const problems = documents.flatMap((document) => document.problems)
  // What cannot be read is one if it says so.
  if (problems.length > 0) return /^["']?recipe["']?\s*:/m.test(text) ? { problems } : undefined
  const [first] = documents
  const yaml = first?.data
  const value = yaml?.value
  if (yaml === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  if (!Object.hasOwn(value, 'recipe')) return undefined
  if (documents.length > 1) {
    const place = documents[1]!.data?.placeOf([]) ?? { line: 1, column: 1 }
    return { problems: [{ ...place, message: 'a second document stands here', expected: 'one recipe in a file' }] }
  }
  const factory = value['recipe']
  if (typeof factory !== 'string' || !isFactory(factory)) {
    const names = Object.keys(FACTORIES)
    const [close] = nearest(String(factory), names, 1)
    const problem: Problem = {
      ...yaml.placeOf(['recipe']),
      message: `${JSON.stringify(factory)} is no factory`,
      expected: `one of ${names.join(', ')}`,
      ...(close !== undefined && { nearest: close }),
    }
    return { problems: [problem] }
  }
  const shaped = shape<Spec>(yaml, value, FACTORIES[factory])
  return 'value' in shaped ? { recipe: { spec: shaped.value, yaml } } : { problems: shaped.problems }
}

export function isFactory(name: string): name is Factory {
  return Object.hasOwn(FACTORIES, name)
}

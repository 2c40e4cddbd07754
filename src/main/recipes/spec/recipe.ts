/** One recipe as it stands in a file: told from a plain file, and checked in its shape. */
import { z } from 'zod'
import { nearest } from '../../../shared/nearest'
import type { Render } from '../templates/rendering'
import { expand, type Variables } from './expand'
import { FACTORIES, vars, type Factory, type Spec } from './fields'
import type { Problem } from './problem'
import { shape } from './shape'
import { readYaml, type Data, type DataPath, type YamlData } from './yaml'

/** What the name of a recipe ends with; what it makes is called like it without. */
export const SUFFIX = '.recipe.yaml'

export interface Recipe {
  readonly spec: Spec
  readonly yaml: YamlData
  /** What its templates see. */
  readonly variables: Variables
}

/** Undefined for a file that is no recipe, whatever it is called. Never throws for what the text holds. */
export type Checked = { readonly recipe: Recipe } | { readonly problems: readonly Problem[] } | undefined

/** The name of what a recipe of this name makes; undefined for a name that is none of a recipe. */
export function outputName(name: string): string | undefined {
  return name.endsWith(SUFFIX) && name.length > SUFFIX.length ? name.slice(0, -SUFFIX.length) : undefined
}

export async function readRecipe(text: string, render: Render): Promise<Checked> {
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
  const variables = shape(yaml, { vars: value['vars'] ?? {} }, z.object({ vars }))
  if ('problems' in variables) return variables
  return readSpec(yaml, variables.value.vars, render)
}

/** The fields of one recipe, its variables filled in. @param variables those of its document, and captures where it has some */
export async function readSpec(
  yaml: YamlData,
  variables: Variables,
  render: Render,
): Promise<{ readonly recipe: Recipe } | { readonly problems: readonly Problem[] }> {
  const value = yaml.value as { readonly [key: string]: Data }
  const factory = value['recipe'] ?? null
  if (typeof factory !== 'string' || !isFactory(factory)) return { problems: [unknownFactory(yaml, factory)] }
  const expanded = await expand(yaml, { variables, isLater: isLater(factory, value) }, render)
  const shaped = shape<Spec>(yaml, expanded.value, FACTORIES[factory])
  const all = [...expanded.problems, ...('problems' in shaped ? shaped.problems : [])]
  if ('value' in shaped && all.length === 0) return { recipe: { spec: shaped.value, yaml, variables } }
  return { problems: all.sort((a, b) => a.line - b.line || a.column - b.column) }
}

function unknownFactory(yaml: YamlData, factory: Data): Problem {
  const names = Object.keys(FACTORIES)
  const [close] = nearest(String(factory), names, 1)
  return {
    ...yaml.placeOf(['recipe']),
    message: `${JSON.stringify(factory)} is no factory`,
    expected: `one of ${names.join(', ')}`,
    ...(close !== undefined && { nearest: close }),
  }
}

/**
 * What has captures is expanded once for each match, a template when it runs; a replacement of a rename has a language of
 * its own.
 */
function isLater(factory: Factory, value: { readonly [key: string]: Data }): (path: DataPath) => boolean {
  return (path) => {
    const [field] = path
    if (factory === 'text' && (field === 'template' || ('input' in value && (field === 'name' || field === 'data'))))
      return true
    if (factory === 'reduce' && field === 'name') return true
    if (factory === 'directory' && field === 'entries') return true
    return path.at(-1) === 'to' && path.includes('rename')
  }
}

export function isFactory(name: string): name is Factory {
  return Object.hasOwn(FACTORIES, name)
}

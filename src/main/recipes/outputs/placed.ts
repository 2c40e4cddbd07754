/** What goes wrong while something is made of a recipe, with the place in the recipe that says so. */
import { PondError, type ErrorDetail } from '../../../shared/errors'
import { SUFFIX } from '../spec/recipe'
import type { Place } from '../spec/problem'
import type { YamlData } from '../spec/yaml'
import type { Source } from './output'

/** The fields that most of all tell what is read, in the order in which they are asked. */
const TELLING = ['query', 'template', 'template_file', 'input', 'inputs', 'for_each', 'entries', 'recipe']
/** Fields that say nothing of what is read. */
const SILENT = ['recipe', 'description', 'vars', 'checks']

/**
 * Runs work for a recipe; an error of it that has no place yet gets that of the text which names what the error is about.
 * What has to do with no recipe (a full disk, nobody who waits) stays as it is.
 */
export async function placed<T>({ name, yaml }: Source, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (yaml === undefined || !(error instanceof PondError) || !isOfRecipe(error)) throw error
    const place = placeOf(yaml, error.detail)
    const recipe = { file: name + SUFFIX, ...place }
    const message = `${error.message} (${recipe.file}, line ${place.line}, column ${place.column})`
    throw new PondError(error.code, message, { ...error.detail, recipe }, error)
  }
}

function isOfRecipe({ code, detail }: PondError): boolean {
  // What is read by this one may be a recipe's, too: that one's place says more.
  if ('recipe' in detail || 'problems' in detail) return false
  if (code === 'steward.unknown-version' || code === 'steward.bad-time') return true
  return /^(recipes|query|tinyfs)\./.test(code) && !/\.(cancelled|engine-crashed|out-of-memory|closed)$/.test(code)
}

function placeOf(yaml: YamlData, detail: ErrorDetail): Place {
  const { ring = [], ...others } = detail
  const words = [...Object.values(others).flat(), ...[ring].flat().map((name) => `/${String(name)}`)]
  const told = yaml.without(...SILENT)
  const named = told.placeNaming(words.filter((word): word is string => typeof word === 'string' && word.length > 1))
  if (named !== undefined) return named
  const field = TELLING.find((key) => yaml.has(key))
  return yaml.placeOf(field === undefined ? [] : [field])
}

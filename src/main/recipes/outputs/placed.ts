/** What goes wrong while something is made of a recipe, with the place in the recipe that says so. */
import { PondError } from '../../../shared/errors'
import { SUFFIX } from '../spec/recipe'
import type { Place } from '../spec/problem'
import type { YamlData } from '../spec/yaml'
import type { Source } from './output'

/** The fields that most of all tell what is read, in the order in which they are asked. */
const TELLING = ['query', 'template', 'template_file', 'input', 'inputs', 'for_each', 'entries', 'start', 'recipe']
/** Fields that say nothing of what is read. */
const SILENT = ['recipe', 'description', 'vars', 'checks']

/**
 * Runs work for a recipe; an error of it that has no place yet gets that of the text which names what the error is about.
 * What has to do with no recipe (a full disk, nobody who waits) stays as it is.
 */
export async function placed<T>(source: Source, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof PondError ? withPlace(source, error) : error
  }
}

export function withPlace({ name, yaml }: Source, error: PondError): PondError {
  if (yaml === undefined || !isOfRecipe(error)) return error
  const place = placeOf(yaml, error)
  const recipe = { file: name + SUFFIX, ...place }
  const message = `${error.message} (${recipe.file}, line ${place.line}, column ${place.column})`
  // What somebody asks for is there: it is its input that is not.
  const code = MISSING.has(error.code) ? 'recipes.no-input' : error.code
  return new PondError(code, message, { ...error.detail, recipe }, error)
}

const MISSING: ReadonlySet<string> = new Set(['tinyfs.not-found', 'query.no-such-file'])

function isOfRecipe({ code, detail }: PondError): boolean {
  // What is read by this one may be a recipe's, too: that one's place says more.
  if ('recipe' in detail || 'problems' in detail) return false
  if (code === 'steward.unknown-version' || code === 'steward.bad-time') return true
  return /^(recipes|query|tinyfs)\./.test(code) && !/\.(cancelled|engine-crashed|out-of-memory|closed)$/.test(code)
}

function placeOf(yaml: YamlData, { code, detail }: PondError): Place {
  const own =
    typeof detail['field'] === 'string' ? detail['field'].split('.') : code === 'recipes.bad-name' ? ['name'] : []
  if (own[0] !== undefined && yaml.has(own[0])) return yaml.placeOf(own)
  const { ring = [], ...others } = detail
  const words = [...Object.values(others).flat(), ...[ring].flat().map((name) => `/${String(name)}`)]
  const told = yaml.without(...SILENT)
  const named = told.placeNaming(words.filter((word): word is string => typeof word === 'string' && word.length > 1))
  if (named !== undefined) return named
  const field = TELLING.find((key) => yaml.has(key))
  return yaml.placeOf(field === undefined ? [] : [field])
}

/** Recipes as people keep them outside of a pond: several in a text, each with the path of what it makes. */
import { z } from 'zod'
import { parsePath } from '../../../shared/path'
import { nearest } from '../../../shared/nearest'
import type { Render } from '../templates/rendering'
import type { Variables } from './expand'
import { vars } from './fields'
import type { Problem } from './problem'
import { readSpec, SUFFIX } from './recipe'
import { shape } from './shape'
import { edited, readYaml, type Data, type YamlData, type YamlDocument } from './yaml'

export interface RecipeDocument {
  /** Where the recipe belongs: the path that it says, with the ending of a recipe. */
  readonly path: string
  /** What belongs there: without `path`, its variables as they were given. */
  readonly text: string
}

export interface ReadDocuments {
  readonly documents: readonly RecipeDocument[]
  /** In the order of their places. */
  readonly problems: readonly Problem[]
  /** Names of variables that a document has. */
  readonly variables: ReadonlySet<string>
}

/**
 * @param given variables that take the place of those of the same name
 */
export async function readDocuments(text: string, given: Variables, render: Render): Promise<ReadDocuments> {
  const documents: RecipeDocument[] = []
  const problems: Problem[] = []
  const variables = new Set<string>()
  const taken = new Map<string, Problem>()
  for (const document of readYaml(text)) {
    if (document.data === undefined) {
      problems.push(...document.problems)
      continue
    }
    const { data } = document
    // Between two marks there may be nothing.
    if (data.value === null) continue
    const found = await readOne(data, given, render)
    if ('problems' in found) {
      problems.push(...found.problems)
      continue
    }
    for (const name of found.known) variables.add(name)
    const place = data.placeOf(['path'])
    if (taken.has(found.path))
      problems.push({ ...place, message: `a document above is for ${found.path}, too`, expected: 'one for each path' })
    taken.set(found.path, { ...place, message: '' })
    documents.push({ path: found.path, text: textOf(text, document, found.set) })
  }
  return { documents, variables, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
}

type One =
  | { readonly path: string; readonly known: readonly string[]; readonly set: Own }
  | { readonly problems: readonly Problem[] }

async function readOne(data: YamlData, given: Variables, render: Render): Promise<One> {
  const { value } = data
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      problems: [{ ...data.placeOf([]), message: 'this is no recipe', expected: 'fields: path, recipe and its own' }],
    }
  const path = pathOf(data, value['path'])
  if (typeof path !== 'string') return { problems: [path] }
  const said = shape(data, { vars: value['vars'] ?? {} }, z.object({ vars }))
  if ('problems' in said) return said
  const taking = taken(data, given, said.value.vars)
  if ('problems' in taking) return taking
  const checked = await readSpec(data.without('path'), { ...said.value.vars, ...taking.own }, render)
  return 'problems' in checked ? checked : { path, known: Object.keys(said.value.vars), set: taking.own }
}

/** Those of the given variables that a document has, each of the kind that stands there: a command line brings text alone. */
function taken(
  data: YamlData,
  given: Variables,
  said: Readonly<Record<string, string | number | boolean>>,
): { readonly own: Own } | { readonly problems: readonly Problem[] } {
  const own: Own = {}
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(said)) {
    if (!Object.hasOwn(given, name)) continue
    const other = ofKind(given[name] as string | number | boolean, value)
    if (other === undefined) {
      const expected = typeof value === 'number' ? 'a number' : 'true or false'
      problems.push({
        ...data.placeOf(['vars', name]),
        message: `${name} is given as ${String(given[name])}`,
        expected,
      })
    } else if (other !== value) own[name] = other
  }
  return problems.length > 0 ? { problems } : { own }
}

type Own = Record<string, string | number | boolean>

function ofKind(
  given: string | number | boolean,
  like: string | number | boolean,
): string | number | boolean | undefined {
  if (typeof given === typeof like) return given
  if (typeof like === 'string') return String(given)
  if (typeof like === 'boolean') return given === 'true' ? true : given === 'false' ? false : undefined
  const found = typeof given === 'string' && given.trim() !== '' ? Number(given) : Number.NaN
  return Number.isFinite(found) ? found : undefined
}

function pathOf(data: YamlData, value: Data | undefined): string | Problem {
  const expected = 'where what it makes belongs, such as /weather/warm-days'
  if (value === undefined) return { ...data.placeOf([]), message: 'path is missing', expected }
  try {
    if (typeof value !== 'string') throw new TypeError('no text')
    const path = parsePath(value)
    if (path !== '/') return path.endsWith(SUFFIX) ? path : path + SUFFIX
  } catch {
    // As everything else that is no path.
  }
  return { ...data.placeOf(['path']), message: `path is ${JSON.stringify(value)}`, expected }
}

function textOf(text: string, { start, end }: YamlDocument, set: Own): string {
  return edited(text.slice(start, end), {
    without: 'path',
    set: Object.entries(set).map(([name, value]) => [['vars', name], value] as const),
  })
}

/** Names that were given and that no document has, each with the nearest. */
export function unknownVariables(given: Variables, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => {
      const [close] = nearest(name, [...known], 1)
      return close === undefined ? name : `${name} (did you mean ${close}?)`
    })
}

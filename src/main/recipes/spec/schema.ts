/** The fields of every factory as an editor completes them: from the zod schemas, with words of their own. */
import { z } from 'zod'
import type { RecipeFactory, RecipeField } from '../../../shared/model'
import { FACTORIES, type Factory } from './fields'

const FACTORY_WORDS: Readonly<Record<Factory, string>> = {
  sql: 'a table or a series that a query computes',
  join: 'one table of several, side by side on their times',
  pivot: 'one table of many files, with columns for each',
  reduce: 'a series at coarser steps of time: hours, days',
  text: 'a text of a template',
  directory: 'a directory of nested recipes',
  synthetic: 'a test series of waves and lines',
}

/** By the name of a field, or by the factory and the name where it means something else there. */
const FIELD_WORDS: Readonly<Record<string, string>> = {
  recipe: 'the factory',
  description: 'for people',
  vars: 'names and values for {{ name }} in any string of the recipe',
  checks: 'what has to hold of what it makes',
  not_null: 'columns that have a value in every row',
  unique: 'columns of which no two rows have the same values',
  range: 'a column whose values are not less than min and not more than max',
  min: 'the least that it may be',
  max: 'the most that it may be',
  fresh: 'how old the newest row may be, such as 2h',
  sql: 'a query over this, whose rows are failures',
  severity: 'error fails the check, warn only says so',
  inputs: 'names for the query, each of an input',
  'join.inputs': 'what is joined, each with the scope of its columns',
  input: 'a path, a pattern, or fields that say more',
  glob: 'a path or a pattern',
  exclude: 'patterns of what is left out',
  format: 'how files are read, whatever they are called',
  options: 'of that reader in SQL, such as delim or types',
  optional: 'without a file it has no rows, instead of failing',
  from: 'rows from this time on',
  to: 'rows before this time',
  columns: 'patterns of the columns that are taken',
  rename: 'rules for the names of columns; the first that meets one counts',
  'rename.from': 'a column, by its name',
  'rename.to': 'its new name; $1 is the first group of the expression',
  cast: 'its new type',
  match: 'a regular expression for the names of columns',
  at: 'a moment: a version, head~2, a time',
  scope: 'what its columns are called by: scope.column',
  query: 'SQL over the names of inputs, or over paths',
  series: 'the time column, which makes it a series',
  time: 'the time column',
  kind: 'full keeps the times of all, left those of the first',
  name: 'what is made for each match; $0 is the first capture',
  'points.name': 'the column',
  'entries.name': 'what it is called',
  every: 'widths, such as 1h and 1d; each a multiple of the one before',
  origin: 'from where buckets are counted',
  zone: 'the time zone whose clock counts hours and days',
  values: 'what is kept of each bucket',
  fn: 'how values are put together',
  template: 'the text, with {{ names }} and {% for %}',
  template_file: 'a file of the pond that holds the template',
  data: 'names for the template, each of a query',
  entries: 'nested recipes, each with a name',
  for_each: 'a list or a pattern; $0 is the item in names and fields',
  start: 'the time of the first row',
  end: 'the time after the last row',
  interval: 'from one row to the next, such as 10m',
  points: 'the columns',
  components: 'waves and lines that are added up',
  type: 'the shape of it',
  amplitude: 'how far it goes up and down',
  period: 'how long one wave is',
  offset: 'what is added to it',
  phase: 'where the wave begins',
  slope: 'how much a line rises in a second',
}

const PATHS = new Set(['input', 'inputs', 'glob', 'exclude', 'template_file'])

interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
}

/** Every factory with its fields, in the order of the documentation. */
export function recipeSchema(): readonly RecipeFactory[] {
  return Object.entries(FACTORIES).map(([name, schema]): RecipeFactory => {
    const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
    return { name, words: FACTORY_WORDS[name as Factory], fields: fieldsOf(json, name) }
  })
}

function fieldsOf(schema: JsonSchema, above: string): RecipeField[] {
  const found = new Map<string, RecipeField>()
  for (const { properties = {}, required = [] } of alternatives(schema)) {
    for (const [name, field] of Object.entries(properties)) {
      if (found.has(name)) continue
      found.set(name, fieldOf(name, field, { above, isRequired: required.includes(name) && !('default' in field) }))
    }
  }
  return [...found.values()]
}

function fieldOf(
  name: string,
  schema: JsonSchema,
  { above, isRequired }: { readonly above: string; readonly isRequired: boolean },
): RecipeField {
  const all = alternatives(schema)
  const lists = all.flatMap(({ items }) => (items === undefined ? [] : alternatives(items)))
  const free = all.flatMap(({ additionalProperties: value }) =>
    typeof value === 'object' ? alternatives(value).filter(({ properties }) => properties !== undefined) : [],
  )
  const own = all.some(({ additionalProperties, properties }) => {
    return typeof additionalProperties === 'object' && properties === undefined
  })
  const within = [...all, ...lists].filter(({ properties }) => properties !== undefined)
  const values = [...all, ...lists].flatMap((each) => (each.const === undefined ? (each.enum ?? []) : [each.const]))
  return {
    name,
    words: FIELD_WORDS[`${above}.${name}`] ?? FIELD_WORDS[name] ?? '',
    isRequired,
    default: schema.default === undefined ? null : String(schema.default),
    values: values.map(String),
    isPath: PATHS.has(name),
    isList: lists.length > 0 && !all.some(({ type }) => type === 'string'),
    fields: fieldsOf({ anyOf: own ? free : within }, name),
    hasOwnNames: own,
  }
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(alternatives)
}

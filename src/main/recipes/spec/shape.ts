/** What zod finds wrong with data, as problems at their places, in the words of people who write YAML. */
import type { z } from 'zod'
import { nearest } from '../../../shared/nearest'
import type { Problem } from './problem'
import type { Data, DataPath, YamlData } from './yaml'

type Issue = z.core.$ZodIssue

/** Data that passed, or every problem, in the order of their places. */
export type Shaped<T> = { readonly value: T } | { readonly problems: readonly Problem[] }

export function shape<T>(yaml: YamlData, value: Data, schema: z.ZodType<T>): Shaped<T> {
  const { success, data, error } = schema.safeParse(value)
  if (success) return { value: data }
  const problems = error.issues.flatMap((issue) => problemsOf(issue, { yaml, value, schema, above: [] }))
  return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
}

interface Context {
  readonly yaml: YamlData
  readonly value: Data
  readonly schema: z.ZodType
  /** Where the issue's own path starts. */
  readonly above: DataPath
}

function problemsOf(issue: Issue, context: Context): Problem[] {
  const { yaml, value, above } = context
  const path = [...above, ...issue.path]
  const found = at(value, path)
  if (issue.code === 'invalid_union') {
    const branch = likeliest(issue.errors)
    if (branch !== undefined) return branch.flatMap((inner) => problemsOf(inner, { ...context, above: path }))
  }
  if (issue.code === 'unrecognized_keys') {
    const known = keysOf(context.schema, path, value)
    return issue.keys.map((key) => {
      const [close] = nearest(key, known, 1)
      return {
        ...yaml.placeOfKey([...path, key]),
        message: `${JSON.stringify(key)} is not known here`,
        expected: `one of ${known.join(', ')}`,
        ...(close !== undefined && { nearest: close }),
      }
    })
  }
  const name = path.length === 0 ? 'the recipe' : spelled(path)
  if (found === undefined) return [{ ...yaml.placeOf(path), message: `${name} is missing`, ...expectation(issue) }]
  if (issue.code === 'invalid_key') {
    return [{ ...yaml.placeOfKey(path), message: `${name} is no name`, expected: 'letters, digits and _' }]
  }
  const close = issue.code === 'invalid_value' ? nearest(String(found), issue.values.map(String), 1)[0] : undefined
  return [
    {
      ...yaml.placeOf(path),
      message: `${name} is ${shown(found)}`,
      ...expectation(issue),
      ...(close !== undefined && { nearest: close }),
    },
  ]
}

/** The alternative that was meant, most likely: that which goes wrong deepest, then in the fewest ways. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const rated = branches.map((issues) => ({
    issues,
    isOtherKind: issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
    depth: Math.max(0, ...issues.map(({ path }) => path.length)),
    strangers: issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0),
  }))
  rated.sort(
    (a, b) =>
      Number(a.isOtherKind) - Number(b.isOtherKind) ||
      a.strangers - b.strangers ||
      b.depth - a.depth ||
      a.issues.length - b.issues.length,
  )
  return rated[0]?.isOtherKind === false ? rated[0].issues : undefined
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'fields',
  record: 'fields',
}

function expectation(issue: Issue): { readonly expected?: string } {
  if (issue.code === 'invalid_type') return { expected: KINDS[issue.expected] ?? issue.expected }
  if (issue.code === 'invalid_value') return { expected: `one of ${issue.values.map(String).join(', ')}` }
  if (issue.code === 'too_small') return { expected: `at least ${issue.minimum}` }
  if (issue.code === 'custom') return { expected: String(issue.params?.['expected'] ?? issue.message) }
  if (issue.code === 'invalid_union') {
    const kinds = issue.errors.flat().flatMap((each) => (each.path.length === 0 ? [expectation(each).expected] : []))
    const named = [...new Set(kinds.filter((kind) => kind !== undefined))]
    return named.length === 0 ? {} : { expected: named.join(' or ') }
  }
  return {}
}

/** Fields that stand where an unknown one was found. */
function keysOf(schema: z.ZodType, path: DataPath, value: Data): string[] {
  let now: z.core.$ZodType[] = [schema]
  for (const [depth, key] of path.entries()) {
    now = now.flatMap(alternatives).flatMap((each) => below(each, key))
    if (now.length === 0) throw new Error(`no schema at ${spelled(path.slice(0, depth + 1))}`)
  }
  const objects = now.flatMap(alternatives).flatMap((each) => {
    const { def } = each as z.ZodObject
    return def.type === 'object' ? [Object.keys(def.shape)] : []
  })
  // Of several alternatives, those that share a field with what is written.
  const written = Object.keys(at(value, path) ?? {})
  const sharing = objects.filter((keys) => keys.some((key) => written.includes(key)))
  return [...new Set((sharing.length > 0 ? sharing : objects).flat())]
}

function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { def } = schema._zod as { def: { type: string; options?: z.core.$ZodType[]; innerType?: z.core.$ZodType } }
  if (def.type === 'union') return (def.options ?? []).flatMap(alternatives)
  if (def.innerType !== undefined) return alternatives(def.innerType)
  return [schema]
}

function below(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  const def = schema._zod.def as {
    type: string
    shape?: Record<string, z.core.$ZodType>
    element?: z.core.$ZodType
    valueType?: z.core.$ZodType
  }
  const found = def.shape?.[String(key)] ?? def.element ?? def.valueType
  return found === undefined ? [] : [found]
}

function at(value: Data, path: DataPath): Data | undefined {
  let now: Data | undefined = value
  for (const key of path) {
    if (typeof now !== 'object' || now === null || !Object.hasOwn(now, key)) return undefined
    now = (now as Record<PropertyKey, Data>)[key]
  }
  return now
}

function spelled(path: DataPath): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  )
}

function shown(value: Data): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (value === null) return 'empty'
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'empty' : 'a map of fields'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

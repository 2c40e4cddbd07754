/**
 * The variables of a recipe put into its strings: after the YAML is parsed, so that types and places stay. Strings that
 * need what is known only later (the captures of a match, a row) are left as they are.
 */
import { FEW_STEPS, isTemplate, type Render, type Rendering } from '../templates/rendering'
import type { Problem } from './problem'
import type { Data, DataPath, YamlData } from './yaml'

/** By name; `c` are the captures of what is gone through. */
export type Variables = Readonly<Record<string, string | number | boolean | readonly string[]>>

export interface Expansion {
  readonly value: Data
  readonly problems: readonly Problem[]
}

interface Found extends Rendering {
  readonly path: DataPath
}

/** @param isLater fields that are expanded elsewhere, or never */
export async function expand(
  yaml: YamlData,
  { variables, isLater }: { readonly variables: Variables; readonly isLater: (path: DataPath) => boolean },
  render: Render,
): Promise<Expansion> {
  const found: Found[] = []
  collect(yaml.value, [], (path, text) => {
    if (path[0] === 'vars' || isLater(path)) return
    const template = 'c' in variables ? withCaptures(text) : text
    if (isTemplate(template)) found.push({ path, template, context: variables, steps: FEW_STEPS })
  })
  if (found.length === 0) return { value: yaml.value, problems: [] }
  const rendered = await render(found)
  const texts = new Map<string, string>()
  const problems: Problem[] = []
  for (const [i, { path }] of found.entries()) {
    const result = rendered[i]!
    if ('text' in result) texts.set(keyOf(path), result.text)
    else {
      const known = Object.keys(variables)
      problems.push({
        ...yaml.placeOf(path),
        message: `its template cannot be filled in: ${result.problem}`,
        ...(result.problem === 'undefined value' && {
          expected: known.length === 0 ? 'a name below vars, which are none' : `one of ${known.join(', ')}`,
        }),
      })
    }
  }
  return { value: replaced(yaml.value, [], texts), problems }
}

/** `$0` is the first capture, `$$` a dollar, as in the names of views. */
export function withCaptures(text: string): string {
  return text.replaceAll(/\$(\$|\d+)/g, (_, what: string) => (what === '$' ? '$' : `{{ c[${what}] }}`))
}

function collect(value: Data, path: DataPath, each: (path: DataPath, text: string) => void): void {
  if (typeof value === 'string') {
    each(path, value)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      collect(inner, [...path, Array.isArray(value) ? Number(key) : key], each)
  }
}

function replaced(value: Data, path: DataPath, texts: ReadonlyMap<string, string>): Data {
  if (typeof value === 'string') return texts.get(keyOf(path)) ?? value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((inner, i) => replaced(inner, [...path, i], texts))
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner, [...path, key], texts)]))
}

function keyOf(path: DataPath): string {
  return JSON.stringify(path)
}

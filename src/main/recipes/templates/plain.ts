/** Templates that need no engine: text in which names stand, as most of them are. What is anything else is for the engine. */
import type { Rendering } from './rendering'

const NAME = /\{\{ *([A-Za-z_]\w*)(?:\[(\d{1,3})\])? *\}\}/g
/** Words that are no names to the engine. */
const WORDS = new Set(['true', 'false', 'none', 'True', 'False', 'None', 'not', 'and', 'or', 'in', 'is', 'if', 'else'])

/** What the engine would make of it; undefined where it has to be asked. */
export function filledPlainly({ template, context }: Rendering): string | undefined {
  let isPlain = true
  const text = template.replaceAll(NAME, (_, name: string, index?: string) => {
    const value = valueOf(context, name, index)
    if (value === undefined) isPlain = false
    return value ?? ''
  })
  // What stands around the names may be more of a template, and so may what came in for them: only the former counts.
  // A brace beside a name is one to the engine, too.
  const around = template.replaceAll(NAME, '\0')
  return isPlain && !/\{[{%#\0]|[}%#\0]\}/.test(around) ? text : undefined
}

function valueOf(context: Rendering['context'], name: string, index: string | undefined): string | undefined {
  if (WORDS.has(name) || !Object.hasOwn(context, name)) return undefined
  const found = context[name]
  const value: unknown = index === undefined ? found : Array.isArray(found) ? found[Number(index)] : undefined
  if (typeof value === 'string') return value
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : undefined
}

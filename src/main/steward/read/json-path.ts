/**
 * A condition on a JSON document: a path that must lead somewhere, or that must lead to a value which
 * compares with a literal. `$.a.b[0]`, `$['odd name'].*`, `$.rows >= 100`, `$.mediaType == "text/csv"`.
 * A part of RFC 9535, without filters and descent.
 */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'

export type JsonCondition = (document: unknown) => boolean

type Step = (value: unknown) => readonly unknown[]
type Scalar = string | number | boolean | null

const NAME = /^\.([\p{L}_$][\p{L}\p{N}_$-]*)/u
const ANY = /^(?:\.\*|\[\*\])/
const INDEX = /^\[(-?\d{1,9})\]/
const QUOTED = /^\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]/
const WHOLE_TEXT = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')$/s
const COMPARISON = /^\s*(==|!=|<=|>=|<|>|=)\s*(.+)$/s

/** @throws steward.bad-json-path */
export function readCondition(text: string): JsonCondition {
  const trimmed = text.trim()
  if (!trimmed.startsWith('$')) throw bad(text, 'it does not begin with $')
  const steps: Step[] = []
  let rest = trimmed.slice(1)
  for (let next = readStep(rest, text); next !== undefined; next = readStep(rest, text)) {
    steps.push(next.step)
    rest = next.rest
  }
  const isWanted = readComparison(rest, text)
  return (document) => steps.reduce((values, step) => values.flatMap(step), [document]).some(isWanted)
}

function readStep(rest: string, text: string): { readonly step: Step; readonly rest: string } | undefined {
  const any = ANY.exec(rest)
  if (any) return { step: children, rest: rest.slice(any[0].length) }
  const index = INDEX.exec(rest)
  if (index) return { step: at(Number(index[1])), rest: rest.slice(index[0].length) }
  const name = NAME.exec(rest)
  if (name) return { step: member(name[1] as string), rest: rest.slice(name[0].length) }
  const quoted = QUOTED.exec(rest)
  if (quoted) return { step: member(textOf(quoted[1] as string, text)), rest: rest.slice(quoted[0].length) }
  return undefined
}

function readComparison(rest: string, text: string): (value: unknown) => boolean {
  if (rest.trim() === '') return (value) => value !== null
  const [, operator, literal] = COMPARISON.exec(rest) ?? []
  if (operator === undefined || literal === undefined) throw bad(text, `${quote(rest.trim())} cannot be read`)
  const wanted = scalarOf(literal.trim(), text)
  switch (operator) {
    case '!=':
      return (value) => value !== wanted
    case '<':
      return (value) => compare(value, wanted) < 0
    case '<=':
      return (value) => compare(value, wanted) <= 0
    case '>':
      return (value) => compare(value, wanted) > 0
    case '>=':
      return (value) => compare(value, wanted) >= 0
    default:
      return (value) => value === wanted
  }
}

/** NaN, which no condition accepts, for values that have no order among each other. */
function compare(a: unknown, b: Scalar): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  return Number.NaN
}

function children(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function member(name: string): Step {
  return (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
      ? [(value as Readonly<Record<string, unknown>>)[name]]
      : []
}

function at(index: number): Step {
  return (value) => {
    if (!Array.isArray(value)) return []
    const place = index < 0 ? value.length + index : index
    return place in value ? [value[place] as unknown] : []
  }
}

function scalarOf(literal: string, text: string): Scalar {
  if (literal.startsWith("'") || literal.startsWith('"')) return textOf(literal, text)
  try {
    const value: unknown = JSON.parse(literal)
    if (value === null || typeof value === 'number' || typeof value === 'boolean') return value
  } catch {
    // Said below, like every other literal that is none.
  }
  throw bad(text, `${quote(literal)} is no text in quotes, number, true, false or null`)
}

function textOf(quoted: string, text: string): string {
  const inDouble = (part: string): string => (part === '"' ? '\\"' : part === "\\'" ? "'" : part)
  const json = quoted.startsWith("'") ? `"${quoted.slice(1, -1).replaceAll(/\\.|"/g, inDouble)}"` : quoted
  try {
    const value: unknown = WHOLE_TEXT.test(quoted) ? JSON.parse(json) : undefined
    if (typeof value === 'string') return value
  } catch {
    // Said below.
  }
  throw bad(text, `${quoted} is no text in quotes`)
}

function bad(text: string, why: string): PondError {
  const message = `${quote(text)} cannot be used: ${why}. Expected a path such as $.mediaType, and perhaps a comparison such as $.rows >= 100`
  return new PondError('steward.bad-json-path', message, { path: text })
}

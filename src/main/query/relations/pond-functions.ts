/**
 * The table functions of the schema `pond`: their names, parameters and columns, and the reading of their
 * arguments. An argument is a constant: what a function reads must be known before the statement runs.
 */
import { PondError } from '../../../shared/errors'
import { nearest } from '../../../shared/nearest'
import type { Constant } from '../sql/constants'
import { momentText } from './moment-databases'
import type { CallReference } from '../sql/references'
import { quoteName, quoteText } from '../engine/quote'
import type { Place } from '../sql/scan'
import type { Node } from '../sql/syntax-tree'

export type FunctionName = 'files_at' | 'columns' | 'diff' | 'diff_rows' | 'changes' | 'history' | 'schema_diff'

export interface Parameter {
  readonly name: string
  readonly takes: 'moment' | 'path' | 'names'
  readonly isOptional?: true
}

export interface PondFunction {
  readonly name: FunctionName
  readonly parameters: readonly Parameter[]
  /** As docs/sql.md has them; what depends on the file is named by dots. */
  readonly columns: string
}

const PATH: Parameter = { name: 'path', takes: 'path' }
const FROM: Parameter = { name: 'a', takes: 'moment' }
const TO: Parameter = { name: 'b', takes: 'moment', isOptional: true }
const KEY: Parameter = { name: 'key', takes: 'names', isOptional: true }

const POND_FUNCTIONS: readonly PondFunction[] = [
  { name: 'files_at', parameters: [{ name: 'v', takes: 'moment' }], columns: 'those of pond.files' },
  { name: 'columns', parameters: [PATH], columns: 'path, column_name, data_type, ordinal' },
  { name: 'diff', parameters: [FROM, TO], columns: 'path, old_path, file_type, change, size_before, size_after' },
  { name: 'diff_rows', parameters: [PATH, FROM, TO, KEY], columns: 'change, from_..., to_...' },
  {
    name: 'changes',
    parameters: [PATH, FROM, TO, KEY],
    columns: '_version, _committed_at, _change_type, ...',
  },
  { name: 'history', parameters: [PATH], columns: 'those of pond.file_versions' },
  {
    name: 'schema_diff',
    parameters: [PATH, FROM, TO],
    columns: 'column_name, change, from_type, to_type, from_ordinal, to_ordinal',
  },
]

const BY_NAME = new Map<string, PondFunction>(POND_FUNCTIONS.map((each) => [each.name, each]))

/** As SQL writes them; with the one that takes a query and no constants. */
export const FUNCTION_NAMES: readonly string[] = [...POND_FUNCTIONS.map(({ name }) => `pond.${name}`), 'pond.ipc']

export function isPondFunction(name: string): boolean {
  return BY_NAME.has(name.toLowerCase())
}

/**
 * SQL that makes the functions known to DuckDB's own catalog, with parameters and columns. They are never called:
 * a call is a view by the time it runs.
 */
export function declaredFunctions(database: string): string {
  return POND_FUNCTIONS.flatMap(({ name, parameters, columns }) => {
    const macro = [database, 'pond', name].map(quoteName).join('.')
    const list = parameters.map((each) => (each.isOptional ? `${each.name} := NULL` : each.name)).join(', ')
    return [
      `CREATE MACRO ${macro}(${list}) AS TABLE SELECT error('this call is not understood')`,
      `COMMENT ON MACRO TABLE ${macro} IS ${quoteText(`table of ${columns}`)}`,
    ]
  }).join(';\n')
}

/** `pond.diff(a [, b])` */
function signatureOf({ name, parameters }: PondFunction): string {
  const parts = parameters.map((each, index) => {
    const separator = index === 0 ? '' : ', '
    return each.isOptional ? ` [${separator}${each.name}]` : separator + each.name
  })
  return `pond.${name}(${parts.join('')})`
}

/** A function by the name it is called with. @throws query.failed with what may have been meant */
export function mustFunction(name: string, place: Place | null): PondFunction {
  const found = BY_NAME.get(name)
  if (found !== undefined) return found
  const candidates = nearest(`pond.${name}`, FUNCTION_NAMES)
  // pond.files(3) and the like: the relation is there, and so is what was meant by the argument.
  const twin = FUNCTION_NAMES.find((each) => each.startsWith(`pond.${name}_`))
  const near = [...new Set(twin === undefined ? candidates : [twin, ...candidates])]
  const hint = near.length === 0 ? '' : `; did you mean ${near[0]!}?`
  throw failed(`there is no table function pond.${name}${hint}`, place, near)
}

/** A relation's name that is a function's, or a function where a value is expected. */
export function misusedFunction(name: string, place: Place | null): PondError {
  const known = BY_NAME.get(name.toLowerCase())
  if (name.toLowerCase() === 'ipc')
    return failed('pond.ipc is a table function: FROM pond.ipc((SELECT ...))', place, [])
  if (known === undefined)
    return failed(`there is no function pond.${name}`, place, nearest(`pond.${name}`, FUNCTION_NAMES))
  return failed(`pond.${known.name} is a table function: FROM ${signatureOf(known)}`, place, [])
}

export interface Arguments {
  /** The words for a moment, undefined where it is left out. */
  moment(name: string): { readonly text: string; readonly place: Place | null } | undefined
  path(name: string): { readonly text: string; readonly place: Place | null }
  names(name: string): readonly string[] | undefined
  /** Of an argument that may be left out. */
  placeOf(name: string): Place | null
}

interface Given {
  readonly value: Constant | null
  readonly place: Place | null
}

/** Brings arguments and parameters together. @throws query.failed with place and what would be right */
export function bindArguments(
  called: PondFunction,
  call: CallReference,
  context: {
    readonly constants: ReadonlyMap<Node, Constant | null>
    readonly placeOf: (node: Node) => Place | null
    readonly place: Place | null
  },
): Arguments {
  const signature = signatureOf(called)
  const given = new Map<string, Given>()
  const { parameters } = called
  for (const [index, { name, value }] of call.args.entries()) {
    const place = context.placeOf(value) ?? context.place
    const parameter = name === null ? parameters[index] : parameters.find((each) => each.name === name)
    if (parameter === undefined && name === null) throw failed(`too many arguments: ${signature}`, place, [])
    if (parameter === undefined) {
      const names = parameters.map((each) => each.name)
      throw failed(`${signature} has no parameter "${name!}"`, place, nearest(name!, names, names.length))
    }
    if (given.has(parameter.name)) throw failed(`"${parameter.name}" is given twice: ${signature}`, place, [])
    given.set(parameter.name, { value: context.constants.get(value) ?? null, place })
  }
  const missing = parameters.find(({ name, isOptional }) => !isOptional && !given.has(name))
  if (missing !== undefined) throw failed(`"${missing.name}" is missing: ${signature}`, context.place, [])
  return {
    placeOf: (name) => given.get(name)?.place ?? null,
    moment(name) {
      const found = given.get(name)
      return found && { text: momentText(found.value, 'any', found.place), place: found.place }
    },
    path(name) {
      const { value, place } = given.get(name)!
      if (value?.kind !== 'text')
        throw failed(`"${name}" is a path of the pond, a constant text: ${signature}`, place, [])
      return { text: value.text, place }
    },
    names(name) {
      const found = given.get(name)
      if (found === undefined) return undefined
      if (found.value?.kind === 'text') return [found.value.text]
      if (found.value?.kind === 'texts') return found.value.texts
      throw failed(`"${name}" is a column's name or a list of them, such as ['id']: ${signature}`, found.place, [])
    },
  }
}

function failed(message: string, place: Place | null, candidates: readonly string[]): PondError {
  return new PondError('query.failed', message, { ...place, candidates })
}

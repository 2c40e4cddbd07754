/** An input of a recipe as a query over paths of the pond. */
import { PondError } from '../../../shared/errors'
import type { Micros } from '../../../shared/model'
import { quote } from '../../../shared/path'
import { toIsoTime } from '../../../shared/time'
import type { Input, InputFields } from '../spec/fields'
import { selected } from './columns'
import type { Compute } from './compute'
import type { TimeRange } from './reduce-state'
import { lines, list, literal, name, text } from './sql-text'

export interface InputOptions {
  /** Only rows of this time count: others may be there, or may not. */
  readonly within?: TimeRange | undefined
  /** The column that `from` and `to` are about, which comes along whatever `columns` says. */
  readonly time?: string
}

export function fieldsOf(input: Input): InputFields {
  return typeof input === 'string' ? { glob: input } : input
}

/** `SELECT ... FROM '/path'`, in as few words as it needs. @throws query.*, recipes.bad-spec (`at`) */
export async function inputSql(
  input: InputFields,
  compute: Compute,
  { time, within }: InputOptions = {},
): Promise<string> {
  const from = await source(input, compute)
  const keep = time === undefined ? [] : [time]
  const columns = await selected(input, keep, () => compute.columns(`SELECT * FROM ${from}`), compute)
  const range = time === undefined ? [] : [...timeRange(input, time), ...roughly(within, time)]
  const where = range.length === 0 ? '' : `\nWHERE ${range.join(' AND ')}`
  return columns === undefined ? `SELECT * FROM ${from}${where}` : `SELECT\n${lines(columns)}\nFROM ${from}${where}`
}

async function source(input: InputFields, compute: Compute): Promise<string> {
  const { glob, exclude, format, at } = input
  const moment = at === undefined ? '' : ` AT (VERSION => ${await compute.versionOf(at)})`
  if (exclude === undefined) return format === undefined ? `${text(glob)}${moment}` : readerCall(input, text(glob))
  const paths = (await compute.matches(glob, [exclude].flat(), at)).map(({ path }) => literally(path))
  const [only] = paths
  if (only === undefined)
    throw new PondError('recipes.no-input', `nothing is left of ${quote(glob)}`, { glob, exclude })
  if (format !== undefined) return readerCall(input, list(paths))
  if (paths.length === 1) return `${text(only)}${moment}`
  return `(\n${paths.map((path) => `  SELECT * FROM ${text(path)}${moment}`).join('\n  UNION ALL BY NAME\n')}\n)`
}

const READERS = { csv: 'read_csv', json: 'read_json', jsonl: 'read_json', parquet: 'read_parquet' } as const

/** Several files are one table by the names of their columns, as everywhere. */
function readerCall({ format, options = {} }: InputFields, paths: string): string {
  const said = { union_by_name: true, ...(format === 'jsonl' && { format: 'newline_delimited' }), ...options }
  const all = Object.entries(said).map(([option, value]) => `${option} = ${literal(value)}`)
  return `${READERS[format!]}(${[paths, ...all].join(', ')})`
}

/** An input that has no files, with the columns that it names. */
export function emptyInput({ columns = [], rename = [] }: InputFields): string {
  const named = [columns].flat().filter((column) => !/[*?[\]{}]/.test(column))
  const all = named.map((column) => {
    const rule = rename.find((each) => 'from' in each && each.from === column)
    const { to = column, cast = 'VARCHAR' } = rule !== undefined && 'from' in rule ? rule : {}
    return `CAST(NULL AS ${cast}) AS ${name(to)}`
  })
  return `SELECT ${all.length === 0 ? 'NULL AS "nothing"' : all.join(', ')} WHERE false`
}

/** A path as a pattern that meets it alone. */
export function literally(path: string): string {
  return path.replaceAll(/[*?[\]{}\\]/g, (char) => `\\${char}`)
}

/** Half open. */
function timeRange({ from, to }: InputFields, time: string): string[] {
  return [
    ...(from === undefined ? [] : [`${name(time)} >= ${instant(from)}`]),
    ...(to === undefined ? [] : [`${name(time)} < ${instant(to)}`]),
  ]
}

const DAY: Micros = 86_400_000_000

/** A day more to either side: the column may hold days. */
function roughly(within: TimeRange | undefined, time: string): string[] {
  if (within === undefined) return []
  const day = (at: Micros): string => text(toIsoTime(at).slice(0, 10))
  return [`${name(time)} >= ${day(within.from - DAY)}`, `${name(time)} < ${day(within.to + 2 * DAY)}`]
}

/** The literal takes the type of the column that it is compared with: a date, a time with a zone or without. */
function instant(written: string): string {
  return text(written)
}

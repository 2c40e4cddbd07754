/** The factory `reduce`: a series downsampled to buckets of time, at several widths. */
import { mustHaveTime } from './time-column'
import { PondError } from '../../../shared/errors'
import type { Micros } from '../../../shared/model'
import { readDuration } from '../spec/durations'
import type { AGGREGATES, SpecOf } from '../spec/fields'
import { readOrigin, Zone } from '../../../shared/zones'
import { bucketsSql, indented, type Cut } from './buckets'
import { chosenBy, noColumns } from './columns'
import type { Column, Compute } from './compute'
import { fieldsOf, inputSql, literally } from './input'
import { name } from './sql-text'

export type Aggregate = (typeof AGGREGATES)[number]
export type Reduce = SpecOf<'reduce'>

/** One column of the result. */
export interface Value {
  readonly fn: Aggregate
  readonly column: Column
  readonly as: string
}

/** What is computed of one file, whatever the width. */
export interface Reduction {
  /** The rows, as a query. */
  readonly input: string
  readonly time: Column
  readonly values: readonly Value[]
  readonly origin: Micros
  readonly zone: Zone
}

const INTEGER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BIGNUM)$/
const NUMBER = /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/
const NUMBERS_ONLY: ReadonlySet<Aggregate> = new Set(['avg', 'sum', 'stddev'])
/** Decimals of more digits may have a sum of more than 38, which DuckDB keeps without a word. */
const SAFE_DIGITS = 19

/** @throws query.*, recipes.bad-spec */
export async function reductionOf(spec: Reduce, path: string, compute: Compute): Promise<Reduction> {
  const { time, origin } = spec
  const fields = { ...fieldsOf(spec.input), glob: literally(path), exclude: undefined }
  const input = await inputSql(fields, compute, { time })
  const columns = await compute.columns(input)
  const at = mustHaveTime(columns, time, path)
  const others = columns.filter((column) => column !== at)
  const values = valuesOf(spec, others, path)
  const zone = Zone.of(spec.zone)!
  return { input, time: at, values, origin: readOrigin(origin, zone)!, zone }
}

/** All of it at one width. Rows without a time are left out. This is what a reduction means, however it is computed. */
export function reduceSql(reduction: Reduction, every: string): string {
  const { time, values } = reduction
  return bucketsSql(
    {
      from: rowsSql(reduction, [`${name(time.name)} IS NOT NULL`]),
      time: instantOf(time),
      start: startOf(reduction),
      values: values.map((value) => ({ sql: aggregate(value, time), as: value.as })),
    },
    cutOf(reduction, every),
  )
}

/** Those of the result that have the type of their column. */
export function columnsKept({ values }: Reduction): readonly Column[] {
  const ofColumn: ReadonlySet<Aggregate> = new Set(['min', 'max', 'first', 'last'])
  return values.flatMap(({ fn, column, as }) => (ofColumn.has(fn) ? [{ name: as, type: column.type }] : []))
}

export function cutOf({ origin, zone }: Pick<Reduction, 'origin' | 'zone'>, every: string): Cut {
  return { width: readDuration(every)!.micros, origin, zone }
}

/** What the buckets are called by: as the time column, which is an instant in it, too. */
export function startOf({ time }: Reduction): { readonly name: string; readonly type: string } {
  return { name: time.name, type: time.type === 'TIMESTAMP WITH TIME ZONE' ? 'TIMESTAMPTZ' : 'TIMESTAMP' }
}

export function instantOf({ name: column, type }: Column): string {
  return type === 'TIMESTAMP' ? name(column) : `${name(column)}::TIMESTAMP`
}

/** Some of the rows, in parentheses; with their numbers where their order counts. */
export function rowsSql({ input, values }: Reduction, where: readonly string[]): string {
  // Of rows of one time, the later one in the order of the file is the last.
  const isOrdered = values.some(({ fn }) => fn === 'first' || fn === 'last')
  const list = isOrdered ? '*, row_number() OVER () AS "$row"' : '*'
  return `(\n  SELECT ${list}\n  FROM (\n${indented(input, '    ')}\n  )\n  WHERE ${where.join('\n    AND ')}\n)`
}

function valuesOf({ values }: Reduce, columns: readonly Column[], path: string): readonly Value[] {
  const found = new Map<string, Value>()
  for (const { fn, columns: patterns } of values) {
    const all = [patterns].flat()
    for (const column of chosenBy(all, columns)) {
      const isNumber = isInteger(column) || NUMBER.test(column.type)
      if (NUMBERS_ONLY.has(fn) && !isNumber) {
        // `*` means those of which it can be had.
        if (all.includes('*')) continue
        const message = `${path}: ${fn} of ${column.name} is asked for, which is ${column.type} and no number`
        throw new PondError('recipes.bad-spec', message, { path, column: column.name, type: column.type })
      }
      const as = `${column.name}.${fn}`
      found.set(as, { fn, column, as })
    }
  }
  if (found.size === 0)
    throw noColumns(
      path,
      values.flatMap((value) => value.columns),
      columns,
    )
  return [...found.values()]
}

export function isInteger({ type }: Column): boolean {
  return INTEGER.test(type)
}

function aggregate({ fn, column }: Value, time: Column): string {
  const value = name(column.name)
  switch (fn) {
    case 'sum':
      return sumSql(column)
    case 'stddev':
      return `stddev_samp(${value})`
    case 'first':
    case 'last':
      return `${fn}(${value} ORDER BY ${name(time.name)}, "$row") FILTER (${value} IS NOT NULL)`
    default:
      return `${fn}(${value})`
  }
}

/** Exact, or an error: of integers DECIMAL(38,0), of decimals with as many places as they have. */
export function sumSql({ name: column, type }: Column): string {
  const value = name(column)
  // Those that DuckDB would add as fractions.
  if (type === 'UHUGEINT' || type === 'BIGNUM') return checked(`sum(${value}::DECIMAL(38,0))`, 'DECIMAL(38,0)')
  if (INTEGER.test(type)) return `sum(${value})::DECIMAL(38,0)`
  const [, digits, places] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? []
  return Number(digits ?? 0) > SAFE_DIGITS ? checked(`sum(${value})`, `DECIMAL(38,${places})`) : `sum(${value})`
}

/** A sum of more than 38 digits is none of its type: only its text is looked at. */
function checked(sum: string, type: string): string {
  return `CAST(CAST(${sum} AS VARCHAR) AS ${type})`
}

/** The factory `reduce`: a series downsampled to buckets of time, at several widths. */
import { PondError } from '../../../shared/errors'
import { readDuration } from '../spec/durations'
import type { AGGREGATES, SpecOf } from '../spec/fields'
import { chosenBy } from './columns'
import type { Column, Compute } from './compute'
import { fieldsOf, inputSql, literally } from './input'
import { lines, name, text } from './sql-text'

type Aggregate = (typeof AGGREGATES)[number]
type Reduce = SpecOf<'reduce'>

const INTEGER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|BIGNUM)$/
const NUMBER = /^(FLOAT|DOUBLE|DECIMAL\(.*\))$/
const NUMBERS_ONLY: ReadonlySet<Aggregate> = new Set(['avg', 'sum', 'stddev'])

/** One file at one width. Rows without a time are left out. @throws query.*, recipes.bad-spec */
export async function reduceSql(
  spec: Reduce,
  { path, every }: { readonly path: string; readonly every: string },
  compute: Compute,
): Promise<string> {
  const { time, origin } = spec
  const input = await inputSql({ ...fieldsOf(spec.input), glob: literally(path), exclude: undefined }, compute, {
    time,
  })
  const columns = await compute.columns(input)
  const at = columns.find((column) => column.name === time)
  if (at === undefined || !/^(TIMESTAMP|DATE)/.test(at.type)) throw noTime(path, time, at, columns)
  const values = await valuesOf(
    spec,
    columns.filter((column) => column !== at),
    { path, compute },
  )
  // Of rows of one time, the later one in the order of the file is the last.
  const isOrdered = spec.values.some(({ fn }) => fn === 'first' || fn === 'last')
  const from = isOrdered
    ? `(SELECT *, row_number() OVER () AS "$row" FROM (\n${indented(input)}\n))`
    : `(\n${indented(input)}\n)`
  const width = `to_microseconds(${readDuration(every)!.micros})`
  const start = `TIMESTAMP ${text(origin === 'epoch' ? '1970-01-01' : origin)}`
  const bucket = `time_bucket(${width}, ${name(time)}::TIMESTAMP, ${start})${at.type === 'TIMESTAMP WITH TIME ZONE' ? '::TIMESTAMPTZ' : ''}`
  return `SELECT
${lines([`${bucket} AS ${name(time)}`, ...values.map(({ sql, as }) => `${sql} AS ${name(as)}`)])}
FROM ${from}
WHERE ${name(time)} IS NOT NULL
GROUP BY 1
ORDER BY 1`
}

async function valuesOf(
  { values, time }: Reduce,
  columns: readonly Column[],
  { path, compute }: { readonly path: string; readonly compute: Compute },
): Promise<readonly { readonly sql: string; readonly as: string }[]> {
  const found = new Map<string, string>()
  for (const { fn, columns: patterns } of values) {
    const all = [patterns].flat()
    for (const column of await chosenBy(all, columns, compute)) {
      const isNumber = INTEGER.test(column.type) || NUMBER.test(column.type)
      if (NUMBERS_ONLY.has(fn) && !isNumber) {
        // `*` means those of which it can be had.
        if (all.includes('*')) continue
        const message = `${path}: ${fn} of ${column.name} is asked for, which is ${column.type} and no number`
        throw new PondError('recipes.bad-spec', message, { path, column: column.name, type: column.type })
      }
      found.set(`${column.name}.${fn}`, aggregate(fn, column, time))
    }
  }
  return [...found].map(([as, sql]) => ({ as, sql }))
}

function aggregate(fn: Aggregate, { name: column, type }: Column, time: string): string {
  const value = name(column)
  switch (fn) {
    case 'sum':
      return INTEGER.test(type) ? `sum(${value})::DECIMAL(38,0)` : `sum(${value})`
    case 'stddev':
      return `stddev_samp(${value})`
    case 'first':
    case 'last':
      return `${fn}(${value} ORDER BY ${name(time)}, "$row") FILTER (${value} IS NOT NULL)`
    default:
      return `${fn}(${value})`
  }
}

function noTime(path: string, time: string, found: Column | undefined, columns: readonly Column[]): PondError {
  const times = columns.filter(({ type }) => /^(TIMESTAMP|DATE)/.test(type)).map((column) => column.name)
  const what = found === undefined ? 'is not there' : `is ${found.type}, which says no time`
  const hint = times.length === 0 ? '' : `; those that say one: ${times.join(', ')}`
  return new PondError('recipes.bad-spec', `${path}: its column ${time} ${what}${hint}`, { path, column: time, times })
}

function indented(sql: string): string {
  return sql.replaceAll(/^/gm, '  ')
}

/**
 * What is kept of a slice of time instead of its rows: for each bucket of the shortest width what the results of every
 * width can be put together of. A mean is kept as a sum and a number, a deviation as number, mean and the sum of squares
 * about it (Chan, Golub, LeVeque: "Updating formulae", 1979), the first and last value with their times.
 */
import type { Micros } from '../../../shared/model'
import { bucketRows, bucketsSql, bucketStart, indented, instant } from './buckets'
import type { Column } from './compute'
import { cutOf, instantOf, isInteger, rowsSql, startOf, sumSql, type Reduction, type Value } from './reduce'
import { lines, name, text } from './sql-text'

/** Of the column that says which slice a row of a state is of: what the clock shows at its beginning, in microseconds. */
export const SLICE = '$slice'
const START = '$start'
/** Rows of a bucket, with values or without. */
const ROWS = '$rows'
const LOCAL = '$local'

/** Half open, in instants. */
export interface TimeRange {
  readonly from: Micros
  readonly to: Micros
}

/** Types whose values are the same, and in the same order, once Parquet has held them. */
const KEPT =
  /^(BOOLEAN|U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|VARCHAR|BLOB|UUID|DATE|TIME|TIMESTAMP(_S|_MS|_NS)?|TIMESTAMP WITH TIME ZONE)$/

/** Whether slices can stand for the rows. */
export function canBeSliced({ values }: Reduction): boolean {
  return values.every(({ column }) => KEPT.test(column.type))
}

/** The states of the slices in some ranges, slice by slice. @param finest the shortest width */
export function stateSql(
  reduction: Reduction,
  finest: string,
  { ranges, sliceWidth }: { readonly ranges: readonly TimeRange[]; readonly sliceWidth: Micros },
): string {
  const { time, values } = reduction
  const cut = cutOf(reduction, finest)
  const from = rowsSql(reduction, [within(time, ranges)])
  const fields = [{ sql: 'count(*)', as: ROWS }, ...fieldsOf(values, time)]
  if (cut.zone.isUtc)
    return countedStates({ from, time, fields }, { width: cut.width, sliceWidth, base: ranges[0]!.from })
  const grouping = { from, time: instantOf(time), start: { name: START, type: 'TIMESTAMP' }, values: fields }
  const slice = bucketStart(name(LOCAL), { ...cut, width: sliceWidth })
  return `SELECT epoch_us(${slice}) AS ${name(SLICE)}, * EXCLUDE (${name(LOCAL)})\nFROM (\n${indented(bucketRows(grouping, cut, LOCAL))}\n)`
}

/** Buckets counted from the first slice on: whole numbers are divided in half of the time that `time_bucket` takes. */
function countedStates(
  { from, time, fields }: { readonly from: string; readonly time: Column; readonly fields: readonly Field[] },
  { width, sliceWidth, base }: { readonly width: Micros; readonly sliceWidth: Micros; readonly base: Micros },
): string {
  const values = fields.map(({ sql, as }) => `${sql} AS ${name(as)}`)
  const slice = `${base} + "$n" // ${sliceWidth / width} * ${sliceWidth} AS ${name(SLICE)}`
  return `SELECT ${slice}, make_timestamp(${base} + "$n" * ${width}) AS ${name(START)}, * EXCLUDE ("$n")
FROM (
  SELECT
${lines([`(epoch_us(${instantOf(time)}) - ${base}) // ${width} AS "$n"`, ...values], '    ')}
  FROM ${indented(from).trimStart()}
  GROUP BY 1
)`
}

/** The result at a width, of the states at a path. */
export function foldSql(reduction: Reduction, every: string, path: string): string {
  const grouping = {
    from: text(path),
    time: name(START),
    start: startOf(reduction),
    values: reduction.values.map((value) => ({ sql: folded(value), as: value.as })),
  }
  return bucketsSql(grouping, cutOf(reduction, every))
}

interface Field {
  readonly sql: string
  readonly as: string
}

/** How many rows have no time: those that are known to be there and are in no state, else by looking. */
export function timelessSql(
  { input, time }: Reduction,
  { path, rows }: { readonly path: string; readonly rows: number | null },
): string {
  if (rows !== null) return `SELECT ${rows} - coalesce(sum(${name(ROWS)}), 0)::BIGINT FROM ${text(path)}`
  return `SELECT count(*) FROM (\n${indented(input)}\n) WHERE ${name(time.name)} IS NULL`
}

function fieldsOf(values: readonly Value[], time: Column): Field[] {
  const fields = new Map<string, string>()
  for (const { fn, column } of values) {
    const value = name(column.name)
    const add = (what: string, sql: string): unknown => fields.set(`${column.name}.${what}`, sql)
    const isOnly = `FILTER (${value} IS NOT NULL)`
    switch (fn) {
      case 'count':
        add('n', `count(${value})`)
        break
      case 'avg':
        add('n', `count(${value})`)
        add('sum', sumSql(column))
        break
      case 'sum':
        add('sum', sumSql(column))
        break
      case 'stddev':
        add('n', `count(${value})`)
        add('mean', `avg(${value}::DOUBLE)`)
        add('squares', `var_pop(${value}) * count(${value})`)
        break
      case 'min':
      case 'max':
        add(fn, `${fn}(${value})`)
        break
      case 'first':
      case 'last':
        add(fn, `${fn}(${value} ORDER BY ${name(time.name)}, "$row") ${isOnly}`)
        add(`${fn}At`, `${fn === 'first' ? 'min' : 'max'}(${instantOf(time)}) ${isOnly}`)
    }
  }
  return [...fields].map(([as, sql]) => ({ sql, as }))
}

function folded({ fn, column }: Value): string {
  const sum = (what: string): string => `sum(${field(column, what)})`
  switch (fn) {
    case 'count':
      return `coalesce(${sum('n')}, 0)::BIGINT`
    case 'avg':
      return `CASE WHEN ${sum('n')} > 0 THEN ${sum('sum')}::DOUBLE / ${sum('n')}::DOUBLE END`
    case 'sum':
      return isInteger(column) ? `${sum('sum')}::DECIMAL(38,0)` : sum('sum')
    case 'stddev':
      return deviation(column)
    case 'min':
    case 'max':
      return `${fn}(${field(column, fn)})::${column.type}`
    case 'first':
      return `arg_min(${field(column, 'first')}, ${field(column, 'firstAt')})::${column.type}`
    case 'last':
      return `arg_max(${field(column, 'last')}, ${field(column, 'lastAt')})::${column.type}`
  }
}

/** Two buckets at a time, in the order of time. */
function deviation(column: Column): string {
  const [n, mean, squares] = [field(column, 'n'), field(column, 'mean'), field(column, 'squares')]
  const states = `list({ n: ${n}::DOUBLE, mean: ${mean}, squares: ${squares} } ORDER BY ${name(START)}) FILTER (${n} > 0)`
  const merged = `{
      n: a.n + b.n,
      mean: a.mean + (b.mean - a.mean) * b.n / (a.n + b.n),
      squares: a.squares + b.squares + (b.mean - a.mean) * (b.mean - a.mean) * a.n * b.n / (a.n + b.n)
    }`
  const all = `list_reduce(${states}, lambda a, b: ${merged})`
  return `list_transform([${all}], lambda s: CASE WHEN s.n > 1 THEN sqrt(s.squares / (s.n - 1)) END)[1]`
}

function field({ name: column }: Column, what: string): string {
  return name(`${column}.${what}`)
}

/** In the type of the column where that is an instant, so that files are read at these places only. */
function within(time: Column, ranges: readonly TimeRange[]): string {
  const zoned = time.type === 'TIMESTAMP WITH TIME ZONE' ? '::TIMESTAMPTZ' : ''
  const at = zoned === '' ? instantOf(time) : name(time.name)
  const each = ranges.map(({ from, to }) => `${at} >= ${instant(from)}${zoned} AND ${at} < ${instant(to)}${zoned}`)
  return each.length === 1 ? each[0]! : `(${each.map((range) => `(${range})`).join(' OR ')})`
}

/**
 * What was found out about a text file, as plain data: enough to write the SQL that reads it, and to tell people.
 * It follows from the bytes and from what somebody said, and from nothing else.
 */
import { z } from 'zod'
import type { Reading } from '../../../shared/model'
import { compressionOfName } from '../formats'
import { quoteName, quoteText } from '../engine/quote'
import type { Kind, Why } from './column-kind'
import { columnSql } from './column-sql'
import { COPY_DIALECT } from './csv-copy'
import { isNullSql } from './misfits'

export interface PlannedColumn {
  readonly name: string
  /** Column of the raw text: its place in CSV, its key in JSON. */
  readonly key: string
  /** Null where JSON's own type is taken as it is. */
  readonly kind: Kind | null
  readonly nulls: readonly string[]
  /** Of JSON: what it is read as. */
  readonly jsonType: string
  /** Of integers: some may have more digits than a double keeps. */
  readonly isLong: boolean
  /** Why it is text although most of it is something else. */
  readonly why: Why | null
}

export interface Plan {
  readonly reading: Reading
  readonly columns: readonly PlannedColumn[]
  /** A copy in DuckDB's dialect is read instead of the file. */
  readonly needsCopy: boolean
  /** Of CSV that is read as it is: lines above the first row, and how many values a row has. */
  readonly skip: number
  readonly width: number
  /** Bytes of the longest row. */
  readonly longest: number
  /** Rows that are no objects: one column. */
  readonly isBareJson: boolean
  /** Every row is one line: row n is on line n + `rowLine`. Null where that is not so. */
  readonly rowLine: number | null
}

const kind = z.custom<Kind>((value) => typeof value === 'object' && value !== null && 'is' in value)
const column = z.object({
  name: z.string(),
  key: z.string(),
  kind: kind.nullable(),
  nulls: z.array(z.string()),
  jsonType: z.string(),
  isLong: z.boolean(),
  why: z.custom<Why>().nullable(),
})
/** A plan that was kept somewhere. */
export const keptPlan = z.object({
  reading: z.custom<Reading>(
    (value) => typeof value === 'object' && value !== null && 'format' in value && 'columns' in value,
  ),
  columns: z.array(column),
  needsCopy: z.boolean(),
  skip: z.int().min(0),
  width: z.int().min(1),
  longest: z.int().min(0),
  isBareJson: z.boolean(),
  rowLine: z.int().nullable(),
})

/** As many as a sheet of Excel has: more are seldom a table, and DuckDB takes 32 kB for each of them and thread. */
export const MOST_COLUMNS = 16_384

/**
 * Levels of a value of JSON that are lists and structs; what is deeper stays JSON, of which nothing is lost. DuckDB
 * needs the square of the levels to name such a type, and can neither show nor write one of some hundred.
 */
export const DEEPEST_TYPE = 64

/** What `planSql` puts where the files stand. */
export const FILES = '$files'

/** SQL of a column in place of what the plan has; undefined where that stays. */
export type Override = (column: PlannedColumn) => string | undefined

/** SQL that reads files of this plan as the table that it describes; `$files` stands for the list of their host paths. */
export function planSql(plan: Plan, name: string, override: Override = () => undefined): string {
  const { reading, columns } = plan
  const selected = columns.map(
    (column) => `${override(column) ?? columnValue(column, reading.timezone)} AS ${quoteName(column.name)}`,
  )
  return `SELECT ${selected.join(', ')} FROM ${rawSql(plan, name)}`
}

export function columnValue({ key, kind: what, nulls }: PlannedColumn, zone: string): string {
  const raw = quoteName(key)
  if (what === null) return raw
  const { value } = columnSql(what, raw, zone)
  if (nulls.length === 0) return value
  return nulls.length === 1 && value === raw
    ? `nullif(${raw}, ${quoteText(nulls[0]!)})`
    : `CASE WHEN NOT ${isNullSql(raw, nulls)} THEN ${value} END`
}

/** What stands after FROM for the text of all columns. */
export function rawSql(plan: Plan, name: string): string {
  const { reading, columns } = plan
  if (reading.format === 'csv') return rawCsv(plan)
  const compression = plan.needsCopy ? null : compressionOfName(name)
  const packed = compression === null ? '' : `, compression = ${quoteText(compression)}`
  return rawJson({ format: reading.format, columns, isBare: plan.isBareJson, packed })
}

export function rawJson({
  format,
  columns,
  isBare,
  packed,
}: {
  readonly format: 'json' | 'jsonl'
  readonly columns: readonly Pick<PlannedColumn, 'key' | 'jsonType'>[]
  readonly isBare: boolean
  readonly packed: string
}): string {
  const layout = format === 'jsonl' ? ", format = 'newline_delimited'" : ''
  const options = `${layout}${packed}, union_by_name = true, hive_partitioning = false, maximum_sample_files = 1000000`
  const [bare] = columns
  // Of big numbers among the rows, this reader alone keeps all digits.
  if (isBare && bare?.jsonType === 'VARCHAR')
    return `(SELECT json->>'$' AS ${quoteName(bare.key)} FROM ${objectsOf(format, packed)})`
  if (isBare && bare === undefined)
    return `read_json(${FILES}${options}, sample_size = -1, maximum_depth = ${DEEPEST_TYPE})`
  const types = columns.map(({ key, jsonType }) => `${quoteText(key)}: ${quoteText(jsonType)}`)
  return `read_json(${FILES}${options}, records = ${!isBare}, columns = {${types.join(', ')}})`
}

/** Rows of JSON as they are, in a column `json`. */
export function objectsOf(format: 'json' | 'jsonl', packed: string): string {
  const layout = format === 'jsonl' ? ", format = 'newline_delimited'" : ''
  return `read_json_objects(${FILES}${layout}${packed})`
}

function rawCsv({ reading, needsCopy, skip, width, longest }: Plan): string {
  const { delimiter, quote, escape } = needsCopy
    ? COPY_DIALECT
    : { delimiter: reading.delimiter!, quote: reading.quote!, escape: reading.escape! }
  const names = Array.from({ length: width }, (_, index) => `${quoteText(`c${index}`)}: 'VARCHAR'`)
  const text = (value: string): string => quoteText(value === '\t' ? '\\t' : value)
  const options = [
    'auto_detect = false',
    'header = false',
    `skip = ${needsCopy ? 0 : skip}`,
    `delim = ${text(delimiter)}`,
    `quote = ${text(quote)}`,
    `escape = ${text(escape)}`,
    `columns = {${names.join(', ')}}`,
    "nullstr = ''",
    'allow_quoted_nulls = false',
    'hive_partitioning = false',
    ...(longest > 1_500_000 ? [`max_line_size = ${longest + 1_024}`, `buffer_size = ${(longest + 1_024) * 4}`] : []),
  ]
  return `read_csv(${FILES}, ${options.join(', ')})`
}

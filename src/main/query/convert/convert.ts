/**
 * Text tables as Parquet: CSV, JSON and JSON lines, every row of them, as they read everywhere else (`text/`).
 * For a series, times and the types that its columns had before have a say; where they would change a value, it
 * is a refusal that names the row. A locked instance reads the one file and writes the other.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { PondError } from '../../../shared/errors'
import type { Column, PlannedFormat, Reading, ReadingOptions } from '../../../shared/model'
import { quote } from '../../../shared/path'
import { EVENT_TIME_COLUMNS } from '../../tables'
import type { Engine } from '../engine/engine'
import { cancelled, toPondError } from '../engine/failure'
import { quoteName, quoteText } from '../engine/quote'
import type { TableFile } from '../source'
import { columnSql, local } from '../text/column-sql'
import { isEpoch } from '../text/epochs'
import { columnValue, FILES, planSql, rawSql, type Plan, type PlannedColumn } from '../text/plan'
import { unreadable } from '../text/refusals'
import { typeOf } from '../text/united'
import { readingsOf } from '../text/readings'

export interface Conversion {
  readonly format: PlannedFormat
  /** Absolute host paths: what is read, and what is written and does not exist yet. */
  readonly source: string
  readonly target: string
  /** The file's name as its owner knows it: for messages, and for what its ending says. */
  readonly name: string
  /** How it is read; what is absent is decided. */
  readonly reading?: ReadingOptions | undefined
  /** Of what becomes part of a series; a table needs no times. */
  readonly series?: {
    /** The column that says when rows happened; the first of the known names when absent. */
    readonly timestampColumn?: string | undefined
    /** Parquet that this is to be read together with; its types are taken where nothing is lost. Absolute host path. */
    readonly like?: string | undefined
  }
  readonly signal?: AbortSignal | undefined
}

/** The bytes of what is converted. */
export type ConversionSource = Pick<TableFile, 'open'>

export interface Converted {
  readonly rows: number
  readonly reading: Reading
}

const INSTANTS = /^(TIMESTAMP|DATE)/
const EXACT_TO: Readonly<Record<string, string>> = { DOUBLE: '9007199254740992', FLOAT: '16777216' }

/** Writes the Parquet file. @throws query.unreadable-file, query.bad-reading, query.cancelled */
export async function convertToParquet(
  engine: Engine,
  conversion: Conversion,
  bytes: ConversionSource,
): Promise<Converted> {
  const { source, target, series, name, format, signal } = conversion
  const said = withEventColumn(conversion.reading ?? {}, series?.timestampColumn)
  if (signal?.aborted) throw cancelled()
  const text = { name, format, sha256: null, hostPath: source, open: () => bytes.open() }
  const table = await readingsOf(engine).table(text, said, signal)
  const like = series?.like === undefined ? [] : [series.like]
  const sandbox = await engine.sandbox([table.hostPath, target, ...like], signal)
  try {
    const { connection } = sandbox
    const known = like.length === 0 ? [] : await columnsOf(connection, `read_parquet(${quoteText(like[0]!)})`)
    const context = { connection, table, name, isLines: format !== 'json' }
    const columns =
      series === undefined
        ? table.plan.columns.map((column) => ({ column, sql: undefined }))
        : await seriesColumns(context, series.timestampColumn, known)
    const changed = new Map(columns.map(({ column, sql }) => [column, sql]))
    const rows = inFile(
      planSql(table.plan, table.plan.needsCopy ? '' : name, (column) => changed.get(column)),
      table.hostPath,
    )
    const options = 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, USE_TMP_FILE false'
    const count = (await connection.run(`COPY (${rows}) TO ${quoteText(target)} (${options})`)).rowsChanged
    return { rows: count, reading: table.plan.reading }
  } catch (error) {
    if (signal?.aborted) throw cancelled()
    const files = new Map([[table.hostPath, name]])
    throw toPondError(error, { files, relations: [], functions: [], place: () => null })
  } finally {
    sandbox.close()
    table.release()
  }
}

/** Numbers since 1970 are those of the column that is named for times. */
function withEventColumn(said: ReadingOptions, column: string | undefined): ReadingOptions {
  if (column === undefined || said.types?.[column] !== undefined) return said
  return said.timestampFormats?.some(isEpoch) === true
    ? { ...said, types: { ...said.types, [column]: 'TIMESTAMP' } }
    : said
}

interface Context {
  readonly connection: DuckDBConnection
  readonly table: { readonly plan: Plan; readonly hostPath: string }
  readonly name: string
  /** Rows are lines, and called so. */
  readonly isLines: boolean
}

interface SeriesColumn {
  readonly column: PlannedColumn
  /** In place of what the plan has. */
  readonly sql: string | undefined
}

async function seriesColumns(
  context: Context,
  timestampColumn: string | undefined,
  known: readonly Column[],
): Promise<readonly SeriesColumn[]> {
  const { columns } = context.table.plan
  const event = eventColumn(columns, timestampColumn)
  const all: SeriesColumn[] = []
  for (const column of columns) {
    const before = known.find(({ name }) => name === column.name)?.type
    all.push({ column, sql: await seriesColumn(context, column, { before, isEvent: column === event }) })
  }
  return all
}

/** The column of event times, if there may be one. */
function eventColumn(columns: readonly PlannedColumn[], named: string | undefined): PlannedColumn | undefined {
  if (named !== undefined) return columns.find(({ name }) => name === named)
  const candidates = EVENT_TIME_COLUMNS.flatMap((name) => columns.filter((column) => column.name === name))
  const isText = ({ kind }: PlannedColumn): boolean =>
    kind?.is === 'text' || kind?.is === 'nothing' || kind?.is === 'blank'
  return candidates.find((column) => INSTANTS.test(plannedType(column))) ?? candidates.find(isText)
}

function plannedType({ kind, jsonType }: PlannedColumn): string {
  return kind === null ? jsonType : typeOf(kind)
}

async function seriesColumn(
  context: Context,
  column: PlannedColumn,
  { before, isEvent }: { readonly before: string | undefined; readonly isEvent: boolean },
): Promise<string | undefined> {
  const { kind, key, why } = column
  const { plan } = context.table
  const zone = plan.reading.timezone
  const raw = quoteName(key)
  // Days are instants, too, and the next file may have hours.
  const wanted = before ?? (isEvent ? 'TIMESTAMP' : undefined)
  // Types of columns within JSON come from DuckDB, and it unites them.
  if (kind === null)
    return plan.reading.format !== 'csv' && column.jsonType === 'JSON' && before === 'VARCHAR'
      ? `CAST(${raw} AS VARCHAR)`
      : undefined
  const isEmpty = kind.is === 'nothing' || (kind.is === 'blank' && wanted !== 'VARCHAR')
  if (isEmpty) return wanted === undefined ? undefined : `CAST(NULL AS ${wanted})`
  const type = typeOf(kind)
  if (kind.is === 'text') {
    if (isEvent) throw why === null ? await noTime(context, column, wanted ?? 'TIMESTAMP') : whyRefused(context, column)
    if (why !== null && why.reason.includes('more digits than a fraction') && before !== 'VARCHAR')
      throw whyRefused(context, column)
    if (before === undefined || before === 'VARCHAR' || plan.reading.format !== 'csv') return undefined
    throw why === null ? await noTime(context, column, before) : whyRefused(context, column)
  }
  const isText = plan.reading.format === 'csv' || kind.is === 'times' || kind.is === 'formatted'
  if (before === 'VARCHAR' && !isEvent) return isText ? raw : undefined
  if (wanted === undefined || wanted === type) return undefined
  if (kind.is === 'integer' && EXACT_TO[wanted] !== undefined) {
    await refuseWhere(context, column, {
      condition: `abs(CAST(${columnValue(column, zone)} AS HUGEINT)) > ${EXACT_TO[wanted]}`,
      reason: `an integer that ${wanted} does not hold exactly`,
      type: wanted,
    })
    return `CAST(${columnValue(column, zone)} AS ${wanted})`
  }
  if (!INSTANTS.test(type)) return undefined
  if (!INSTANTS.test(wanted)) return undefined
  return instantAs(context, column, { type, wanted, isKept: before !== undefined })
}

/** Times as the series has them; those without a zone are UTC, unless it was said otherwise. */
async function instantAs(
  context: Context,
  column: PlannedColumn,
  { type, wanted, isKept }: { readonly type: string; readonly wanted: string; readonly isKept: boolean },
): Promise<string | undefined> {
  const zone = context.table.plan.reading.timezone
  const value = columnValue(column, zone)
  if (!isKept) return type === 'DATE' ? `CAST(${value} AS TIMESTAMP)` : undefined
  if (wanted === 'DATE') return undefined
  if (type === 'TIMESTAMP_NS') {
    const text = `CAST(${value} AS VARCHAR)`
    await refuseWhere(context, column, {
      condition: `regexp_matches(${text}, '[.][0-9]{6}0*[1-9]')`,
      reason: `finer than the microseconds of ${wanted}`,
      type: wanted,
    })
    return undefined
  }
  if (type === 'DATE')
    return wanted === 'TIMESTAMP WITH TIME ZONE'
      ? local(`CAST(${value} AS TIMESTAMP)`, zone)
      : `CAST(${value} AS ${wanted})`
  const isZoned = type === 'TIMESTAMP WITH TIME ZONE'
  const utc = isZoned ? `timezone('UTC', ${value})` : value
  if (wanted === 'TIMESTAMP WITH TIME ZONE') return isZoned ? undefined : `timezone('UTC', ${value})`
  if (wanted === 'TIMESTAMP' || wanted === 'TIMESTAMP_NS') return `CAST(${utc} AS ${wanted})`
  return undefined
}

/** @throws query.unreadable-file naming the first row of which the condition is true */
async function refuseWhere(
  context: Context,
  column: PlannedColumn,
  { condition, reason, type }: { readonly condition: string; readonly reason: string; readonly type: string },
): Promise<void> {
  const found = await firstWhere(context, column, condition)
  if (found === null) return
  const { row, value } = found
  throw unreadable(context.name, `row ${row} (without the header): ${column.name} is ${quoteText(value)}, ${reason}`, {
    row,
    column: column.name,
    value,
    type,
  })
}

async function firstWhere(
  { connection, table, name }: Context,
  { key }: PlannedColumn,
  condition: string,
): Promise<{ readonly row: number; readonly value: string } | null> {
  const { plan, hostPath } = table
  const from = inFile(rawSql(plan, plan.needsCopy ? '' : name), hostPath)
  const found = await connection.runAndReadAll(
    `SELECT row, value FROM (SELECT row_number() OVER () AS row, ${quoteName(key)} AS value, ${condition} AS isOne FROM ${from})
     WHERE isOne ORDER BY row LIMIT 1`,
  )
  const [first] = found.getRows()
  return first === undefined ? null : { row: Number(first[0]), value: String(first[1]) }
}

/** Text where the column has to be of another type. */
async function noTime(context: Context, column: PlannedColumn, type: string): Promise<PondError> {
  const { fits } = columnSql({ is: 'said', type }, quoteName(column.key), 'UTC')
  const condition = `${quoteName(column.key)} IS NOT NULL AND NOT coalesce(${fits}, false)`
  const found =
    (await firstWhere(context, column, condition)) ??
    (await firstWhere(context, column, `${quoteName(column.key)} IS NOT NULL`))
  const what = INSTANTS.test(type) ? 'time' : type
  const { row, value } = found!
  const help =
    what === 'time' ? ` (--timestamp-format says how to read it, --null ${quote(value)} reads it as no value)` : ''
  return refusal(context, column, { row, value, reason: `which is no ${what}${help}` })
}

function whyRefused(context: Context, column: PlannedColumn): PondError {
  const { seen, reason, option } = column.why!
  const help = option === null ? '' : ` (${option} says how to read it)`
  return refusal(context, column, { row: seen.row, value: seen.text, reason: `which ${reason}${help}` })
}

function refusal(
  { name, table, isLines }: Context,
  column: PlannedColumn,
  { row, value, reason }: { readonly row: number; readonly value: string; readonly reason: string },
): PondError {
  const { rowLine, reading } = table.plan
  const line = reading.format === 'csv' ? (rowLine === null ? null : row + rowLine) : isLines ? row : null
  const where = line === null ? `row ${row}` : `line ${line}`
  const detail = {
    row,
    ...(line === null ? {} : { line }),
    column: column.name,
    value,
    options: ['timestamp-format', 'null', 'types'],
  }
  return unreadable(name, `${where}: ${column.name} is ${quote(value)}, ${reason}`, detail)
}

function inFile(sql: string, hostPath: string): string {
  return sql.replace(FILES, () => quoteText(hostPath))
}

async function columnsOf(connection: DuckDBConnection, from: string): Promise<Column[]> {
  const found = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return found.getRowsJson().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
}

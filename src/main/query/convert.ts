/**
 * Text tables as Parquet: CSV, JSON and JSON lines, every row of them, for what is appended to a series.
 * A locked instance reads the one file and writes the other. All rows say what a column is, wherever they stand,
 * and a row that does not fit is a refusal that names it. A fraction becomes the nearest double; integers and
 * instants are never changed.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../shared/errors'
import type { Column } from '../../shared/model'
import { quote } from '../../shared/path'
import { EVENT_TIME_COLUMNS } from '../tables'
import type { Engine } from './engine'
import { changedValues } from './exact-columns'
import { cancelled, toPondError } from './failure'
import { compressionOfName, delimiterOfName } from './formats'
import { quoteName, quoteText } from './scan'

export type TextFormat = 'csv' | 'json' | 'jsonl'

export interface Conversion {
  readonly format: TextFormat
  /** Absolute host paths: what is read, and what is written and does not exist yet. */
  readonly source: string
  readonly target: string
  /** The file's name as its owner knows it: for messages, and for what its ending says. */
  readonly name: string
  /** The column that says when rows happened; the first of the known names when absent. */
  readonly timestampColumn?: string | undefined
  /** Parquet that this is to be read together with; its types are taken where nothing is lost. Absolute host path. */
  readonly like?: string | undefined
  readonly signal?: AbortSignal | undefined
}

const DELIMITERS = ['\t', ';', '|', ','] as const
const INSTANTS = /^(TIMESTAMP|DATE)/
/** From what a file looks like to what there was before: only where every value stays what it is. */
const LOSSLESS: Readonly<Record<string, readonly string[]>> = {
  BOOLEAN: ['VARCHAR'],
  BIGINT: ['DOUBLE', 'VARCHAR'],
  DOUBLE: ['VARCHAR'],
  DATE: ['TIMESTAMP', 'TIMESTAMP_NS', 'VARCHAR'],
  TIME: ['VARCHAR'],
  TIMESTAMP: ['TIMESTAMP_NS', 'VARCHAR'],
  'TIMESTAMP WITH TIME ZONE': ['VARCHAR'],
}

/** Writes the Parquet file. Returns its number of rows. @throws query.unreadable-file, query.cancelled */
export async function convertToParquet(engine: Engine, conversion: Conversion): Promise<number> {
  const { source, target, like, name, signal } = conversion
  if (signal?.aborted) throw cancelled()
  const sandbox = await engine.sandbox([source, target, ...(like === undefined ? [] : [like])], signal)
  try {
    const { connection } = sandbox
    const known = like === undefined ? [] : await columnsOf(connection, `read_parquet(${quoteText(like)})`)
    const rows = await readingFrom(connection, conversion, known)
    const options = 'FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, USE_TMP_FILE false'
    return (await connection.run(`COPY (${rows}) TO ${quoteText(target)} (${options})`)).rowsChanged
  } catch (error) {
    if (signal?.aborted) throw cancelled()
    if (conversion.format === 'jsonl') await explainMalformed(sandbox.connection, conversion)
    const files = new Map([[source, name]])
    throw toPondError(error, { files, relations: [], functions: [], place: () => null })
  } finally {
    sandbox.close()
  }
}

async function readingFrom(
  connection: DuckDBConnection,
  conversion: Conversion,
  known: readonly Column[],
): Promise<string> {
  const { format } = conversion
  const plain = call(conversion, '')
  const found = await columnsOf(connection, plain)
  if (format === 'csv' && found.length === 1) await explainRagged(connection, conversion, found[0]!.name)
  const event = eventColumn(found, conversion.timestampColumn)
  const wanted = found.map((column) => {
    const type = wantedType(column, { event, known: known.find(({ name }) => name === column.name), format })
    return { name: column.name, type }
  })
  const kept = await exactTypes(connection, conversion, { wanted, found, known })
  const changes = kept.filter(({ type }, index) => type !== found[index]!.type)
  if (changes.length === 0) return `SELECT * FROM ${plain}`
  if (format === 'csv') {
    // As the reader's own types: it then says which line does not fit.
    const types = changes.map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`).join(', ')
    return `SELECT * FROM ${call(conversion, `, types = {${types}}`)}`
  }
  const from = asText(conversion, plain, { found, changes })
  await explainUnfit(connection, { conversion, from, event: changes.find(({ name }) => name === event) })
  const casts = changes.map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`).join(', ')
  return `SELECT * REPLACE (${casts}) FROM ${from}`
}

/** JSON whose numbers and instants that change their type are read as they are spelt, not as what they were taken for. */
function asText(
  conversion: Conversion,
  plain: string,
  { found, changes }: { readonly found: readonly Column[]; readonly changes: readonly Column[] },
): string {
  const spelt = found.map(({ name, type }) => {
    const isChanged = /^(DOUBLE|TIMESTAMP)/.test(type) && changes.some((change) => change.name === name)
    return { name, type: isChanged ? 'VARCHAR' : type, isChanged }
  })
  if (!spelt.some(({ isChanged }) => isChanged)) return plain
  const columns = spelt.map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`)
  return call(conversion, `, columns = {${columns.join(', ')}}`)
}

/** Types that keep every integer and every instant, or a refusal that names the first that none would keep. */
async function exactTypes(
  connection: DuckDBConnection,
  conversion: Conversion,
  columns: { readonly wanted: readonly Column[]; readonly found: readonly Column[]; readonly known: readonly Column[] },
): Promise<readonly Column[]> {
  const { wanted, found, known } = columns
  const changed = await changedValues(connection, wanted, (names) => {
    const list = (all: readonly string[]): string => all.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ')
    if (conversion.format !== 'csv') return call(conversion, `, columns = {${list(names)}}`)
    // Said, as a table of nothing but text has no header that differs from it.
    const header = found.every(({ name }, index) => name === `column${index}`) ? '' : ', header = true'
    return call(conversion, `${header}, types = {${list(names)}}`)
  })
  return wanted.map((column) => {
    const change = changed.find((each) => each.column === column.name)
    if (change === undefined) return column
    const { row, value, type } = change
    const before = known.find(({ name }) => name === column.name)?.type
    const isInstant = INSTANTS.test(type)
    const exact = isInstant ? 'TIMESTAMP_NS' : change.isAllIntegers ? 'VARCHAR' : null
    if (exact !== null && (before === undefined || before === exact)) return { ...column, type: exact }
    const why = isInstant ? `finer than the microseconds of ${before}` : `an integer that ${type} does not hold exactly`
    const other = isInstant || before !== undefined ? '' : ', and other values of the column have fractions'
    const reason = `row ${row} (without the header): ${column.name} is ${quoteText(value)}, ${why}${other}`
    throw unreadable(conversion, reason, { row, column: column.name, value, type })
  })
}

/** The column of event times, if there may be one: what is no instant yet may be the text of one. */
function eventColumn(columns: readonly Column[], named: string | undefined): string | null {
  if (named !== undefined) return named
  const candidates = EVENT_TIME_COLUMNS.flatMap((name) => columns.filter((column) => column.name === name))
  const fits = candidates.find(({ type }) => INSTANTS.test(type))
  return (fits ?? candidates.find(({ type }) => type === 'VARCHAR'))?.name ?? null
}

function wantedType(
  { name, type }: Column,
  context: { readonly event: string | null; readonly known: Column | undefined; readonly format: TextFormat },
): string {
  const { event, known, format } = context
  // Days are instants, too, and the next file may have hours.
  if (name === event && (type === 'DATE' || type === 'VARCHAR')) return 'TIMESTAMP'
  // Beyond 64 bits Parquet would make it a double.
  if (type === 'HUGEINT' || type === 'UHUGEINT') return 'VARCHAR'
  if (known === undefined || known.type === type) return type
  // Text is what a reader of CSV makes of a column in which nothing, or something wrong, stands.
  if (type === 'VARCHAR' && format === 'csv') return known.type
  if (type === 'JSON' && format !== 'csv' && known.type === 'VARCHAR') return known.type
  return LOSSLESS[type]?.includes(known.type) && (format === 'csv' || known.type !== 'VARCHAR') ? known.type : type
}

/**
 * CSV that reads as a single column named by several is CSV of which some line has more or fewer values:
 * read again by the header's word, so that DuckDB names the line.
 */
async function explainRagged(connection: DuckDBConnection, conversion: Conversion, header: string): Promise<void> {
  const delimiter = DELIMITERS.find((each) => header.includes(each))
  if (delimiter === undefined) return
  const columns = header.split(delimiter).map((_, index) => `'c${index}': 'VARCHAR'`)
  const dialect = `, auto_detect = false, header = true, delim = ${quoteText(delimiter)}, quote = '"', escape = '"'`
  const rows = call(conversion, `${dialect}, columns = {${columns.join(', ')}}`, { dialect: false })
  await connection.run(`SELECT count(*) FROM ${rows}`)
}

/** Names the first row whose text is no instant; JSON has no lines to name. */
async function explainUnfit(
  connection: DuckDBConnection,
  {
    conversion,
    from,
    event,
  }: { readonly conversion: Conversion; readonly from: string; readonly event: Column | undefined },
): Promise<void> {
  if (event === undefined) return
  const column = quoteName(event.name)
  const found = await connection.runAndReadAll(
    `SELECT row, value FROM (SELECT row_number() OVER () AS row, CAST(${column} AS VARCHAR) AS value,
       TRY_CAST(${column} AS ${event.type}) IS NULL AND ${column} IS NOT NULL AS unfit FROM ${from})
     WHERE unfit ORDER BY row LIMIT 1`,
  )
  const [first] = found.getRows()
  if (first === undefined) return
  const [line, value] = [Number(first[0]), String(first[1])]
  const where = conversion.format === 'jsonl' ? 'line' : 'row'
  const reason = `${where} ${line}: ${event.name} is ${quoteText(value)}, which is no time`
  throw unreadable(conversion, reason, { line, column: event.name, value })
}

/** Names the first line that is no JSON: DuckDB counts them from where it began to read. */
async function explainMalformed(connection: DuckDBConnection, conversion: Conversion): Promise<void> {
  const dialect = `, auto_detect = false, header = false, delim = '', quote = '', escape = ''`
  const options = `${dialect}, columns = {'text': 'VARCHAR'}, max_line_size = 16777216`
  const lines = call({ ...conversion, format: 'csv' }, options, { dialect: false })
  const found = await connection
    .runAndReadAll(
      `SELECT line FROM (SELECT row_number() OVER () AS line, text FROM ${lines})
       WHERE trim(text) <> '' AND NOT json_valid(text) ORDER BY line LIMIT 1`,
    )
    // What cannot be read as lines is explained by the error that brought us here.
    .catch(() => null)
  const line = found?.getRows()[0]?.[0]
  if (line !== undefined) throw unreadable(conversion, `line ${String(line)} is no JSON`, { line: Number(line) })
}

function unreadable({ name }: Conversion, reason: string, detail: Readonly<Record<string, unknown>>): PondError {
  const message = `${quote(name)} cannot be read as a table: ${reason}`
  return new PondError('query.unreadable-file', message, { path: name, ...detail, candidates: [] })
}

function call({ format, source, name }: Conversion, options: string, { dialect = true } = {}): string {
  const compression = compressionOfName(name)
  const packed = compression === null ? '' : `, compression = ${quoteText(compression)}`
  const delimiter = format === 'csv' && dialect ? delimiterOfName(name) : null
  const delim = delimiter === null ? '' : `, delim = ${quoteText(delimiter)}`
  // Where lines differ in length, DuckDB would look for a table further down and drop what is above it.
  const whole = format === 'csv' && dialect ? ', skip = 0' : ''
  const reader = { csv: 'read_csv', json: 'read_json', jsonl: 'read_ndjson' }[format]
  // All rows: what a column is must not depend on where the row stands that says so.
  const sample = options.includes('auto_detect') ? '' : ', sample_size = -1'
  return `${reader}(${quoteText(source)}${packed}${delim}${whole}${sample}${options})`
}

async function columnsOf(connection: DuckDBConnection, from: string): Promise<Column[]> {
  const found = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return found.getRowsJson().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
}

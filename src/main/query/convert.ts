/**
 * Text tables as Parquet: CSV, JSON and JSON lines, every row of them, for what is appended to a series.
 * A locked instance reads the one file and writes the other. A row that does not fit is a refusal that
 * names its line; nothing is rounded to fit the types of what was there before.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../shared/errors'
import type { Column } from '../../shared/model'
import { quote } from '../../shared/path'
import { EVENT_TIME_COLUMNS } from '../tables'
import type { Engine } from './engine'
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
  DATE: ['TIMESTAMP', 'VARCHAR'],
  TIME: ['VARCHAR'],
  TIMESTAMP: ['VARCHAR'],
  'TIMESTAMP WITH TIME ZONE': ['VARCHAR'],
}

/** Writes the Parquet file. Returns its number of rows. @throws query.unreadable-file, query.cancelled */
export async function convertToParquet(engine: Engine, conversion: Conversion): Promise<number> {
  const { source, target, like, name, signal } = conversion
  if (signal?.aborted) throw cancelled()
  const sandbox = await engine.sandbox([source, target, ...(like === undefined ? [] : [like])])
  const stop = (): void => sandbox.interrupt()
  signal?.addEventListener('abort', stop)
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
    signal?.removeEventListener('abort', stop)
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
  const changes = found.flatMap((column) => {
    const type = wantedType(column, { event, known: known.find(({ name }) => name === column.name), format })
    return type === column.type ? [] : [{ name: column.name, type }]
  })
  if (changes.length === 0) return `SELECT * FROM ${plain}`
  if (format === 'csv') {
    // As the reader's own types: it then says which line does not fit.
    const types = changes.map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`).join(', ')
    return `SELECT * FROM ${call(conversion, `, types = {${types}}`)}`
  }
  await explainUnfit(connection, { conversion, from: plain, event: changes.find(({ name }) => name === event) })
  const casts = changes.map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`).join(', ')
  return `SELECT * REPLACE (${casts}) FROM ${plain}`
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
  return `${reader}(${quoteText(source)}${packed}${delim}${whole}${options})`
}

async function columnsOf(connection: DuckDBConnection, from: string): Promise<Column[]> {
  const found = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return found.getRowsJson().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
}

/**
 * Pond paths as tables: a path or glob in FROM becomes a view of exactly that name, a call such as
 * read_csv('/x.csv', ...) a view over the same call on the host's files. Host paths exist only inside
 * the views; names that DuckDB would show (`filename`) are turned back into pond paths.
 */
import type { TableFormat } from '../../shared/model'
import { PondError } from '../../shared/errors'
import { compressionOfName, formatOfName } from './formats'
import { unitedParquet } from './parquet-reads'
import { quoteName, quoteText } from './scan'
import type { TableFile } from './source'
import { FILES, planSql, type Plan } from './text/plan'
import { unitedColumns } from './text/united'

/** A file with the host path at which DuckDB may read it. */
export interface ReadableFile {
  readonly file: TableFile
  readonly hostPath: string
  /** Of text that is read as a table: how. */
  readonly plan?: Plan
}

/** Table functions that take a path first, with the column in which they name the file. */
const READERS: Readonly<Record<string, { readonly pathColumn: string | null; readonly text?: true }>> = {
  read_csv: { pathColumn: null, text: true },
  read_csv_auto: { pathColumn: null, text: true },
  read_json: { pathColumn: null, text: true },
  read_json_auto: { pathColumn: null, text: true },
  read_json_objects: { pathColumn: null, text: true },
  read_json_objects_auto: { pathColumn: null, text: true },
  read_ndjson: { pathColumn: null, text: true },
  read_ndjson_auto: { pathColumn: null, text: true },
  read_ndjson_objects: { pathColumn: null, text: true },
  read_parquet: { pathColumn: null },
  parquet_scan: { pathColumn: null },
  read_text: { pathColumn: 'filename' },
  read_blob: { pathColumn: 'filename' },
  parquet_metadata: { pathColumn: 'file_name' },
  parquet_schema: { pathColumn: 'file_name' },
  parquet_file_metadata: { pathColumn: 'file_name' },
  parquet_kv_metadata: { pathColumn: 'file_name' },
}

/**
 * Table functions that would run text which was not checked, or that change the instance. DuckDB
 * lets them stand in a SELECT, and the lock on its settings does not cover them.
 */
const FORBIDDEN = new Set([
  'query',
  'query_table',
  'json_execute_serialized_sql',
  'enable_logging',
  'disable_logging',
  'truncate_duckdb_logs',
  'enable_profiling',
  'enable_profile',
  'disable_profiling',
  'disable_profile',
  'checkpoint',
  'force_checkpoint',
  'copy_database',
  'import_database',
  'duckdb_secrets',
  // They tell where this machine keeps its files.
  'duckdb_extensions',
  'duckdb_settings',
  'current_setting',
  'which_secret',
])

/** A function whose calls are bound to files of the pond, or refused. */
export function isTableCall(name: string): boolean {
  return isReader(name) || isForbiddenCall(name) || isDeltaCall(name) || name === 'glob'
}

/** Reads a Delta table that is stored in the pond; under DuckDB's names for it, too, whose extension is not there. */
export function isDeltaCall(name: string): boolean {
  return name === 'delta' || name === 'delta_scan'
}

export function isReader(name: string): boolean {
  return Object.hasOwn(READERS, name)
}

/** A reader that unpacks what it reads. */
export function isTextReader(name: string): boolean {
  return isReader(name) && READERS[name]!.text === true
}

export function isForbiddenCall(name: string): boolean {
  return FORBIDDEN.has(name)
}

/** Settings whose values are of the statement's own doing, or of its pond's configuration. */
const OPEN_SETTINGS = new Set(['memory_limit', 'max_memory', 'threads', 'worker_threads', 'timezone', 'calendar'])

export function isOpenSetting(name: string | null): boolean {
  return name !== null && OPEN_SETTINGS.has(name.toLowerCase())
}

/** SQL that reads files as one table, columns matched by name. Files of text have their plan. */
export function readFiles(files: readonly ReadableFile[]): string {
  const override = unitedColumns(files.flatMap(({ plan }) => (plan === undefined ? [] : [plan])))
  const groups = new Map<string, ReadableFile[]>()
  for (const file of files) {
    const { plan } = file
    const call =
      plan === undefined
        ? `SELECT * FROM ${readerFor(file.file, formatOf(file.file) ?? 'parquet')}`
        : planSql(plan, plan.needsCopy ? '' : file.file.path, override)
    groups.set(call, [...(groups.get(call) ?? []), file])
  }
  return [...groups]
    .flatMap(([call, members]) =>
      call.includes(FILES) ? [call.replace(FILES, () => hostList(members))] : members.map(() => call),
    )
    .join('\nUNION ALL BY NAME\n')
}

/** SQL that reads the files of one name (versions of a series) as a table of this format, whatever the name says. */
export function readAs(files: readonly ReadableFile[], format: TableFormat): string {
  return `SELECT * FROM ${readerFor(files[0]!.file, format).replace('$files', () => hostList(files))}`
}

/**
 * The same call on the host's files. `rest` is what follows the path argument, from its comma to the
 * closing parenthesis.
 */
export function readCall(
  call: { readonly name: string; readonly options: ReadonlyMap<string, string | boolean | null> },
  rest: string,
  files: readonly ReadableFile[],
): string {
  const { pathColumn, text } = READERS[call.name]!
  const compressions = new Set(files.map(({ file }) => compressionOfName(file.path)))
  const [compression] = compressions
  // A series is one table, whatever columns came to it in time.
  const isParquet = call.name === 'read_parquet' || call.name === 'parquet_scan'
  const hasSeries = files.some(({ file }) => file.parts !== undefined)
  const united = isParquet && hasSeries && !call.options.has('union_by_name') ? ', union_by_name = true' : ''
  const added =
    text && compressions.size === 1 && compression != null && !call.options.has('compression')
      ? `, compression = ${quoteText(compression)}`
      : ''
  const column = fileNameColumn(call.options) ?? pathColumn
  const star = column === null ? '*' : `* REPLACE (${pondPathOf(column, files)} AS ${column})`
  return `SELECT ${star} FROM ${call.name}(${hostList(files)}${added}${united}${rest}`
}

/** `glob('/x/*.csv')` over the pond. */
export function listFiles(files: readonly { readonly path: string }[]): string {
  return `SELECT unnest([${files.map(({ path }) => quoteText(path)).join(', ')}]::VARCHAR[]) AS file`
}

/** What the pond knows of a file; null when neither its type nor its name says. */
export function formatOf(file: TableFile): TableFormat | null {
  return file.fileType === 'file:data' ? formatOfName(file.path) : 'parquet'
}

/** The hidden schema of what is decoded from Arrow. */
export const IPC_SCHEMA = '$ipc'

/** The table that a file of Arrow data is loaded as: DuckDB does not read it by itself. */
export function arrowTable({ sha256 }: TableFile): string {
  return `${quoteName(IPC_SCHEMA)}.${quoteName(sha256)}`
}

export function arrowFiles(files: readonly ReadableFile[]): readonly ReadableFile[] {
  return files.filter(({ file }) => formatOf(file) === 'arrow')
}

function readerFor(file: TableFile, format: TableFormat): string {
  switch (format) {
    case 'parquet':
      return unitedParquet('$files')
    case 'csv':
    case 'json':
    case 'jsonl':
    case 'xlsx':
      throw new PondError('internal', `${file.path} is text, and has no plan`)
    case 'arrow':
      return arrowTable(file)
  }
}

/** `filename = true` adds a column of that name, `filename = 'origin'` one called so. */
function fileNameColumn(options: ReadonlyMap<string, string | boolean | null>): string | null {
  const value = options.get('filename')
  if (value === undefined || value === null || value === false) return null
  return value === true ? 'filename' : quoteName(value)
}

function hostList(files: readonly ReadableFile[]): string {
  return `[${files.map(({ hostPath }) => quoteText(hostPath)).join(', ')}]`
}

/** Files with equal content share a host path; they are then known by the first one's name. */
function pondPathOf(column: string, files: readonly ReadableFile[]): string {
  const names = new Map<string, string>()
  for (const { file, hostPath } of files) if (!names.has(hostPath)) names.set(hostPath, file.path)
  const list = (texts: Iterable<string>): string => `[${[...texts].map(quoteText).join(', ')}]`
  return `map(${list(names.keys())}, ${list(names.values())})[${column}]`
}

/**
 * Pond paths as tables: a path or glob in FROM becomes a view of exactly that name, a call such as
 * read_csv('/x.csv', ...) a view over the same call on the host's files. Host paths exist only inside
 * the views; names that DuckDB would show (`filename`) are turned back into pond paths.
 */
import type { TableFormat } from '../../../shared/model'
import { PondError } from '../../../shared/errors'
import { compressionOfName, formatOfName } from '../formats'
import { unitedParquet } from './parquet-reads'
import { quoteName, quoteText } from '../engine/quote'
import type { ColumnType, SeriesPartFile, TableFile } from '../source'
import { READERS } from '../sql/table-calls'
import { FILES, planSql, type Plan } from '../text/plan'
import { unitedColumns } from '../text/united'

/** A file with the host path at which DuckDB may read it. */
export interface ReadableFile {
  readonly file: TableFile
  readonly hostPath: string
  /** Of one version of a series: its own content, where the file is the whole. */
  readonly part?: Pick<SeriesPartFile, 'sha256' | 'open'>
  /** Of text that is read as a table: how. */
  readonly plan?: Plan
  /** Columns that are read as another type than the content has. */
  readonly types?: readonly ColumnType[]
  /** Of what is computed by a query: the view that it became. There is no host path then. */
  readonly view?: string
}

/** SQL that reads files as one table, columns matched by name. Files of text have their plan. */
export function readFiles(files: readonly ReadableFile[]): string {
  const override = unitedColumns(files.flatMap(({ plan }) => (plan === undefined ? [] : [plan])))
  const groups = new Map<string, ReadableFile[]>()
  for (const file of files) {
    const { plan, view } = file
    const call =
      view !== undefined
        ? `SELECT * FROM ${quoteName(view)}`
        : plan === undefined
          ? `SELECT ${listOf(file)} FROM ${readerFor(file.file, formatOf(file.file) ?? 'parquet')}`
          : planSql(plan, plan.needsCopy ? '' : file.file.path, override)
    groups.set(call, [...(groups.get(call) ?? []), file])
  }
  return [...groups]
    .flatMap(([call, members]) =>
      call.includes(FILES) ? [call.replace(FILES, () => hostList(members))] : members.map(() => call),
    )
    .join('\nUNION ALL BY NAME\n')
}

function listOf({ types = [] }: ReadableFile): string {
  if (types.length === 0) return '*'
  const casts = types.map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`)
  return `* REPLACE (${casts.join(', ')})`
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

/**
 * What a file holds as a table: columns, number of rows, for Parquet the row groups, and for text how it is read.
 * Rows of Parquet and Arrow are not read for it; of text, all are, once.
 */
import { PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { Column, Reading, ReadingOptions, TableFormat, TablePreview } from '../../../shared/model'
import { Pace } from '../../platform'
import { loadArrow } from '../ipc/arrow-files'
import type { Engine, Sandbox } from '../engine/engine'
import { notReadable, stopIf, toPondError } from '../engine/failure'
import { isTextFormat } from '../formats'
import { formatOf, readAs, readFiles, type ReadableFile } from '../files/path-tables'
import { mustBeExact } from '../files/exact-parquet'
import { PondFiles } from '../files/pond-files'
import { quoteName, quoteText } from '../engine/quote'
import { stoppableFile } from '../files/stoppable-source'
import { stoppablePace } from '../files/sql-views'
import type { TableFile } from '../source'
import { mustBeText, readingsOf } from '../text/readings'
import { encryptionOf } from '../files/unreadable'

export interface TableShape {
  readonly format: TableFormat
  readonly columns: readonly Column[]
  /** Known of Parquet and text, else null. */
  readonly rows: number | null
  readonly rowGroups: readonly RowGroup[] | null
  /** Of text. */
  readonly reading: Reading | null
  /** Where it was asked for. */
  readonly preview: TablePreview | null
}

export interface RowGroup {
  readonly rows: number
  /** Compressed. */
  readonly bytes: number
}

export type TableDescription = TableShape | { readonly problem: PondError }

export interface DescribeOptions {
  readonly format?: TableFormat | undefined
  /** How it is read, in place of what the entry says. */
  readonly reading?: ReadingOptions | undefined
  /** First rows to show. */
  readonly previewRows?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** @throws query.bad-reading for options that cannot be, query.cancelled */
export async function describeFile(
  engine: Engine,
  { reading: kept, ...rest }: TableFile,
  options: DescribeOptions = {},
): Promise<TableDescription> {
  const { signal, previewRows = 0 } = options
  const said = options.reading ?? kept
  const file: TableFile = said === undefined ? rest : { ...rest, reading: said }
  const kind = said?.format ?? options.format ?? formatOf(file)
  if (options.reading !== undefined && (kind === null || !isTextFormat(kind))) mustBeText(file.path)
  if (kind === null) {
    const message = `${quote(file.path)} does not look like a table: CSV, JSON, JSON lines, Excel, Parquet and Arrow are read`
    return { problem: new PondError('query.not-a-table', message, { path: file.path }) }
  }
  const pondFiles = new PondFiles(readingsOf(engine), signal)
  try {
    const parts = await pondFiles.parts(signal === undefined ? file : stoppableFile(file, signal))
    stopIf(signal)
    const files = isTextFormat(kind) ? await pondFiles.asTables(parts) : parts
    return await describeReadable(engine, { files, kind, previewRows, signal })
  } catch (error) {
    if (!(error instanceof PondError)) throw error
    // What was said of the file once may not fit what it is now.
    const isOfFile = isProblem(error) || (options.reading === undefined && error.code === 'query.bad-reading')
    if (!isOfFile) throw error
    return { problem: error }
  } finally {
    pondFiles.release()
  }
}

/** What is wrong with the file, and not with the question. */
function isProblem({ code }: PondError): boolean {
  return code === 'query.unreadable-file' || code === 'query.failed' || code === 'query.out-of-memory'
}

async function describeReadable(
  engine: Engine,
  {
    files,
    kind,
    previewRows,
    signal,
  }: {
    readonly files: readonly ReadableFile[]
    readonly kind: TableFormat
    readonly previewRows: number
    readonly signal: AbortSignal | undefined
  },
): Promise<TableDescription> {
  const { file, plan } = files[0]!
  const hostPaths = files.map(({ hostPath }) => hostPath)
  if (plan !== undefined && previewRows === 0) {
    const { columns, rows } = plan.reading
    return { format: kind, columns: columns.map(columnOf), rows, rowGroups: null, reading: plan.reading, preview: null }
  }
  // A footer may be readable where a column is not, and then only some statements are answered.
  const locked = kind === 'parquet' ? await encryptionOf(file) : null
  if (locked !== null) return { problem: notReadable(file.path, locked, { place: null, cause: null }) }
  const sandbox = await engine.sandbox(hostPaths, signal)
  try {
    if (kind === 'parquet') await mustBeExact(files, { engine, connection: sandbox.connection, signal, place: null })
    if (kind === 'arrow') {
      const pace = stoppablePace(new Pace(engine.world.clock), signal)
      await loadArrow(sandbox.connection, files[0]!, { sandbox, pace }, previewRows > 0)
    }
    const sql = plan === undefined ? readAs(files, kind) : readFiles(files)
    const described = await sandbox.connection.runAndReadAll(`DESCRIBE ${sql}`)
    const columns = described.getRowsJson().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
    const rowGroups = kind === 'parquet' ? await rowGroupsOf(sandbox, hostPaths) : null
    const rows = plan?.reading.rows ?? rowGroups?.reduce((sum, group) => sum + group.rows, 0) ?? null
    const preview = previewRows === 0 ? null : await previewOf(sandbox, { sql, columns, limit: previewRows })
    return { format: kind, columns, rows, rowGroups, reading: plan?.reading ?? null, preview }
  } catch (error) {
    stopIf(signal)
    const paths = new Map(hostPaths.map((hostPath) => [hostPath, file.path]))
    const problem = toPondError(error, { files: paths, relations: [], functions: [], place: () => null })
    if (problem.code === 'internal') throw problem
    if (problem.code !== 'query.failed') return { problem }
    // DuckDB does not always say which file; here there is one.
    return { problem: notReadable(file.path, problem.message, { place: null, cause: problem }) }
  } finally {
    sandbox.close()
  }
}

/** Without what only a reading has. */
function columnOf({ name, type }: Column): Column {
  return { name, type }
}

async function previewOf(
  { connection }: Sandbox,
  { sql, columns, limit }: { readonly sql: string; readonly columns: readonly Column[]; readonly limit: number },
): Promise<TablePreview> {
  const texts = columns.map(({ name }) => `CAST(${quoteName(name)} AS VARCHAR)`)
  const found = await connection.runAndReadAll(`SELECT ${texts.join(', ')} FROM (${sql}) LIMIT ${limit}`)
  return { columns, rows: found.getRows().map((row) => row.map((value) => (value === null ? null : String(value)))) }
}

async function rowGroupsOf(sandbox: Sandbox, hostPaths: readonly string[]): Promise<RowGroup[]> {
  const groups: RowGroup[] = []
  // One by one: versions of a series may be the same file.
  for (const hostPath of hostPaths) {
    const found = await sandbox.connection.runAndReadAll(
      `SELECT any_value(row_group_num_rows), sum(total_compressed_size) FROM parquet_metadata(${quoteText(hostPath)})
       GROUP BY row_group_id ORDER BY row_group_id`,
    )
    groups.push(...found.getRows().map((row) => ({ rows: Number(row[0]), bytes: Number(row[1]) })))
  }
  return groups
}

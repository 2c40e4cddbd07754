/**
 * What a file holds as a table, without reading its rows where the format allows it: columns, and for
 * Parquet the number of rows and the row groups.
 */
import { PondError } from '../../shared/errors'
import { quote } from '../../shared/path'
import type { Column, TableFormat } from '../../shared/model'
import { Pace } from '../platform'
import { loadArrow } from './arrow-files'
import type { Engine, Sandbox } from './engine'
import { notReadable, stopIf, toPondError } from './failure'
import { formatOf, readAs } from './path-tables'
import { PondFiles } from './pond-files'
import { quoteText } from './scan'
import { stoppableFile } from './stoppable-source'
import { stoppablePace } from './views'
import type { TableFile } from './source'

export interface TableShape {
  readonly format: TableFormat
  readonly columns: readonly Column[]
  /** Known without reading data (Parquet), else null. */
  readonly rows: number | null
  readonly rowGroups: readonly RowGroup[] | null
}

export interface RowGroup {
  readonly rows: number
  /** Compressed. */
  readonly bytes: number
}

export type TableDescription = TableShape | { readonly problem: PondError }

export interface DescribeOptions {
  /** Default: what the pond knows of it, or its name says. */
  readonly format?: TableFormat | undefined
  readonly signal?: AbortSignal | undefined
}

/** @throws query.cancelled, and what making the file readable throws */
export async function describeFile(
  engine: Engine,
  file: TableFile,
  { format, signal }: DescribeOptions = {},
): Promise<TableDescription> {
  const kind = format ?? formatOf(file)
  if (kind === null) {
    const message = `${quote(file.path)} does not look like a table: CSV, JSON, JSON lines, Parquet and Arrow are read`
    return { problem: new PondError('query.not-a-table', message, { path: file.path }) }
  }
  const files = await new PondFiles().parts(signal === undefined ? file : stoppableFile(file, signal))
  const hostPaths = files.map(({ hostPath }) => hostPath)
  stopIf(signal)
  const sandbox = await engine.sandbox(hostPaths, signal)
  try {
    if (kind === 'arrow') {
      const pace = stoppablePace(new Pace(engine.world.clock), signal)
      await loadArrow(sandbox.connection, files[0]!, { sandbox, pace }, false)
    }
    const described = await sandbox.connection.runAndReadAll(`DESCRIBE ${readAs(files, kind)}`)
    const columns = described.getRowsJson().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
    const rowGroups = kind === 'parquet' ? await rowGroupsOf(sandbox, hostPaths) : null
    const rows = rowGroups?.reduce((sum, group) => sum + group.rows, 0) ?? null
    return { format: kind, columns, rows, rowGroups }
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

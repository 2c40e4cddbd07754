/** A result as a file, as it is shown: its columns, their order and the order of its rows. */
import { exportUrl } from '../../shared/bytes'
import type { ExportedFile } from '../../shared/contract'
import type { ExportFormat, SortKey } from '../../shared/model'
import type { Connection } from './connection'
import { followSteps, runTask } from './tasks'

/** What is shown of a result: its columns by their place, from left to right, and the order of its rows. */
export interface ShownOfResult {
  readonly columns: readonly number[]
  readonly keys: readonly SortKey[]
}

export interface ResultExport {
  readonly pondId: string
  readonly queryId: string
  /** The query or table that the file is named after. */
  readonly name: string
  readonly format: ExportFormat
  /** For the task, e.g. `Parquet`. */
  readonly title: string
  /** Null for all of it. */
  readonly shown: ShownOfResult | null
}

/** Writes the file, once all rows are there, and hands it to the browser. @throws ApiError */
export async function exportResult(
  connection: Connection,
  { pondId, queryId, name, format, title, shown }: ResultExport,
): Promise<ExportedFile> {
  const file = await runTask(`Exporting ${name} as ${title}`, async (task) => {
    const asked = shown === null ? {} : { columns: [...shown.columns], keys: [...shown.keys] }
    const steps = await connection.api.queries.export({ queryId, format, name, ...asked }, { signal: task.signal })
    return followSteps(steps, (progress) => task.progress(progress))
  })
  const link = document.createElement('a')
  link.href = connection.bytesBase + exportUrl(pondId, file.exportId)
  link.download = file.fileName
  link.click()
  return file
}

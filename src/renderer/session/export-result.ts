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

/** A file that was written: `save` hands it to the browser; null where that is done. */
export type ReadyFile = ExportedFile & { readonly save: (() => void) | null }

/**
 * Writes the file, once all rows are there, and hands it to the browser, unless a browser could hold it back: Chromium
 * drops a page's second download in silence if nobody has touched the page for five seconds before it.
 * @throws ApiError
 */
export async function exportResult(
  connection: Connection,
  { pondId, queryId, name, format, title, shown }: ResultExport,
): Promise<ReadyFile> {
  const file = await runTask(`Exporting ${name} as ${title}`, async (task) => {
    const asked = shown === null ? {} : { columns: [...shown.columns], keys: [...shown.keys] }
    const steps = await connection.api.queries.export({ queryId, format, name, ...asked }, { signal: task.signal })
    return followSteps(steps, (progress) => task.progress(progress))
  })
  const save = (): void => {
    const link = document.createElement('a')
    link.href = connection.bytesBase + exportUrl(pondId, file.exportId)
    link.download = file.fileName
    link.click()
  }
  const isHeldBack = connection.kind === 'web' && !hasUserActivation()
  if (!isHeldBack) save()
  return { ...file, save: isHeldBack ? save : null }
}

/** Whether what the page does now counts as done by the person before it. */
function hasUserActivation(): boolean {
  // Browsers that do not tell hold nothing back.
  return (navigator.userActivation as UserActivation | undefined)?.isActive ?? true
}

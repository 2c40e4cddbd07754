/**
 * The rows of a statement as a file of this machine: written beside its target and renamed when it is
 * whole, with the pond, version and statement that it came from in its metadata.
 */
import { resolve } from 'node:path'
import { PondError } from '../../shared/errors'
import { EXPORT_FORMATS, type ExportFormat } from '../../shared/model'
import { writeToHost } from '../platform/node'
import type { Pond as Engine } from '../pond'
import { oneOf, text } from './arguments'
import type { ReadOptions } from './options'

export interface ExportOptions extends ReadOptions {
  /** `json` is one array. */
  readonly format: ExportFormat | 'json'
  readonly signal?: AbortSignal
  /** 0 to 100, about ten times a second, as far as DuckDB knows. */
  readonly onProgress?: (percent: number) => void
}

export interface ExportResult {
  readonly rows: number
  readonly bytes: number
  /** Results of earlier statements of the same text: the last one's rows are the result. */
  readonly resultsDropped: number
}

/** @throws host.exists where the target is a folder, host.inside-pond, host.unwritable; query.* @internal */
export async function exportRows(
  engine: Engine,
  { sql, hostPath, ...options }: ExportOptions & { readonly sql: string; readonly hostPath: string },
): Promise<ExportResult> {
  const format = oneOf('format', options.format, [...EXPORT_FORMATS, 'json'])
  const { signal } = options
  const target = {
    replace: true,
    ponds: engine.openFolders(),
    workFolder: () => engine.queries.workFolder(),
    cleanUp: engine.cleanUp.bind(engine),
    signal,
  }
  const source = await engine.source(options.at ?? 'pending')
  return writeToHost(resolve(text('hostPath', hostPath)), target, (temp) =>
    engine.queries.export(source, text('sql', sql), {
      format,
      target: temp,
      metadata: engine.exportMetadata({ at: source.at, sql }),
      signal,
      onProgress: ({ percent }) => {
        if (percent !== null) options.onProgress?.(percent)
      },
    }),
  ).catch((error: unknown) => {
    if (signal?.aborted) throw new PondError('query.cancelled', 'the query was cancelled', {}, error)
    throw error
  })
}

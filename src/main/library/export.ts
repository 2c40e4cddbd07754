/**
 * The rows of a statement as a file of this machine: written beside its target and renamed when it is
 * whole, with the pond, version and statement that it came from in its metadata.
 */
import { resolve } from 'node:path'
import { mustGoOn } from '../../shared/cancellation'
import { PondError } from '../../shared/errors'
import { EXPORT_FORMATS, type ExportFormat } from '../../shared/model'
import { openHostTarget } from '../platform/node'
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
  const target = await openHostTarget(resolve(text('hostPath', hostPath)), {
    replace: true,
    ponds: engine.openFolders(),
    workFolder: () => engine.queries.workFolder(),
  })
  const source = await engine.source(options.at ?? 'pending')
  try {
    const result = await engine.queries.export(source, text('sql', sql), {
      format,
      target: target.temp,
      metadata: {
        'pond.id': engine.pondId,
        'pond.version': source.at.kind === 'pending' ? `${source.at.version}+pending` : String(source.at.version),
        'pond.sql': sql,
        'pond.exported_at': new Date(engine.now() / 1_000).toISOString(),
      },
      signal: options.signal,
      onProgress: ({ percent }) => {
        if (percent !== null) options.onProgress?.(percent)
      },
    })
    mustGoOn(options.signal)
    await target.put(options.signal)
    return result
  } catch (error) {
    if (options.signal?.aborted) throw new PondError('query.cancelled', 'the query was cancelled', {}, error)
    throw target.about(error)
  } finally {
    await engine.cleanUp(target.temp, () => target.drop())
  }
}

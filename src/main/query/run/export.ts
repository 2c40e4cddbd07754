/**
 * A statement's rows as a file. Parquet is DuckDB's COPY, out of an instance that can write its target and
 * nothing else; the other formats are written here, from the bytes that a pipe would get. A file that
 * could not be finished is removed.
 */
import { PondError } from '../../../shared/errors'
import type { ExportFormat, FileNote } from '../../../shared/model'
import type { World } from '../../platform'
import type { Engine } from '../engine/engine'
import { quoteText } from '../engine/quote'
import { resultBytes, type ByteFormat } from './result-bytes'
import { Execution, type ExecutionOptions } from './execution'
import type { QuerySource } from '../source'

export interface ExportOptions {
  readonly format: ExportFormat | ByteFormat
  /** Absolute host path of a file that does not exist; the caller renames it when it is whole. */
  readonly target: string
  /** Kept in a Parquet file's key-value metadata, and in an Arrow stream's schema. */
  readonly metadata: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** A file that is computed for others: it waits for others of its kind, and not for queries. */
  readonly isMaking?: boolean
  /** Called about ten times a second; what DuckDB does not know is null. */
  readonly onProgress?:
    ((progress: { readonly percent: number | null; readonly rows: number | null }) => void) | undefined
}

export interface ExportResult {
  readonly rows: number
  readonly bytes: number
  /** Results of earlier statements of the same text: the last one's rows are the result. */
  readonly resultsDropped: number
  /** What of the files that were read is not in their tables. */
  readonly notes: readonly FileNote[]
}

const PROGRESS_INTERVAL_MS = 100

interface Context {
  readonly world: World
  readonly engine: Engine
}

type Exported = ExportOptions & Pick<ExecutionOptions, 'bound'>

export function exportRows(
  context: Context,
  source: QuerySource,
  sql: string,
  options: Exported,
): Promise<ExportResult> {
  const { format } = options
  return format === 'parquet'
    ? exportParquet(context, source, sql, options)
    : exportBytes(context, source, sql, { ...options, format })
}

async function exportParquet(
  { world, engine }: Context,
  source: QuerySource,
  sql: string,
  options: Exported,
): Promise<ExportResult> {
  const { signal, target, bound } = options
  const execution = await Execution.open(engine, source, sql, { signal, writable: [target], ...(bound && { bound }) })
  const progress = new AbortController()
  const reporting = report(world, execution, options, { signal: progress.signal, rows: () => null })
  try {
    const rows = await copy(execution, options)
    const size = await execution.sandbox.connection.runAndReadAll(`SELECT size FROM read_blob(${quoteText(target)})`)
    return { rows, bytes: Number(size.value(0, 0)), resultsDropped: execution.resultsDropped, notes: execution.notes }
  } catch (error) {
    throw execution.failure(error)
  } finally {
    progress.abort()
    await reporting
    execution.close()
  }
}

/** What stands behind a COPY into a Parquet file. */
export function parquetCopyOptions(metadata: ExportOptions['metadata']): string {
  const pairs = Object.entries(metadata).map(([key, value]) => `${quoteText(key)}: ${quoteText(value)}`)
  const keyValues = pairs.length === 0 ? '' : `, KV_METADATA {${pairs.join(', ')}}`
  // Written in place: the temporary name that DuckDB would use is not one it may write.
  return `FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false${keyValues}`
}

async function copy(execution: Execution, { target, metadata }: ExportOptions): Promise<number> {
  return execution.copyTo(target, parquetCopyOptions(metadata))
}

async function exportBytes(
  { world, engine }: Context,
  source: QuerySource,
  sql: string,
  options: Exported & { readonly format: ByteFormat },
): Promise<ExportResult> {
  const { signal, target, bound } = options
  if (world.createHostFile === undefined) throw new PondError('query.bad-export', 'there is no host to write to', {})
  const execution = await Execution.open(engine, source, sql, { signal, ...(bound && { bound }) })
  const done = { rows: 0, bytes: 0 }
  const progress = new AbortController()
  const reporting = report(world, execution, options, { signal: progress.signal, rows: () => done.rows })
  try {
    const rows = await execution.run()
    const file = await world.createHostFile(target)
    try {
      for await (const bytes of resultBytes(execution, rows, { ...options, count: done })) {
        await file.write(bytes)
        done.bytes += bytes.length
      }
      await file.finish()
    } finally {
      await file.abandon()
    }
    return { ...done, resultsDropped: execution.resultsDropped, notes: execution.notes }
  } catch (error) {
    throw execution.failure(error)
  } finally {
    progress.abort()
    await reporting
    execution.close()
  }
}

async function report(
  world: World,
  execution: Execution,
  { onProgress }: ExportOptions,
  { signal, rows }: { readonly signal: AbortSignal; rows(): number | null },
): Promise<void> {
  if (onProgress === undefined) return
  while (!signal.aborted) {
    const { percentage } = execution.sandbox.connection.progress
    onProgress({ percent: percentage < 0 ? null : percentage, rows: rows() })
    await world.clock.sleep(PROGRESS_INTERVAL_MS, signal).catch(() => undefined)
  }
}

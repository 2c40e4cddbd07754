/**
 * A statement's rows as a file: Parquet, CSV and JSON lines by DuckDB's COPY, Arrow by our encoder
 * over the streamed rows. Either way it is the statement's own locked instance that writes, and the
 * target is the only file it can write; DuckDB removes a file that it could not finish.
 */
import { PondError } from '../../shared/errors'
import type { ExportFormat } from '../../shared/model'
import type { World } from '../platform'
import type { Engine } from './engine'
import { quoteName, quoteText } from './scan'
import { Session } from './session'
import type { QuerySource } from './source'

export interface ExportOptions {
  readonly format: ExportFormat
  /** Absolute host path of a file that does not exist; the caller renames it when it is whole. */
  readonly target: string
  /** Kept in a Parquet file's key-value metadata, and in an Arrow stream's schema. */
  readonly metadata: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** Called about ten times a second; what DuckDB does not know is null. */
  readonly onProgress?:
    ((progress: { readonly percent: number | null; readonly rows: number | null }) => void) | undefined
}

export interface ExportResult {
  readonly rows: number
  readonly bytes: number
}

const PROGRESS_INTERVAL_MS = 100
const CHUNKS_PER_FLUSH = 16
/** DuckDB holds 2,048 rows of a table in memory while it copies, on each thread. */
const PIECE_BYTES = 32 * 1024

export async function exportRows(
  context: { readonly world: World; readonly engine: Engine },
  source: QuerySource,
  sql: string,
  options: ExportOptions,
): Promise<ExportResult> {
  const { signal, target } = options
  const session = await Session.open(context.engine, source, sql, { signal, writable: target })
  const progress = new AbortController()
  const reporting = report(context.world, session, options, progress.signal)
  try {
    const rows = await write(session, options)
    const size = await session.sandbox.connection.runAndReadAll(`SELECT size FROM read_blob(${quoteText(target)})`)
    return { rows, bytes: Number(size.value(0, 0)) }
  } catch (error) {
    throw session.failure(error)
  } finally {
    progress.abort()
    await reporting
    session.close()
  }
}

async function write(session: Session, options: ExportOptions): Promise<number> {
  const { format, target } = options
  if (format === 'arrow') return writeArrow(session, options)
  if (session.last.isQuery) return session.copyTo(target, copyOptions(options))
  // EXPLAIN, DESCRIBE and the like cannot stand inside a COPY: their rows go through a table.
  const rows = await session.run()
  const declared = rows.types.map((type, index) => `c${index} ${type.toString()}`).join(', ')
  const writer = await session.sandbox.connect()
  await writer.run(`CREATE SCHEMA "$run"; CREATE TABLE "$run".result (${declared})`)
  const appender = await writer.createAppender('result', '$run')
  for await (const chunk of session.chunks(rows)) appender.appendDataChunk(chunk)
  appender.closeSync()
  const named = rows.columns.map(({ name }, index) => `c${index} AS ${quoteName(name)}`).join(', ')
  return session.copyTable(`SELECT ${named} FROM "$run".result`, target, copyOptions(options))
}

function copyOptions({ format, metadata }: ExportOptions): string {
  // Written in place: the temporary name that DuckDB would use is not one it may write.
  const common = 'USE_TMP_FILE false'
  switch (format) {
    case 'parquet': {
      const pairs = Object.entries(metadata).map(([key, value]) => `${quoteText(key)}: ${quoteText(value)}`)
      const keyValues = pairs.length === 0 ? '' : `, KV_METADATA {${pairs.join(', ')}}`
      return `FORMAT parquet, COMPRESSION zstd, ${common}${keyValues}`
    }
    case 'csv':
      return `FORMAT csv, HEADER true, ${common}`
    case 'jsonl':
      return `FORMAT json, ARRAY false, ${common}`
    case 'arrow':
      throw new PondError('query.bad-export', 'DuckDB does not write Arrow by itself', { format })
  }
}

/** The stream is collected in a table, which spills to disk, and copied out as raw bytes. */
async function writeArrow(session: Session, options: ExportOptions): Promise<number> {
  const { ArrowEncoder } = await import('./arrow')
  const rows = await session.run()
  const writer = await session.sandbox.connect()
  await writer.run('CREATE SCHEMA "$run"; CREATE TABLE "$run".pieces (piece BLOB)')
  const encoder = await ArrowEncoder.create({ ...rows, metadata: options.metadata })
  const appender = await writer.createAppender('pieces', '$run')
  const append = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      appender.appendBlob(bytes.subarray(at, at + PIECE_BYTES))
      appender.endRow()
    }
  }
  let count = 0
  let chunks = 0
  append(encoder.head())
  for await (const chunk of session.chunks(rows)) {
    count += chunk.rowCount
    append(encoder.batch(chunk))
    if (++chunks % CHUNKS_PER_FLUSH === 0) appender.flushSync()
  }
  append(encoder.end())
  appender.closeSync()
  // Rows leave a table in the order in which they came: DuckDB keeps it, and is told to by default.
  await session.copyTable('SELECT piece FROM "$run".pieces', options.target, 'FORMAT blob, USE_TMP_FILE false')
  return count
}

async function report(world: World, session: Session, options: ExportOptions, signal: AbortSignal): Promise<void> {
  if (options.onProgress === undefined) return
  while (!signal.aborted) {
    const { percentage } = session.sandbox.connection.progress
    options.onProgress({ percent: percentage < 0 ? null : percentage, rows: null })
    await world.clock.sleep(PROGRESS_INTERVAL_MS, signal).catch(() => undefined)
  }
}

/**
 * The rows of a run as a file: those that were read, not those that the statement would give now, with the
 * columns that are shown and in the order that they are in.
 */
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import type { Column, FileNote, SortKey } from '../../../shared/model'
import type { World } from '../../platform'
import type { Engine, Sandbox } from '../engine/engine'
import { parquetCopyOptions, type ExportOptions, type ExportResult } from './export'
import { cancelled } from '../engine/failure'
import { aroundQuery } from '../out/parquet-types'
import { resultBytes } from './result-bytes'
import { quoteName, quoteText } from '../engine/quote'
import { tableOfTexts } from '../out/text-columns'
import { hasTextType } from '../out/type-text'

export interface RunExportOptions extends ExportOptions {
  /** The columns to write, by their place in the result, in order. */
  readonly columns: readonly number[]
  /** The order of the rows; empty: as DuckDB gave them. */
  readonly keys: readonly SortKey[]
}

/** The rows of a run that has ended. */
export interface RunRows {
  readonly sandbox: Sandbox
  /** Qualified and quoted; its columns are c0, c1, ..., and its rows are in the order of `sorted`. */
  readonly table: string
  readonly isSorted: boolean
  /** As SQL, for where they are not. */
  readonly order: readonly string[]
  readonly columns: readonly Column[]
  readonly types: readonly DuckDBType[]
  readonly rows: number
  readonly resultsDropped: number
  readonly notes: readonly FileNote[]
  failure(error: unknown): PondError
}

/** @throws query.* */
export async function exportRun(
  { world, engine }: { readonly world: World; readonly engine: Engine },
  run: RunRows,
  options: RunExportOptions,
): Promise<ExportResult> {
  const { signal, columns: chosen, onProgress } = options
  const shown = {
    columns: chosen.map((index) => run.columns[index] as Column),
    types: chosen.map((index) => run.types[index] as DuckDBType),
  }
  const list = chosen.map((index, place) => `c${index} AS c${place}`).join(', ')
  const order = run.isSorted ? '' : ` ORDER BY ${[...run.order, 'rowid'].join(', ')}`
  const connection = await run.sandbox.connect()
  const stop = (): void => connection.interrupt()
  signal?.addEventListener('abort', stop)
  const count = { rows: 0 }
  async function* chunks(): AsyncGenerator<DuckDBDataChunk> {
    if (signal?.aborted) throw cancelled()
    const result = await connection.stream(`SELECT ${list} FROM ${run.table}${order}`)
    let told = world.clock.elapsed()
    for (let done = 0; ;) {
      const chunk = await result.fetchChunk()
      if (signal?.aborted) throw cancelled()
      if (chunk === null || chunk.rowCount === 0) return
      done += chunk.rowCount
      yield chunk
      if (world.clock.elapsed() - told < PROGRESS_INTERVAL_US) continue
      told = world.clock.elapsed()
      onProgress?.({ percent: Math.min(99, Math.floor((100 * done) / Math.max(1, run.rows))), rows: done })
    }
  }
  const failure = (error: unknown): PondError => (signal?.aborted ? cancelled() : run.failure(error))
  try {
    const bytes =
      options.format === 'parquet'
        ? await writeParquet(engine, shown, chunks, options, count)
        : await writeBytes(world, { ...shown, chunks, failure }, { ...options, format: options.format }, count)
    // A stream of DuckDB's that fails may end like one that is complete.
    if (count.rows !== run.rows)
      throw new PondError('query.failed', 'not all rows of the result could be read again', {})
    return { rows: count.rows, bytes, resultsDropped: run.resultsDropped, notes: run.notes }
  } catch (error) {
    throw failure(error)
  } finally {
    signal?.removeEventListener('abort', stop)
    connection.disconnectSync()
  }
}

const PROGRESS_INTERVAL_US = 100_000

/** Chunks as they are, in a table. Returns the query that reads them, for Parquet. */
async function tableOf(
  sandbox: Sandbox,
  columns: readonly { readonly name: string; readonly type: DuckDBType }[],
  chunks: AsyncIterable<DuckDBDataChunk>,
): Promise<string> {
  const declared = columns.map(({ type }, index) => `c${index} ${type.toString()}`).join(', ')
  await sandbox.connection.run(`CREATE SCHEMA "$run"; CREATE TABLE "$run".result (${declared})`)
  const appender = await sandbox.connection.createAppender('result', '$run')
  try {
    for await (const chunk of chunks) appender.appendDataChunk(chunk)
  } finally {
    appender.closeSync()
  }
  const { head, tail } = aroundQuery(columns)
  const names = columns.map(({ name }, index) => `c${index} AS ${quoteName(name)}`).join(', ')
  return head === '' ? `SELECT ${names} FROM "$run".result` : `${head}FROM "$run".result${tail}`
}

async function* counted(
  chunks: AsyncIterable<DuckDBDataChunk>,
  count: { rows: number },
): AsyncGenerator<DuckDBDataChunk> {
  for await (const chunk of chunks) {
    count.rows += chunk.rowCount
    yield chunk
  }
}

interface Shown {
  readonly columns: readonly Column[]
  readonly types: readonly DuckDBType[]
}

/** Through an instance that can write the target and nothing else. Returns the bytes written. */
async function writeParquet(
  engine: Engine,
  { columns, types }: Shown,
  chunks: () => AsyncIterable<DuckDBDataChunk>,
  { target, metadata, signal }: RunExportOptions,
  count: { rows: number },
): Promise<number> {
  const sandbox = await engine.sandbox([target], signal)
  try {
    const named = columns.map(({ name }, index) => ({ name, type: types[index] as DuckDBType }))
    const rows = counted(chunks(), count)
    const hasTexts = types.some(hasTextType)
    const query = hasTexts ? await tableOfTexts(sandbox, named, rows) : await tableOf(sandbox, named, rows)
    await sandbox.connection.run(`COPY (${query}) TO ${quoteText(target)} (${parquetCopyOptions(metadata)})`)
    const size = await sandbox.connection.runAndReadAll(`SELECT size FROM read_blob(${quoteText(target)})`)
    return Number(size.value(0, 0))
  } finally {
    sandbox.close()
  }
}

async function writeBytes(
  world: World,
  rows: Shown & { chunks(): AsyncIterable<DuckDBDataChunk>; failure(error: unknown): PondError },
  { target, metadata, format }: RunExportOptions & { readonly format: Exclude<ExportOptions['format'], 'parquet'> },
  count: { rows: number },
): Promise<number> {
  if (world.createHostFile === undefined) throw new PondError('query.bad-export', 'there is no host to write to', {})
  const file = await world.createHostFile(target)
  let written = 0
  try {
    for await (const bytes of resultBytes(rows, rows, { format, metadata, count })) {
      await file.write(bytes)
      written += bytes.length
    }
    await file.finish()
    return written
  } finally {
    await file.abandon()
  }
}

/** The rows of a streaming result in batches that are bounded in rows and, roughly, in bytes. */
import type { DuckDBDataChunk } from '@duckdb/node-api'
import { cancelled } from './failure'
import type { Rows, Session } from './session'

/** A bounded number of rows; a row has one value for each column, in DuckDB's own classes: see `toJson`, `toText`. */
export type RowBatch = readonly (readonly unknown[])[]

const MAX_BATCH_BYTES = 1024 * 1024

/** The chunks of a result until it ends. @throws query.cancelled */
export async function* chunksOf(session: Session, result: Rows['result']): AsyncGenerator<DuckDBDataChunk> {
  for (;;) {
    const chunk = await result.fetchChunk()
    if (session.isAborted) throw cancelled()
    if (chunk === null || chunk.rowCount === 0) return
    yield chunk
  }
}

export async function* readBatches(session: Session, { result }: Rows): AsyncGenerator<RowBatch> {
  try {
    for await (const chunk of chunksOf(session, result)) yield* splitChunk(chunk)
  } catch (error) {
    throw session.failure(error)
  }
}

function* splitChunk(chunk: DuckDBDataChunk): Generator<RowBatch> {
  let batch: unknown[][] = []
  let bytes = 0
  for (let row = 0; row < chunk.rowCount; row++) {
    const values = chunk.getRowValues(row)
    batch.push(values)
    for (const value of values) bytes += sizeOf(value)
    if (bytes < MAX_BATCH_BYTES) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  return (value as { bytes?: Uint8Array } | null)?.bytes?.byteLength ?? 16
}

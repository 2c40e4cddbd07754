/** The rows of a streaming result in batches that are bounded in rows and, roughly, in bytes. */
import type { DuckDBDataChunk } from '@duckdb/node-api'
import type { Rows, Execution } from '../run/execution'

/** A bounded number of rows; a row has one value for each column, in DuckDB's own classes: see `toJson`, `toText`. */
export type RowBatch = readonly (readonly unknown[])[]

const MAX_BATCH_BYTES = 1024 * 1024

export async function* readBatches(execution: Execution, rows: Rows): AsyncGenerator<RowBatch> {
  try {
    for await (const chunk of execution.chunks(rows)) yield* splitChunk(chunk)
  } catch (error) {
    throw execution.failure(error)
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

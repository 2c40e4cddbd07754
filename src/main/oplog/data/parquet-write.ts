/**
 * The codec's small-file side: rows of a commit as one Parquet file, row group by row group, through
 * hyparquet-writer, whose first file costs a cold process milliseconds where the WASM writer costs a
 * tenth of a second. Snappy, explicit schema, row groups bounded by bytes so that a reader's memory is.
 */
import { ByteWriter, ParquetWriter, type ColumnSource } from 'hyparquet-writer'
import { PRODUCT_VERSION } from '../../../shared/version'
import { parquetSchema } from '../../tables'
import type { OplogRow } from './row'
import { OPLOG_COLUMNS, OPLOG_TABLE } from './oplog-table'

/** In every file's footer. */
export const CREATED_BY = `DuckPond version ${PRODUCT_VERSION}`

/** Uncompressed: what a reader of one row has to take in of each column. */
const PAGE_BYTES = 128 * 1024
/** Of rows of many commits, of which few are wanted at a time; a single page is dear where all are. */
const MERGED_PAGE_BYTES = 8 * 1024
/** Ids are 36 characters: their bounds stay whole. */
const STATISTICS_BYTES = 64

type Write = (bytes: Uint8Array) => Promise<void>
type Batches = AsyncIterable<readonly OplogRow[]>

/** Hands the file's bytes to `write`, in order and in bounded pieces; every batch becomes a row group. */
export function writeRows(write: Write, batches: Batches): Promise<void> {
  return writeInPages(write, batches, PAGE_BYTES)
}

/** The same, for reading single rows of a file that has rows of many commits. */
export function writeMergedRows(write: Write, batches: Batches): Promise<void> {
  return writeInPages(write, batches, MERGED_PAGE_BYTES)
}

async function writeInPages(write: Write, batches: Batches, pageSize: number): Promise<void> {
  const bytes = new ByteWriter(64 * 1024)
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: parquetSchema(OPLOG_TABLE),
    codec: 'SNAPPY',
    statisticsTruncateLength: STATISTICS_BYTES,
    createdBy: CREATED_BY,
  })
  const flush = async () => {
    await write(bytes.getBytes())
    bytes.index = 0
  }
  for await (const rows of batches) {
    await parquet.write({ columnData: columnSources(rows), rowGroupSize: rows.length, pageSize })
    await flush()
  }
  await parquet.finish()
  await flush()
}

function columnSources(rows: readonly OplogRow[]): ColumnSource[] {
  return OPLOG_COLUMNS.map(({ name, field, type }) => {
    if (type === 'binary') {
      // No dictionary: it would hash every byte of every file to find no repetition.
      return { name, data: rows.map((row) => row[field]), encoding: 'PLAIN', statistics: false }
    }
    if (type === 'string') return { name, data: rows.map((row) => row[field]) }
    return { name, data: rows.map((row) => toInt64(row[field])) }
  })
}

/** @throws RangeError for what could not be read back exactly */
export function toInt64(value: OplogRow[keyof OplogRow]): bigint | null {
  if (value === null) return null
  if (!Number.isSafeInteger(value))
    throw new RangeError(`expected an integer of at most 53 bits, found ${String(value)}`)
  return BigInt(value as number)
}

/** Bytes a row takes in memory and, about, in a file before compression. */
export function estimateBytes(row: OplogRow): number {
  return (
    200 +
    (row.content?.length ?? 0) +
    (row.extendedAttributes?.length ?? 0) +
    (row.name?.length ?? 0) +
    (row.path?.length ?? 0)
  )
}

/** Rows of a group; encoding one is the longest stretch without a yield. */
export const GROUP_LIMIT = { bytes: 512 * 1024, rows: 2_048, bytesOf: estimateBytes }

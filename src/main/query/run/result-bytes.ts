/**
 * A statement's rows as bytes of a format, while they come: for a pipe, a file or a response. Memory is
 * bounded by a chunk of DuckDB's and a piece of 256 KiB; whoever stops reading stops the statement.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api'
import type { PondError } from '../../../shared/errors'
import type { Column, FileNote } from '../../../shared/model'
import { rowText, type RowFormat } from '../out/row-text'
import type { Rows } from './execution'

export type ByteFormat = RowFormat | 'arrow'

export interface BytesOptions {
  readonly format: ByteFormat
  /** Kept in an Arrow stream's schema; text formats have no place for it. */
  readonly metadata?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

export interface ByteStream {
  readonly columns: readonly Column[]
  /** Results of earlier statements of the same text: the last one's rows are the result. */
  readonly resultsDropped: number
  /** What of the files that were read is not in their tables. */
  readonly notes: readonly FileNote[]
  /** Rows that are in the chunks so far. */
  readonly rows: number
  /** To be read once. Leaving the iteration early frees everything, too. @throws query.* */
  readonly chunks: AsyncIterable<Uint8Array>
  /** For who does not iterate at all. Idempotent. */
  close(): Promise<void>
}

const PIECE_BYTES = 256 * 1024
/** Rows come out early at first, so that a reader sees some, and in large pieces later. */
const FIRST_PIECE_BYTES = 4 * 1024

/** Counts rows as they are written. */
export interface RowCount {
  rows: number
}

/** Pieces of at most 256 KiB. @throws query.* */
export async function* resultBytes<R extends Pick<Rows, 'columns' | 'types'>>(
  execution: { chunks(rows: R): AsyncIterable<Chunk>; failure(error: unknown): PondError },
  rows: R,
  { format, metadata = {}, count }: BytesOptions & { readonly count: RowCount },
): AsyncGenerator<Uint8Array> {
  const encoder = format === 'arrow' ? await arrowEncoder(rows, metadata) : textEncoder(rows, format)
  let held: Uint8Array[] = []
  let heldBytes = 0
  let enough = FIRST_PIECE_BYTES
  const hold = (bytes: Uint8Array): boolean => {
    held.push(bytes)
    heldBytes += bytes.length
    return heldBytes >= enough
  }
  const take = function* (): Generator<Uint8Array> {
    const bytes = Buffer.concat(held)
    held = []
    heldBytes = 0
    enough = PIECE_BYTES
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
  }
  try {
    hold(encoder.head())
    for await (const chunk of execution.chunks(rows)) {
      for (const bytes of encoder.rows(chunk)) if (hold(bytes)) yield* take()
      count.rows += chunk.rowCount
    }
    hold(encoder.end())
    yield* take()
  } catch (error) {
    throw execution.failure(error)
  }
}

type Chunk = DuckDBDataChunk

interface ByteEncoder {
  head(): Uint8Array
  rows(chunk: Chunk): Iterable<Uint8Array>
  end(): Uint8Array
}

function textEncoder({ columns, types }: Pick<Rows, 'columns' | 'types'>, format: RowFormat): ByteEncoder {
  const text = rowText(format, columns, types)
  return {
    head: () => Buffer.from(text.head()),
    *rows(chunk) {
      for (const piece of text.rows(chunk)) yield Buffer.from(piece)
    },
    end: () => Buffer.from(text.end()),
  }
}

async function arrowEncoder(
  rows: Pick<Rows, 'columns' | 'types'>,
  metadata: Readonly<Record<string, string>>,
): Promise<ByteEncoder> {
  const { ArrowEncoder } = await import('../out/arrow')
  const encoder = await ArrowEncoder.create({ ...rows, metadata })
  return { head: () => encoder.head(), rows: (chunk) => [encoder.batch(chunk)], end: () => encoder.end() }
}

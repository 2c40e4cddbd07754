/**
 * DuckDB's chunks as an Arrow IPC stream: whole for a page, piece by piece for an export. Loaded only
 * where it is needed, as Arrow is large.
 */
import { AsyncByteQueue, makeData, RecordBatch, RecordBatchStreamWriter, Schema, Struct, type Data } from 'apache-arrow'
import type { DuckDBDataChunk, DuckDBType } from '@duckdb/node-api'
import type { Column } from '../../../shared/model'
import { rawColumn } from './arrow-raw'
import { arrowField } from './arrow-types'
import { dataOf } from './arrow-values'

export interface EncoderOptions {
  readonly columns: readonly Column[]
  readonly types: readonly DuckDBType[]
  readonly metadata?: Readonly<Record<string, string>>
}

/** The stream of a page: one batch for each chunk. */
export async function encodePage(
  columns: readonly Column[],
  types: readonly DuckDBType[],
  chunks: readonly DuckDBDataChunk[],
): Promise<Uint8Array> {
  const encoder = await ArrowEncoder.create({ columns, types })
  const pieces = [encoder.head(), ...chunks.map((chunk) => encoder.batch(chunk)), encoder.end()]
  return Buffer.concat(pieces)
}

/** Encodes one stream: `head`, any number of `batch`, `end`; their bytes in that order are the stream. */
export class ArrowEncoder {
  readonly #schema: Schema
  readonly #types: readonly DuckDBType[]
  readonly #bindings: typeof import('@duckdb/node-bindings')
  readonly #sink = new Pieces()
  readonly #writer = new RecordBatchStreamWriter({ autoDestroy: false })

  static async create(options: EncoderOptions): Promise<ArrowEncoder> {
    const bindings = await import('@duckdb/node-bindings')
    return new ArrowEncoder(options, bindings.default)
  }

  private constructor(options: EncoderOptions, bindings: typeof import('@duckdb/node-bindings')) {
    const { columns, types, metadata = {} } = options
    this.#types = types
    this.#bindings = bindings
    const fields = columns.map(({ name }, index) => arrowField(name, types[index]!))
    this.#schema = new Schema(fields, new Map(Object.entries(metadata)))
  }

  head(): Uint8Array {
    this.#writer.reset(this.#sink, this.#schema)
    return this.#sink.take()
  }

  batch(chunk: DuckDBDataChunk): Uint8Array {
    const children = this.#types.map((type, column): Data => {
      const target = this.#schema.fields[column]!.type
      return (
        rawColumn(this.#bindings, chunk, column, type.typeId, target) ?? dataOf(type, chunk.getColumnValues(column))
      )
    })
    const data = makeData({ type: new Struct(this.#schema.fields), length: chunk.rowCount, nullCount: 0, children })
    this.#writer.write(new RecordBatch(this.#schema, data))
    return this.#sink.take()
  }

  end(): Uint8Array {
    this.#writer.finish()
    return this.#sink.take()
  }
}

/** Collects what the writer writes, so that it can be taken at once. */
class Pieces extends AsyncByteQueue {
  #pieces: Uint8Array[] = []

  override write(value: Uint8Array): void {
    // The writer may reuse its buffers.
    if (value.byteLength > 0) this.#pieces.push(Uint8Array.from(value))
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.#pieces)
    this.#pieces = []
    return bytes
  }
}

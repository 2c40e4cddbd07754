/**
 * Tells while content streams by whether it is a whole Parquet file: marks at both ends, a footer that
 * parses, and every column chunk inside the file. Holds only the end of the content, and only of
 * content that begins like Parquet.
 */
import { parquetMetadata } from 'hyparquet'

const MARK = 'PAR1'
/** Bytes at the end in which the footer must fit: some 100 KiB for a million rows. */
const MAX_TAIL_BYTES = 16 * 1024 * 1024

export class ParquetSniff {
  #head = ''
  #sizeBytes = 0
  #tail: Uint8Array[] = []
  #tailBytes = 0

  /** The same chunks, watched as they pass. */
  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of chunks) {
      this.#take(chunk)
      yield chunk
    }
  }

  /** Ask after the last chunk. */
  isParquet(): boolean {
    if (this.#head !== MARK || this.#sizeBytes < 12) return false
    const tail = Buffer.concat(this.#tail)
    if (tail.subarray(-4).toString('latin1') !== MARK) return false
    const footerBytes = tail.readUInt32LE(tail.length - 8)
    if (footerBytes + 8 > tail.length || footerBytes + 12 > this.#sizeBytes) return false
    try {
      const footer = new Uint8Array(tail.subarray(-footerBytes - 8)).buffer
      const dataEnd = this.#sizeBytes - footerBytes - 8
      const { row_groups, schema } = parquetMetadata(footer)
      return (
        schema.length > 1 && row_groups.every((group) => group.columns.every((column) => isInside(column, dataEnd)))
      )
    } catch {
      return false
    }
  }

  #take(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.#head.length < 4) this.#head += Buffer.from(chunk.subarray(0, 4 - this.#head.length)).toString('latin1')
    this.#sizeBytes += chunk.length
    if (!MARK.startsWith(this.#head)) return
    this.#tail.push(chunk)
    this.#tailBytes += chunk.length
    for (
      let first = this.#tail[0];
      first !== undefined && this.#tailBytes - first.length >= MAX_TAIL_BYTES;
      first = this.#tail[0]
    ) {
      this.#tailBytes -= first.length
      this.#tail.shift()
    }
  }
}

type ColumnChunk = ReturnType<typeof parquetMetadata>['row_groups'][number]['columns'][number]

function isInside({ meta_data: meta }: ColumnChunk, dataEnd: number): boolean {
  if (meta === undefined) return false
  const start = Number(meta.dictionary_page_offset ?? meta.data_page_offset)
  return start >= 4 && start + Number(meta.total_compressed_size) <= dataEnd
}

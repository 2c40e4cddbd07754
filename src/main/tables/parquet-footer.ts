/**
 * Footers of Parquet files that are put together from row groups which others wrote: what describes a column
 * chunk, moved to another place, and the end of such a file. Statistics and indexes are left out: they speak
 * of places in the old files.
 */
import type { ColumnChunk, FileMetaData, SchemaElement } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import { PARQUET_MARK } from './parquet-content'
import { mendEmptyLists } from './parquet-lists'

/** The footer, its length and the mark at the end of a file. */
export function encodeFooter(metadata: FileMetaData): Uint8Array {
  const writer = new ByteWriter()
  writeMetadata(writer, { ...metadata, schema: metadata.schema.map(writable) })
  writer.appendBytes(new TextEncoder().encode(PARQUET_MARK))
  // hyparquet-writer gives empty lists no type at all.
  return mendFooter(new Uint8Array(writer.getBytes()))
}

/** The same footer, its length and the mark behind it, with lists that every reader takes. */
export function mendFooter(footer: Uint8Array): Uint8Array {
  const mended = Uint8Array.from(footer)
  mendEmptyLists(mended.subarray(0, -8))
  return mended
}

/** A column chunk whose bytes begin so much later. */
export function movedChunk({ file_offset, meta_data: known }: ColumnChunk, by: bigint): ColumnChunk {
  if (known === undefined) return { file_offset }
  const { statistics: _statistics, size_statistics: _sizes, bloom_filter_offset: _bloom, ...rest } = known
  const { bloom_filter_length: _length, index_page_offset: _index, dictionary_page_offset: dictionary, ...data } = rest
  return {
    file_offset: file_offset + by,
    meta_data: {
      ...data,
      data_page_offset: data.data_page_offset + by,
      ...(dictionary === undefined ? {} : { dictionary_page_offset: dictionary + by }),
    },
  }
}

/** hyparquet-writer spells the width of small integers wrongly; their converted type says the same. */
function writable(element: SchemaElement): SchemaElement {
  const { logical_type: logical, ...rest } = element
  return logical?.type === 'INTEGER' && element.converted_type !== undefined ? rest : element
}

/** Parquet files for tests: made small, measured in what is read of them, and forged. */
import { parquetMetadata, type ColumnMetaData, type FileMetaData } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer'
import { writeMetadata } from 'hyparquet-writer/src/metadata.js'
import type { ByteSource } from '../parquet-content'

/** Bytes as a source that counts what is read. */
export function sourceOf(bytes: Uint8Array): ByteSource & { readonly readBytes: number } {
  let readBytes = 0
  return {
    size: bytes.length,
    get readBytes() {
      return readBytes
    },
    read: async (offset, length) => {
      const piece = bytes.slice(offset, offset + length)
      readBytes += piece.length
      return piece
    },
  }
}

/** The same data pages under a footer that says something else. */
export function forge(parquet: Uint8Array, change: (metadata: FileMetaData) => FileMetaData): Uint8Array {
  const view = new DataView(parquet.buffer, parquet.byteOffset)
  const footerBytes = view.getUint32(parquet.length - 8, true)
  const metadata = parquetMetadata(new Uint8Array(parquet).buffer)
  const writer = new ByteWriter()
  writer.appendBytes(parquet.slice(0, parquet.length - 8 - footerBytes))
  writeMetadata(writer, change(metadata))
  writer.appendUint32(0x31524150)
  return new Uint8Array(writer.getBytes())
}

/** Metadata that says something else of every column of every row group. */
export function withChunks(metadata: FileMetaData, change: (chunk: ColumnMetaData) => ColumnMetaData): FileMetaData {
  const row_groups = metadata.row_groups.map((group) => ({
    ...group,
    columns: group.columns.map(({ meta_data, ...column }) => ({
      ...column,
      ...(meta_data === undefined ? {} : { meta_data: change(meta_data) }),
    })),
  }))
  return { ...metadata, row_groups }
}

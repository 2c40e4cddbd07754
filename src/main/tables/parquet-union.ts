/**
 * Several Parquet files with the same columns as one, without touching their data pages: the row groups of
 * each after those of the one before, under a new footer. Says where the bytes of the whole come from; reading
 * them is for whoever has the files. Statistics and indexes are left out: they speak of places in the old files.
 */
import type { FileMetaData, RowGroup, SchemaElement } from 'hyparquet'
import { PARQUET_MARK, type ParquetShape } from './parquet-content'
import { encodeFooter, movedChunk } from './parquet-footer'

/**
 * The form of the bytes, by the version of DuckPond that first wrote it: a series that nobody changed has the same
 * bytes, and the same hash, whichever version reads it.
 */
const WRITER = 'DuckPond version 0.1.0'

export interface Union {
  readonly size: number
  /** In order; they and the footer make up the whole. */
  readonly pieces: readonly UnionPiece[]
  /** The mark that a file begins with, and the footer with the mark at its end. */
  readonly head: Uint8Array
  readonly footer: Uint8Array
}

/** Bytes of one of the files. */
export interface UnionPiece {
  readonly file: number
  /** In the file. */
  readonly start: number
  readonly length: number
  /** In the union. */
  readonly at: number
}

/** What stops files from being one: the first that has other columns. */
export interface NoUnion {
  readonly file: number
}

export function uniteParquet(shapes: readonly [ParquetShape, ...ParquetShape[]]): Union | NoUnion {
  const first = shapes[0].metadata
  const columns = spellColumns(first)
  const head = new TextEncoder().encode(PARQUET_MARK)
  const pieces: UnionPiece[] = []
  const groups: RowGroup[] = []
  let at = head.length
  for (const [file, { metadata, dataEnd }] of shapes.entries()) {
    if (spellColumns(metadata) !== columns) return { file }
    const length = dataEnd - head.length
    pieces.push({ file, start: head.length, length, at })
    for (const group of metadata.row_groups) groups.push(moved(group, BigInt(at - head.length)))
    at += length
  }
  const footer = footerOf(shapes, groups)
  return { size: at + footer.length, pieces, head, footer }
}

function footerOf(shapes: readonly ParquetShape[], groups: RowGroup[]): Uint8Array {
  const [first] = shapes as readonly [ParquetShape]
  const types = shapes.map(({ metadata }) => arrowSchemaText(metadata))
  // What Arrow adds to the types holds for the whole only if all say the same.
  const [arrow] = types
  const isShared = arrow !== undefined && types.every((text) => text === arrow)
  return encodeFooter({
    version: first.metadata.version,
    schema: first.metadata.schema,
    num_rows: BigInt(shapes.reduce((sum, { rows }) => sum + rows, 0)),
    row_groups: groups,
    created_by: WRITER,
    metadata_length: 0,
    ...(isShared ? { key_value_metadata: [{ key: ARROW_SCHEMA, value: arrow }] } : {}),
  })
}

const ARROW_SCHEMA = 'ARROW:schema'

function arrowSchemaText({ key_value_metadata: pairs }: FileMetaData): string | undefined {
  return pairs?.find(({ key }) => key === ARROW_SCHEMA)?.value
}

/** A row group whose bytes begin so much later. */
function moved(group: RowGroup, by: bigint): RowGroup {
  const { sorting_columns: _sorting, file_offset: _offset, ordinal: _ordinal, ...rest } = group
  return { ...rest, columns: group.columns.map((chunk) => movedChunk(chunk, by)) }
}

/** Equal for equal columns, however their writers spell plain integers. */
export function spellColumns({ schema }: Pick<FileMetaData, 'schema'>): string {
  return JSON.stringify(schema.slice(1).map(({ field_id: _id, ...element }) => plainInteger(element)))
}

function plainInteger(element: SchemaElement): SchemaElement {
  const { converted_type: converted, logical_type: logical, ...rest } = element
  const isPlain =
    (logical?.type === 'INTEGER' && logical.isSigned && logical.bitWidth >= 32) ||
    (logical === undefined && (converted === 'INT_32' || converted === 'INT_64'))
  return isPlain ? rest : element
}

/**
 * Whether bytes are a Parquet file, and what it holds, from its footer alone: marks at both ends, a footer
 * that parses, row groups that lie inside the file and agree with the schema, counts that such a file
 * could hold. Reads by ranges, never the whole; data pages are looked at only by who reads rows.
 */
import { parquetMetadata, type FileMetaData, type SchemaElement } from 'hyparquet'

/** Bytes that can be read at any place. A short answer means the end. */
export interface ByteSource {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

export interface ParquetShape {
  readonly rows: number
  readonly rowGroups: readonly RowGroup[]
  readonly columns: readonly ParquetColumn[]
  /** Where the data pages end and what describes them begins. */
  readonly dataEnd: number
  /** Instants in statistics are integers in the unit of their column. */
  readonly metadata: FileMetaData
}

export interface RowGroup {
  readonly rows: number
  /** Compressed, of all columns. */
  readonly bytes: number
}

/** A column of the table; a nested one has no leaf of its own. */
export interface ParquetColumn {
  readonly name: string
  readonly leaf: SchemaElement | null
}

export interface NoParquet {
  /** What is wrong, as the end of a sentence about the file. */
  readonly problem: string
}

/** At both ends of a file. */
export const PARQUET_MARK = 'PAR1'
const MARK = PARQUET_MARK
/** At both ends of a file whose footer is encrypted. */
const ENCRYPTED_MARK = 'PARE'
/** Some 100 KiB do for a million rows. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024
/** Bytes at the end that are fetched in the hope that they are the whole footer. */
const FOOTER_GUESS = 64 * 1024
/** Marks at both ends, and the length of the footer. */
const FRAME_BYTES = 12
/** What no writer reaches, however well a constant column packs: beyond it a count is a trap. */
const MAX_ROWS_PER_BYTE = 65_536
/** Of a row group: a page counts its values in 31 bits. */
const MAX_GROUP_ROWS = 2 ** 31 - 1

/** True where bytes begin as a Parquet file does. */
export function beginsLikeParquet(head: Uint8Array): boolean {
  return head.length >= MARK.length && latin1(head.subarray(0, MARK.length)) === MARK
}

/** True where bytes begin as a Parquet file does of which nothing can be read without a key. */
export function beginsLikeEncrypted(head: Uint8Array): boolean {
  return head.length >= ENCRYPTED_MARK.length && latin1(head.subarray(0, ENCRYPTED_MARK.length)) === ENCRYPTED_MARK
}

export async function readParquetShape(source: ByteSource): Promise<ParquetShape | NoParquet> {
  if (source.size < FRAME_BYTES) return { problem: `it has ${source.size} bytes, too few for a Parquet file` }
  const head = await source.read(0, MARK.length)
  if (beginsLikeEncrypted(head)) return { problem: 'it is encrypted' }
  if (!beginsLikeParquet(head)) return { problem: 'it does not begin as Parquet does' }
  const guess = Math.min(source.size, FOOTER_GUESS)
  let tail = await source.read(source.size - guess, guess)
  if (latin1(tail.subarray(-MARK.length)) !== MARK) return { problem: 'it does not end as Parquet does: it was cut' }
  const footerBytes = new DataView(tail.buffer, tail.byteOffset + tail.length - 8).getUint32(0, true)
  if (footerBytes > MAX_FOOTER_BYTES || footerBytes + FRAME_BYTES > source.size)
    return { problem: `its footer claims ${footerBytes} bytes` }
  const needed = footerBytes + 8
  if (needed > tail.length) tail = await source.read(source.size - needed, needed)
  try {
    // A copy: a Buffer's own slice would share the memory around it.
    const bytes = new Uint8Array(tail.subarray(-needed))
    const metadata = parquetMetadata(bytes.buffer, { parsers: RAW_INSTANTS, geoparquet: false })
    return shapeOf(metadata, source.size - needed)
  } catch (error) {
    return { problem: error instanceof Damage ? error.message : 'its footer cannot be read' }
  }
}

class Damage extends Error {}

function shapeOf(metadata: FileMetaData, dataEnd: number): ParquetShape {
  const { columns, leaves } = columnsOf(metadata.schema)
  if (columns.length === 0) throw new Damage('it has no columns')
  const rowGroups = metadata.row_groups.map((group, index) => {
    const rows = count(group.num_rows, `row group ${index} claims`)
    if (rows > MAX_GROUP_ROWS) throw new Damage(`row group ${index} claims ${rows} rows`)
    if (group.columns.length !== leaves.length)
      throw new Damage(`row group ${index} has ${group.columns.length} columns, the schema has ${leaves.length}`)
    let bytes = 0
    for (const [column, { meta_data: chunk, file_path: elsewhere, ...encrypted }] of group.columns.entries()) {
      if (encrypted.crypto_metadata !== undefined || encrypted.encrypted_column_metadata !== undefined)
        throw new Damage(`its column ${leaves[column]?.name ?? column} is encrypted`)
      if (chunk === undefined || elsewhere) throw new Damage(`row group ${index} is kept elsewhere`)
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)
      const size = Number(chunk.total_compressed_size)
      if (!(start >= MARK.length && size >= 0 && start + size <= dataEnd))
        throw new Damage(`row group ${index} reaches beyond the file`)
      const repeats = leaves[column]!.repeats
      if (!repeats && Number(chunk.num_values) !== rows)
        throw new Damage(`row group ${index} claims ${rows} rows and ${chunk.num_values} values`)
      bytes += size
    }
    return { rows, bytes }
  })
  const rows = count(metadata.num_rows, 'it claims')
  const found = rowGroups.reduce((sum, group) => sum + group.rows, 0)
  if (found !== rows) throw new Damage(`it claims ${rows} rows and its row groups ${found}`)
  const bytes = dataEnd - MARK.length
  if (rows > Math.max(bytes, 1) * MAX_ROWS_PER_BYTE) throw new Damage(`it claims ${rows} rows in ${bytes} bytes`)
  return { rows, rowGroups, columns, dataEnd, metadata }
}

function count(value: bigint, who: string): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Damage(`${who} ${value} rows`)
  return Number(value)
}

/** The schema's columns and leaves; a list of elements that is no tree is damage. */
function columnsOf(schema: readonly SchemaElement[]): {
  readonly columns: ParquetColumn[]
  readonly leaves: { readonly name: string; readonly repeats: boolean }[]
} {
  const leaves: { name: string; repeats: boolean }[] = []
  let at = 0
  const take = (repeatsAbove: boolean): SchemaElement => {
    const element = schema[at++]
    if (element === undefined) throw new Damage('its schema ends early')
    const repeats = repeatsAbove || element.repetition_type === 'REPEATED'
    const children = element.num_children ?? 0
    if (children === 0) leaves.push({ name: element.name, repeats })
    for (let child = 0; child < children; child++) take(repeats)
    return element
  }
  const columns: ParquetColumn[] = []
  const children = schema[at++]?.num_children ?? 0
  for (let child = 0; child < children; child++) {
    const element = take(false)
    columns.push({ name: element.name, leaf: element.num_children ? null : element })
  }
  if (at !== schema.length) throw new Damage('its schema does not end')
  return { columns, leaves }
}

/** Instants stay the integers that they are: a Date would round them. */
const RAW_INSTANTS = {
  timestampFromMilliseconds: (value: bigint): bigint => value,
  timestampFromMicroseconds: (value: bigint): bigint => value,
  timestampFromNanoseconds: (value: bigint): bigint => value,
  dateFromDays: (value: number): number => value,
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

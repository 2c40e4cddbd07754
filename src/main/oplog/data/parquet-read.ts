/**
 * The codec's reading side: one Parquet data file, read by ranges through hyparquet. It trusts nothing
 * it reads: whatever is not the table's rows becomes `oplog.corrupt-data` naming the file. Row groups
 * and pages that cannot hold what is asked for are skipped by their statistics and the page index.
 */
import {
  parquetMetadata,
  parquetMetadataAsync,
  parquetRead,
  parquetScan,
  type AsyncBuffer,
  type Compressors,
  type DecodedArray,
  type FileMetaData,
  type ParquetParsers,
  type ParquetQueryFilter,
  type ParquetRowRange,
  type ParquetScan,
} from 'hyparquet'
import { PondError } from '../../../shared/errors'
import type { StorageReader } from '../../platform'
import { asyncBuffer, corrupt, decoding, decodingNow, toArrayBuffer, type KnownFile } from './parquet-source'
import type { AddressedRow } from './row'
import { OPLOG_COLUMNS, type OplogColumn } from './oplog-table'

export type RowRange = ParquetRowRange
export type PruningFilter = ParquetQueryFilter

/** Bytes at the end of the file that are fetched in the hope that they are the whole footer. */
const FOOTER_GUESS = 64 * 1024
const CONTENT = OPLOG_COLUMNS.find((column) => column.type === 'binary')!
const PLAIN_COLUMNS = OPLOG_COLUMNS.filter((column) => column !== CONTENT)

/** The footer of a file whose bytes are all here. */
export function parseFooter(file: KnownFile, bytes: Uint8Array): FileMetaData {
  const metadata = decodingNow(file, () => parquetMetadata(bytes, { parsers: PARSERS, geoparquet: false }))
  checkColumns(file, metadata)
  return metadata
}

/** Every row of such a file in one go; content apart, in the same order. */
export async function decodeWhole(
  file: KnownFile,
  bytes: Uint8Array,
  metadata: FileMetaData,
): Promise<{ readonly rows: AddressedRow[]; readonly contents: readonly (Uint8Array | null)[] }> {
  const buffer = toArrayBuffer(bytes)
  const length = Number(metadata.num_rows)
  const chunks = new Map<string, { readonly rowStart: number; readonly data: DecodedArray }[]>()
  const compressors = await compressorsFor(metadata)
  await decoding(file, () =>
    parquetRead({
      file: { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) },
      metadata,
      columns: OPLOG_COLUMNS.map(({ name }) => name).filter((name) => hasColumn(metadata, name)),
      parsers: PARSERS,
      utf8: false,
      geoparquet: false,
      ...(compressors === undefined ? {} : { compressors }),
      onChunk: ({ columnName, columnData, rowStart }) => {
        const known = chunks.get(columnName)
        if (known === undefined) chunks.set(columnName, [{ rowStart, data: columnData }])
        else known.push({ rowStart, data: columnData })
      },
    }),
  )
  const valuesOf = (column: OplogColumn): unknown[] => {
    const found = chunks.get(column.name)
    if (found === undefined && !hasColumn(metadata, column.name)) return constants(file, column, length)
    const values: unknown[] = []
    for (const { data } of (found ?? []).toSorted((a, b) => a.rowStart - b.rowStart))
      for (let index = 0; index < data.length; index++) values.push(convert(file, column, data[index]))
    if (values.length !== length) throw corrupt(file, `expected ${length} rows, found ${values.length}`)
    return values
  }
  const values = Object.fromEntries(PLAIN_COLUMNS.map((column) => [column.field, valuesOf(column)]))
  return {
    rows: buildRows(file, values as PlainColumns, numbers({ rowStart: 0, rowEnd: length })),
    contents: valuesOf(CONTENT) as (Uint8Array | null)[],
  }
}

/** Bytes of all columns before compression. */
export function uncompressedBytes(metadata: FileMetaData): number {
  return metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0)
}

/** Reads the footer. */
export async function readFooter(file: KnownFile, reader: StorageReader): Promise<FileMetaData> {
  const metadata = await decoding(file, () =>
    parquetMetadataAsync(asyncBuffer(reader), { parsers: PARSERS, initialFetchSize: FOOTER_GUESS, geoparquet: false }),
  )
  checkColumns(file, metadata)
  return metadata
}

/** @throws oplog.corrupt-data where the file has not the size the log names */
export function checkSize(file: KnownFile, found: number): void {
  if (found === file.size) return
  const message = `the data file ${file.path} is damaged: expected ${file.size} bytes, found ${found}`
  throw new PondError('oplog.corrupt-data', message, { file: file.path, expected: file.size, found })
}

function checkColumns(file: KnownFile, metadata: FileMetaData): void {
  const missing = OPLOG_COLUMNS.filter(
    ({ name, required }) => required && !hasColumn(metadata, name) && !Object.hasOwn(file.partitionValues, name),
  )
  if (missing.length > 0) throw corrupt(file, `it has no column ${missing.map(({ name }) => name).join(', ')}`)
}

/** Whether the file keeps instants in milliseconds, where the table's have microseconds. */
export function hasCoarseInstants({ schema }: FileMetaData): boolean {
  const column = schema.find(({ name }) => name === 'timestamp')
  const logical = column?.logical_type
  return column?.converted_type === 'TIMESTAMP_MILLIS' || (logical?.type === 'TIMESTAMP' && logical.unit === 'MILLIS')
}

function hasColumn(metadata: FileMetaData, name: string): boolean {
  return metadata.schema.some((element) => element.type !== undefined && element.name === name)
}

/** A column that the file lacks: what its partition says, or nothing. */
function constants({ partitionValues }: KnownFile, { name, type }: OplogColumn, length: number): unknown[] {
  const constant = partitionValues[name] ?? null
  return new Array(length).fill(constant === null || type === 'string' ? constant : Number(constant))
}

/** One data file, open. The caller closes the reader it gave. */
export class DataFileReader {
  readonly file: KnownFile
  readonly metadata: FileMetaData
  readonly rows: number
  readonly #buffer: AsyncBuffer
  readonly #columns: ReadonlySet<string>
  #all: Promise<ParquetScan> | undefined

  constructor(file: KnownFile, reader: StorageReader, metadata: FileMetaData) {
    this.file = file
    this.metadata = metadata
    this.rows = Number(metadata.num_rows)
    this.#buffer = asyncBuffer(reader)
    this.#columns = new Set(metadata.schema.slice(1).map((element) => element.name))
  }

  /** Runs of rows outside which nothing matches; conditions on columns the file lacks are ignored. */
  async ranges(filter: PruningFilter): Promise<readonly RowRange[]> {
    const known = Object.fromEntries(Object.entries(filter).filter(([name]) => this.#columns.has(name)))
    const scan = await this.#scan(Object.keys(known).length === 0 ? undefined : known)
    return scan.ranges
  }

  /** Rows by number, ascending: every column but content, which is left null. */
  async readRows(rows: readonly number[]): Promise<AddressedRow[]> {
    const scan = await this.#everything()
    const values: Partial<Record<string, unknown[]>> = {}
    // One after the other: each is a read of the disk, between which others get their turn.
    for (const column of PLAIN_COLUMNS) values[column.field] = await this.#readColumn(scan, column, rows)
    return buildRows(this.file, values as PlainColumns, rows)
  }

  /** One column of rows by number, ascending; other than content. */
  async readField<Field extends PlainField>(
    field: Field,
    rows: readonly number[],
  ): Promise<readonly AddressedRow[Field][]> {
    const column = PLAIN_COLUMNS.find((candidate) => candidate.field === field)!
    return (await this.#readColumn(await this.#everything(), column, rows)) as AddressedRow[Field][]
  }

  /** Content of consecutive rows. The arrays may share memory with each other. */
  async readContent(range: RowRange): Promise<readonly (Uint8Array | null)[]> {
    return (await this.#readColumn(await this.#everything(), CONTENT, numbers(range))) as (Uint8Array | null)[]
  }

  #everything(): Promise<ParquetScan> {
    this.#all ??= this.#scan(undefined)
    return this.#all
  }

  async #scan(pruningFilter: PruningFilter | undefined): Promise<ParquetScan> {
    const compressors = await compressorsFor(this.metadata)
    return decoding(this.file, () =>
      parquetScan({
        file: this.#buffer,
        metadata: this.metadata,
        parsers: PARSERS,
        utf8: false,
        geoparquet: false,
        ...(compressors === undefined ? {} : { compressors }),
        ...(pruningFilter === undefined ? {} : { pruningFilter, usePageIndex: true }),
      }),
    )
  }

  /** Values of rows as the row wants them, whichever row groups they are in. Only of these rows are they converted. */
  async #readColumn(scan: ParquetScan, column: OplogColumn, rows: readonly number[]): Promise<unknown[]> {
    if (!this.#columns.has(column.name)) return constants(this.file, column, rows.length)
    const values: unknown[] = []
    let next = 0
    for (const group of scan.ranges) {
      const first = next
      while (next < rows.length && rows[next]! < group.rowEnd) next++
      if (first === next || rows[first]! < group.rowStart) continue
      if (this.#isEmpty(column, group.rowStart)) {
        for (let index = first; index < next; index++) values.push(null)
        continue
      }
      const [rowStart, rowEnd] = [rows[first]!, rows[next - 1]! + 1]
      const data = await decoding(this.file, () => scan.readColumn({ column: column.name, rowStart, rowEnd }))
      if (data.length !== rowEnd - rowStart) throw corrupt(this.file, `column ${column.name} ends early`)
      for (let index = first; index < next; index++)
        values.push(convert(this.file, column, data[rows[index]! - rowStart]))
    }
    if (values.length !== rows.length) throw corrupt(this.file, `expected ${rows.length} rows, found ${values.length}`)
    return values
  }

  /** Whether the footer says that a column is null in every row of the group that begins at a row. */
  #isEmpty({ name }: OplogColumn, groupStart: number): boolean {
    let rowStart = 0
    for (const { columns, num_rows: rows } of this.metadata.row_groups) {
      if (rowStart === groupStart && rows > 0n) {
        const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)
        return chunk?.meta_data?.statistics?.null_count === rows
      }
      rowStart += Number(rows)
    }
    return false
  }
}

/** The rows of a range by number. */
export function numbers({ rowStart, rowEnd }: RowRange): number[] {
  return Array.from({ length: rowEnd - rowStart }, (_, index) => rowStart + index)
}

export type PlainField = Exclude<keyof AddressedRow, 'content' | 'address'>

type PlainColumns = { readonly [Field in PlainField]: AddressedRow[Field][] }

function buildRows(file: KnownFile, columns: PlainColumns, numbers: readonly number[]): AddressedRow[] {
  for (const { name, field, required } of PLAIN_COLUMNS) {
    if (!required) continue
    const at = columns[field as keyof PlainColumns].findIndex((value) => value === null)
    if (at >= 0) throw corrupt(file, `row ${numbers[at]} has no ${name}`)
  }
  const rows: AddressedRow[] = new Array(numbers.length)
  for (const [index, row] of numbers.entries()) {
    rows[index] = {
      partId: columns.partId[index]!,
      nodeId: columns.nodeId[index]!,
      fileType: columns.fileType[index]!,
      timestamp: columns.timestamp[index]!,
      version: columns.version[index]!,
      content: null,
      sha256: columns.sha256[index]!,
      size: columns.size[index]!,
      minEventTime: columns.minEventTime[index]!,
      maxEventTime: columns.maxEventTime[index]!,
      extendedAttributes: columns.extendedAttributes[index]!,
      txnSeq: columns.txnSeq[index]!,
      operation: columns.operation[index]!,
      name: columns.name[index]!,
      path: columns.path[index]!,
      address: { file: file.path, row },
    }
  }
  return rows
}

/** The edge at which 64-bit integers become JavaScript numbers, exactly or not at all. */
function convert(file: KnownFile, { name, type }: OplogColumn, given: unknown): unknown {
  const value: unknown = given ?? null
  if (value === null) return null
  if (type === 'string') return typeof value === 'string' ? value : decodeText(mustBytes(file, name, value))
  if (type === 'binary') return mustBytes(file, name, value)
  const number = typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN
  if (!Number.isSafeInteger(number)) throw corrupt(file, `${name} is ${String(value)}, beyond 53 bits`)
  return number
}

function mustBytes(file: KnownFile, name: string, value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  throw corrupt(file, `column ${name} holds no bytes`)
}

/** A leading byte order mark is part of a name like any other character. */
const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true })
const decodeText = (bytes: Uint8Array) => textDecoder.decode(bytes)

/** Instants stay integers, in microseconds whatever the file's unit. */
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (ms) => ms * 1_000n,
  timestampFromMicroseconds: (us) => us,
  timestampFromNanoseconds: (ns) => ns / 1_000n,
  stringFromBytes: decodeText,
}

/** Codecs beyond Snappy are loaded only by a file that needs them. */
async function compressorsFor(metadata: FileMetaData): Promise<Compressors | undefined> {
  const codecs = new Set(metadata.row_groups.flatMap(({ columns }) => columns.map((chunk) => chunk.meta_data?.codec)))
  codecs.delete('SNAPPY')
  codecs.delete('UNCOMPRESSED')
  if (codecs.size === 0) return undefined
  const { compressors } = await import('hyparquet-compressors')
  return compressors
}

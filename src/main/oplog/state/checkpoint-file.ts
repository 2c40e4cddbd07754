/**
 * A checkpoint as bytes: a single-file V1 Parquet whose rows are actions. What opening needs (protocol,
 * metadata, live files) is the first row group; tombstones follow and are read only to write the next
 * checkpoint. The footer carries our pond version, commit time and checksums: a file without them is
 * another engine's, and one that contradicts them is damaged.
 */
import {
  parquetMetadataAsync,
  parquetReadObjects,
  type AsyncBuffer,
  type FileMetaData,
  type SchemaElement,
} from 'hyparquet'
import { ByteWriter, ParquetWriter, type ColumnSource } from 'hyparquet-writer'
import { parquetLeaf } from '../../tables'
import {
  parseAdd,
  parseMetaData,
  parseProtocol,
  parseRemove,
  type Add,
  type MetaData,
  type Protocol,
  type Remove,
} from '../log/action'
import { checksum } from '../log/checksum'
import { CREATED_BY } from '../data/parquet-write'

export interface CheckpointContent {
  /** In the footer, so that a checkpoint under another's name does not pass for it */
  readonly deltaVersion: number
  readonly protocol: Protocol
  readonly metaData: MetaData
  readonly adds: readonly Add[]
  readonly pond: {
    readonly version: number
    readonly committedAtUs: number
    readonly transactionId: string | null
  }
}

/** Rows encoded without a yield. */
const GROUP_ROWS = 2_000

const KEYS = {
  deltaVersion: 'pond.deltaVersion',
  version: 'pond.version',
  committedAtUs: 'pond.committedAtUs',
  transactionId: 'pond.transactionId',
  live: 'pond.liveActions',
  liveChecksum: 'pond.liveCrc32c',
  removedChecksum: 'pond.removedCrc32c',
} as const

/** The bytes, in pieces, and how many actions they are. */
export async function encodeCheckpoint(
  content: CheckpointContent,
  tombstones: readonly Remove[],
): Promise<{ readonly pieces: readonly Uint8Array[]; readonly actions: number }> {
  const { pond, protocol, metaData, adds } = content
  const live: Row[] = [{ protocol }, { metaData: forParquet(metaData) }, ...adds.map((add) => ({ add: forAdd(add) }))]
  const removed: Row[] = tombstones.map((remove) => ({ remove: forRemove(remove) }))
  const bytes = new ByteWriter(64 * 1024)
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: SCHEMA,
    codec: 'SNAPPY',
    createdBy: CREATED_BY,
    kvMetadata: [
      { key: KEYS.deltaVersion, value: String(content.deltaVersion) },
      { key: KEYS.version, value: String(pond.version) },
      { key: KEYS.committedAtUs, value: String(pond.committedAtUs) },
      { key: KEYS.transactionId, value: pond.transactionId ?? '' },
      { key: KEYS.live, value: String(live.length) },
      { key: KEYS.liveChecksum, value: checksumOf([protocol, metaData, ...adds.map(withoutDataChange)]) },
      { key: KEYS.removedChecksum, value: checksumOf(tombstones.map(withoutDataChange)) },
    ],
  })
  // The first bytes are the file's mark; what follows it is ours, and no reader looks at it.
  const mark = bytes.getBytes().slice()
  bytes.appendBytes(new Uint8Array(SEAL_BYTES))
  bytes.index = 0
  const pieces: Uint8Array[] = []
  for (const rows of [live, removed]) {
    for (let start = 0; start < rows.length; start += GROUP_ROWS) {
      const group = rows.slice(start, start + GROUP_ROWS)
      await parquet.write({ columnData: columnSources(group), rowGroupSize: group.length })
      pieces.push(bytes.getBytes().slice())
      bytes.index = 0
    }
  }
  await parquet.finish()
  pieces.push(bytes.getBytes().slice())
  return { pieces: [mark, sealOf(pieces), ...pieces], actions: live.length + removed.length }
}

/**
 * The checkpoint's bytes, whole, for the functions below; undefined for one that is not sealed as ours
 * are. Unsealed bytes are not looked into: damage could keep a Parquet reader busy for ever.
 * @throws RangeError for one that is damaged
 */
export function unsealed(bytes: Uint8Array): AsyncBuffer | undefined {
  const seal = bytes.subarray(MARK_BYTES, MARK_BYTES + SEAL_BYTES)
  if (SEAL.some((byte, index) => seal[index] !== byte)) return undefined
  const expected = sealOf([bytes.subarray(MARK_BYTES + SEAL_BYTES)])
  if (Buffer.compare(expected, seal) !== 0) throw new RangeError('its checksum is wrong')
  // The seal is not of what stands before it.
  if (!isMark(bytes.subarray(0, MARK_BYTES))) throw new RangeError('it does not begin as a Parquet file')
  const { buffer } = bytes.slice()
  return { byteLength: bytes.length, slice: (start, end) => buffer.slice(start, end) }
}

/**
 * What is wrong with a file that is not sealed as ours; undefined where it may be another engine's checkpoint.
 * Looks at its marks and for the names that ours have in the footer, and reads nothing as Parquet.
 */
export function whyNotForeign(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'it is empty'
  const isMarked = [bytes.subarray(0, MARK_BYTES), bytes.subarray(-MARK_BYTES)].every(isMark)
  if (!isMarked || bytes.length < LEAST_BYTES) return 'it is no Parquet file'
  return Buffer.from(bytes).includes(KEYS.liveChecksum) ? 'its seal is gone' : undefined
}

const isMark = (bytes: Uint8Array): boolean => Buffer.from(bytes).toString('latin1') === 'PAR1'

/** Two marks and the length of a footer. */
const LEAST_BYTES = 12
const MARK_BYTES = 4
const SEAL = new TextEncoder().encode('PNDC')
const SEAL_BYTES = SEAL.length + 4

/** Stands between the file's mark and its first page: CRC-32C of all bytes after it, little endian. */
function sealOf(pieces: readonly Uint8Array[]): Uint8Array {
  const seal = new Uint8Array(SEAL_BYTES)
  seal.set(SEAL)
  const sum = pieces.reduce((before, piece) => checksum(piece, before), 0)
  new DataView(seal.buffer).setUint32(SEAL.length, sum, true)
  return seal
}

/** Undefined for a checkpoint that is not ours. @throws whatever a damaged one leads to */
export async function readCheckpoint(file: AsyncBuffer): Promise<CheckpointContent | undefined> {
  const metadata = await parquetMetadataAsync(file, { geoparquet: false })
  const keys = footerKeys(metadata)
  const version = keys.get(KEYS.version)
  const committedAtUs = keys.get(KEYS.committedAtUs)
  if (version === undefined || committedAtUs === undefined) return undefined
  const rows = await readRows(file, metadata, ['protocol', 'metaData', 'add'], 0, mustNumber(keys.get(KEYS.live)))
  const protocol = parseProtocol(must(rows.find((row) => isObject(row['protocol']))?.['protocol']))
  const metaData = parseMetaData(must(rows.find((row) => isObject(row['metaData']))?.['metaData']))
  const adds = rows.filter((row) => isObject(row['add'])).map((row) => parseAdd(must(row['add'])))
  if (checksumOf([protocol, metaData, ...adds]) !== keys.get(KEYS.liveChecksum))
    throw new RangeError('its checksum is wrong')
  const transactionId = keys.get(KEYS.transactionId) ?? ''
  return {
    deltaVersion: mustNumber(keys.get(KEYS.deltaVersion)),
    protocol,
    metaData,
    adds,
    pond: {
      version: mustNumber(version),
      committedAtUs: mustNumber(committedAtUs),
      transactionId: transactionId === '' ? null : transactionId,
    },
  }
}

/** The tombstones of a checkpoint of ours. @throws whatever a damaged one leads to */
export async function readTombstones(file: AsyncBuffer): Promise<Remove[]> {
  const metadata = await parquetMetadataAsync(file, { geoparquet: false })
  const keys = footerKeys(metadata)
  const rows = await readRows(file, metadata, ['remove'], mustNumber(keys.get(KEYS.live)), Number(metadata.num_rows))
  const removes = rows.map((row) => parseRemove(must(row['remove'])))
  if (checksumOf(removes) !== keys.get(KEYS.removedChecksum)) throw new RangeError('its checksum is wrong')
  return removes
}

type Row = Readonly<Record<string, unknown>>

const COLUMNS = ['txn', 'add', 'remove', 'metaData', 'protocol'] as const

function columnSources(rows: readonly Row[]): ColumnSource[] {
  return COLUMNS.map((name) => ({ name, data: rows.map((row) => row[name] ?? null), statistics: false }))
}

async function readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<Row[]> {
  if (rowStart >= rowEnd) return []
  const rows = await parquetReadObjects({ file, metadata, columns, rowStart, rowEnd, geoparquet: false })
  if (rows.length !== rowEnd - rowStart)
    throw new RangeError(`expected ${rowEnd - rowStart} actions, found ${rows.length}`)
  return rows
}

function footerKeys(metadata: FileMetaData): ReadonlyMap<string, string> {
  return new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']))
}

function checksumOf(actions: readonly unknown[]): string {
  const lines = actions.map((action) => JSON.stringify(action, sortedKeys)).join('\n')
  return checksum(Buffer.from(lines)).toString(16).padStart(8, '0')
}

/** One text for one value, in whatever order its keys were read. */
function sortedKeys(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** In a checkpoint no action is a change. */
function withoutDataChange<A extends Add | Remove>(action: A): A {
  return { ...action, dataChange: false }
}

function forAdd(add: Add): Row {
  const { size, modificationTime } = add
  return { ...add, dataChange: false, size: BigInt(size), modificationTime: BigInt(modificationTime) }
}

function forRemove(remove: Remove): Row {
  const { size, deletionTimestamp } = remove
  return { ...remove, dataChange: false, size: BigInt(size), deletionTimestamp: BigInt(deletionTimestamp) }
}

function forParquet(metaData: MetaData): Row {
  return { ...metaData, createdTime: BigInt(metaData.createdTime) }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function must(value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value
  throw new TypeError('an action is missing')
}

function mustNumber(value: string | undefined): number {
  const number = Number(value ?? Number.NaN)
  if (Number.isSafeInteger(number)) return number
  throw new TypeError(`expected an integer in the footer, found ${String(value)}`)
}

const leaf = (name: string, type: 'long' | 'integer' | 'boolean' | 'string'): SchemaElement =>
  parquetLeaf({ name, type, nullable: true })
const long = (name: string): SchemaElement[] => [leaf(name, 'long')]
const integer = (name: string): SchemaElement[] => [leaf(name, 'integer')]
const boolean = (name: string): SchemaElement[] => [leaf(name, 'boolean')]
const string = (name: string): SchemaElement[] => [leaf(name, 'string')]

function struct(name: string, ...fields: readonly SchemaElement[][]): SchemaElement[] {
  return [{ name, repetition_type: 'OPTIONAL', num_children: fields.length }, ...fields.flat()]
}

/** Text to text. Only the key is required: Parquet allows no other. */
function map(name: string): SchemaElement[] {
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'MAP', logical_type: { type: 'MAP' } },
    { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
    parquetLeaf({ name: 'key', type: 'string', nullable: false }),
    leaf('value', 'string'),
  ]
}

function list(name: string): SchemaElement[] {
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    leaf('element', 'string'),
  ]
}

const SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: COLUMNS.length },
  ...struct('txn', string('appId'), long('version'), long('lastUpdated')),
  ...struct(
    'add',
    string('path'),
    map('partitionValues'),
    long('size'),
    long('modificationTime'),
    boolean('dataChange'),
    string('stats'),
    map('tags'),
  ),
  ...struct(
    'remove',
    string('path'),
    long('deletionTimestamp'),
    boolean('dataChange'),
    boolean('extendedFileMetadata'),
    map('partitionValues'),
    long('size'),
  ),
  ...struct(
    'metaData',
    string('id'),
    struct('format', string('provider'), map('options')),
    string('schemaString'),
    list('partitionColumns'),
    map('configuration'),
    long('createdTime'),
  ),
  ...struct('protocol', integer('minReaderVersion'), integer('minWriterVersion')),
]

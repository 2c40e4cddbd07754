/**
 * Record batches out of Arrow IPC bytes, one at a time: the stream format and the file format,
 * bodies plain or compressed with LZ4 or Zstandard. Relies on apache-arrow for the
 * messages; promises that bytes that are cut, damaged or no Arrow at all end in an `IpcProblem`.
 */
import {
  CompressionType,
  compressionRegistry,
  DataType,
  RecordBatchReader,
  type Data,
  type Field,
  type RecordBatch,
  type Schema,
} from 'apache-arrow'
import { isPondError } from '../../shared/errors'
import { decompressZstd } from 'hyparquet-compressors'
import { decompressLz4Frame } from './lz4-frame'

/** Why bytes are no Arrow data; the caller knows where they come from, and says so. */
export class IpcProblem extends Error {
  override readonly name = 'IpcProblem'
}

export interface IpcStream {
  readonly schema: Schema
  /** To be read once. @throws IpcProblem */
  readonly batches: AsyncIterable<RecordBatch>
}

const FILE_MAGIC = 'ARROW1'
const FEATHER_1_MAGIC = 'FEA1'
const CHUNK_BYTES = 256 * 1024

/** Bytes that can be read at any place: fewer than asked only at the end. */
export interface IpcBytes {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

/** Bytes that are in memory. */
export function inMemory(bytes: Uint8Array): IpcBytes {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  }
}

/** @throws IpcProblem, also while iterating */
export async function openIpc(bytes: IpcBytes): Promise<IpcStream> {
  registerCodecs()
  const magic = Buffer.from(await bytes.read(0, FILE_MAGIC.length)).toString('latin1')
  if (magic.startsWith(FEATHER_1_MAGIC)) {
    throw new IpcProblem('it is Feather of version 1, which Arrow has given up; write it as version 2')
  }
  const reader = await expecting(async () => {
    const source = magic === FILE_MAGIC ? fileHandle(bytes) : chunksOf(bytes)
    // A cast, as apache-arrow tells a file by what it has, and the type by a class of node's.
    return (await RecordBatchReader.from(source as AsyncIterable<Uint8Array>)).open()
  })
  // Bytes that end before the first message open like a stream that has nothing.
  const schema = reader.schema as Schema | undefined
  if (schema === undefined) throw new IpcProblem('it is no Arrow data')
  checkNames(schema.fields)
  return { schema, batches: batchesOf(reader) }
}

async function* chunksOf(bytes: IpcBytes): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.size; at += CHUNK_BYTES) yield await bytes.read(at, CHUNK_BYTES)
}

/** The file format is read from its end. */
function fileHandle(bytes: IpcBytes): object {
  return {
    fd: -1,
    stat: () => Promise.resolve({ size: bytes.size }),
    async read(target: Uint8Array, offset: number, length: number, position: number) {
      const found = await bytes.read(position, length)
      target.set(found, offset)
      return { bytesRead: found.length, buffer: target }
    },
    close: () => Promise.resolve(),
  }
}

async function* batchesOf(reader: RecordBatchReader): AsyncGenerator<RecordBatch> {
  try {
    for (;;) {
      const next = await expecting(async () => reader.next())
      if (next.done) return
      const batch = next.value
      for (const data of batch.data.children) check(data, batch.numRows)
      yield batch
    }
  } finally {
    await reader.cancel()
  }
}

async function expecting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // What apache-arrow throws on damage is of no class of its own; what the bytes' own source throws is ours.
    if (error instanceof IpcProblem || isPondError(error) || !(error instanceof Error)) throw error
    throw new IpcProblem(error.message.replace(/\.$/, ''), { cause: error })
  }
}

function checkNames(fields: readonly Field[]): void {
  for (const { name, type } of fields) {
    // The type says that there is a name; damaged bytes may have none.
    if (typeof (name as string | null) !== 'string') throw new IpcProblem('a column has no name')
    const children = (type as DataType).children as readonly Field[] | null
    if (DataType.isStruct(type)) checkNames(children ?? [])
    else for (const child of children ?? []) checkNames((child.type as DataType).children ?? [])
  }
}

/** Lengths and offsets that apache-arrow believes unseen, so that no value is read from outside its buffer. */
function check(data: Data | undefined, rows: number): void {
  if (data === undefined) throw new IpcProblem('a column is missing')
  const { type, children } = data
  if (data.length < rows) throw new IpcProblem(`a column has ${data.length} of ${rows} values`)
  if (DataType.isNull(type)) return
  if (data.nullCount > 0 && (data.nullBitmap?.length ?? 0) * 8 < data.offset + rows) {
    throw new IpcProblem('a bitmap is too short')
  }
  if (DataType.isUnion(type)) return
  if (DataType.isDictionary(type)) for (const part of data.dictionary?.data ?? []) check(part, part.length)
  if (DataType.isStruct(type)) {
    for (const child of children) check(child, rows)
  } else if (DataType.isFixedSizeList(type)) {
    check(children[0], rows * type.listSize)
  } else if (data.valueOffsets !== undefined) {
    const end = checkOffsets(data.valueOffsets as Int32Array | BigInt64Array, rows)
    if (children.length > 0) check(children[0], end)
    else if (end > data.values.length) throw new IpcProblem('a column is longer than its bytes')
  } else if (data.values !== undefined && data.values.length < leastValues(data, rows)) {
    throw new IpcProblem('a column is longer than its bytes')
  }
}

/** Returns the last offset. */
function checkOffsets(offsets: Int32Array | BigInt64Array, rows: number): number {
  if (rows === 0) return 0
  if (offsets.length <= rows || offsets[0]! < 0) throw new IpcProblem('offsets are missing')
  for (let row = 0; row < rows; row++)
    if (offsets[row]! > offsets[row + 1]!) throw new IpcProblem('offsets go backwards')
  return Number(offsets[rows])
}

function leastValues({ type, stride, offset }: Data, rows: number): number {
  return DataType.isBool(type) ? Math.ceil((offset + rows) / 8) : rows * stride
}

function registerCodecs(): void {
  if (compressionRegistry.get(CompressionType.ZSTD) !== null) return
  compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => decompressZstd(data) })
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decompressLz4Frame })
}

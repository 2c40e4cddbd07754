/**
 * Record batches out of Arrow IPC bytes, one at a time: the stream format and the file format,
 * bodies plain or compressed with LZ4 or Zstandard. Relies on apache-arrow for the
 * messages, each of which is checked before; promises that bytes that are cut, damaged or no Arrow at all end in an `IpcProblem`.
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
import { checkedStream, checkFile, isFile, type IpcBytes } from './ipc-messages'
import { decompressLz4Frame } from './lz4-frame'

export type { IpcBytes }

/** Why bytes are no Arrow data; the caller knows where they come from, and says so. */
export class IpcProblem extends Error {
  override readonly name = 'IpcProblem'
}

export interface IpcStream {
  readonly schema: Schema
  /** To be read once. @throws IpcProblem */
  readonly batches: AsyncIterable<RecordBatch>
}

const FEATHER_1_MAGIC = 'FEA1'

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
  const magic = Buffer.from(await bytes.read(0, FEATHER_1_MAGIC.length)).toString('latin1')
  if (magic === FEATHER_1_MAGIC) {
    throw new IpcProblem('it is Feather of version 1, which Arrow has given up; write it as version 2')
  }
  const reader = await expecting(async () => {
    const source = (await isFile(bytes)) ? await checkedFile(bytes) : checkedStream(bytes)
    // A cast, as apache-arrow tells a file by what it has, and the type by a class of node's.
    return (await RecordBatchReader.from(source as AsyncIterable<Uint8Array>)).open()
  })
  // Bytes that end before the first message open like a stream that has nothing.
  const schema = reader.schema as Schema | undefined
  if (schema === undefined) throw new IpcProblem('it is no Arrow data')
  checkNames(schema.fields)
  // apache-arrow takes two of one name for one, and loses the other's type.
  const names = new Set<string>()
  const twin = schema.fields.find(({ name }) => names.size === names.add(name).size)
  if (twin !== undefined) throw new IpcProblem(`it has two columns "${twin.name}"`)
  return { schema, batches: batchesOf(reader) }
}

async function checkedFile(bytes: IpcBytes): Promise<object> {
  await checkFile(bytes)
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
  if (hasParts(type) && children.length < type.children.length) throw new IpcProblem('a column is missing')
  if (DataType.isStruct(type)) {
    for (const child of children) check(child, rows)
  } else if (DataType.isFixedSizeList(type)) {
    check(children[0], rows * type.listSize)
  } else if (isCounted(type)) {
    const end = checkOffsets(data.valueOffsets as Int32Array | BigInt64Array | undefined, rows)
    if (hasParts(type)) check(children[0], end)
    else if (end > data.values.length) throw new IpcProblem('a column is longer than its bytes')
  } else if (data.values !== undefined && data.values.length < leastValues(data, rows)) {
    throw new IpcProblem('a column is longer than its bytes')
  }
}

/** The type says that there are always children; a type without has none. */
function hasParts({ children }: DataType): boolean {
  return ((children as readonly Field[] | null)?.length ?? 0) > 0
}

/** Whether offsets say where a value begins. */
function isCounted(type: DataType): boolean {
  const isText = DataType.isUtf8(type) || DataType.isLargeUtf8(type)
  const isBytes = DataType.isBinary(type) || DataType.isLargeBinary(type)
  return isText || isBytes || DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type)
}

/** Returns the last offset. */
function checkOffsets(offsets: Int32Array | BigInt64Array | undefined, rows: number): number {
  if (rows === 0) return 0
  if (offsets === undefined || offsets.length <= rows || offsets[0]! < 0) throw new IpcProblem('offsets are missing')
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

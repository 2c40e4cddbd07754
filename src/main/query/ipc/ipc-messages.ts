/**
 * The messages of Arrow IPC bytes, a stream or a file, in the order in which they are to be taken: the schema,
 * then dictionaries and batches. Throws `Damaged` where bytes are missing or do not fit; memory is bounded by the
 * metadata of a message.
 */
import { Damaged } from './flatbuffer'
import { readFooter, readMessage, type Message } from './ipc-metadata'
import type { IpcSchema } from './ipc-schema'

/** Bytes that can be read at any place: fewer than asked only at the end. */
export interface IpcBytes {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

/** Where the body of a message begins, and what it is. */
export type PlacedMessage = Exclude<Message, { readonly kind: 'schema' }> & { readonly bodyAt: number }

export interface IpcMessages {
  readonly schema: IpcSchema
  /** A file is read from its footer, and has one dictionary of each number: no other takes its place. */
  readonly isFile: boolean
  /** To be read once. */
  readonly messages: AsyncIterable<PlacedMessage>
}

const FILE_MAGIC = 'ARROW1'
/** The magic, and what pads it. */
const FILE_HEAD_BYTES = 8
/** The footer's length, and the magic again. */
const FILE_END_BYTES = 4 + FILE_MAGIC.length
const MOST_METADATA_BYTES = 32 * 1024 * 1024
const IS_CONTINUED = 0xffff_ffff

/** @throws Damaged, also while iterating */
export async function openMessages(bytes: IpcBytes): Promise<IpcMessages> {
  const isFile = Buffer.from(await bytes.read(0, FILE_MAGIC.length)).toString('latin1') === FILE_MAGIC
  return isFile ? openFile(bytes) : openStream(bytes)
}

async function openStream(bytes: IpcBytes): Promise<IpcMessages> {
  const first = await messageAt(bytes, 0)
  if (first === null) throw new Damaged('it is no Arrow data')
  if (first.message.kind !== 'schema') throw new Damaged('its schema is not at its beginning')
  return { schema: first.message.schema, isFile: false, messages: following(bytes, first.end) }
}

async function* following(bytes: IpcBytes, start: number): AsyncGenerator<PlacedMessage> {
  for (let at = start; ;) {
    const found = await messageAt(bytes, at)
    if (found === null) return
    const { message, bodyAt, end } = found
    if (message.kind === 'schema') throw new Damaged('it has a second schema')
    yield { ...message, bodyAt }
    at = end
  }
}

async function openFile(bytes: IpcBytes): Promise<IpcMessages> {
  const end = bytes.size - FILE_END_BYTES
  const last = Buffer.from(await bytes.read(Math.max(end, 0), FILE_END_BYTES))
  if (end < FILE_HEAD_BYTES || last.subarray(4).toString('latin1') !== FILE_MAGIC)
    throw new Damaged('it ends too early')
  const length = last.readInt32LE(0)
  if (length <= 0 || length > MOST_METADATA_BYTES || length > end) throw new Damaged('it has no footer')
  const { schema, dictionaries, batches } = readFooter(await bytes.read(end - length, length))
  const blocks = [...dictionaries, ...batches]
  if (blocks.some((at) => !(at >= FILE_HEAD_BYTES && at < end))) throw new Damaged('a message lies outside')
  if (new Set(blocks).size < blocks.length) throw new Damaged('a message is there twice')
  return { schema, isFile: true, messages: listed(bytes, dictionaries, batches) }
}

async function* listed(
  bytes: IpcBytes,
  dictionaries: readonly number[],
  batches: readonly number[],
): AsyncGenerator<PlacedMessage> {
  for (const [index, at] of [...dictionaries, ...batches].entries()) {
    const found = await messageAt(bytes, at)
    const kind = index < dictionaries.length ? 'dictionary' : 'batch'
    if (found?.message.kind !== kind) throw new Damaged('a message is missing')
    yield { ...found.message, bodyAt: found.bodyAt }
  }
}

/** Null at the end: of the bytes, or what says so. */
async function messageAt(
  bytes: IpcBytes,
  at: number,
): Promise<{ readonly message: Message; readonly bodyAt: number; readonly end: number } | null> {
  const start = await bytes.read(at, 8)
  if (start.length === 0) return null
  if (start.length < 4) throw new Damaged('it ends too early')
  const view = new DataView(start.buffer, start.byteOffset, start.length)
  // Before version 0.15 the length stood alone.
  const isContinued = view.getUint32(0, true) === IS_CONTINUED
  if (isContinued && start.length < 8) throw new Damaged('it ends too early')
  const prefix = isContinued ? 8 : 4
  const length = view.getInt32(prefix - 4, true)
  if (length === 0) return null
  const bodyAt = at + prefix + length
  if (length < 0 || length > MOST_METADATA_BYTES || bodyAt > bytes.size)
    throw new Damaged('it is no Arrow data, or cut')
  const message = readMessage(await bytes.read(at + prefix, length))
  const end = bodyAt + message.bodyBytes
  if (end > bytes.size) throw new Damaged('it ends too early')
  return { message, bodyAt, end }
}

/**
 * The messages of Arrow IPC bytes, a stream or a file: schema, dictionaries, batches, each checked
 * (ipc-metadata.ts) before apache-arrow sees it. Throws `Damaged` where bytes are missing or do not fit; memory
 * is bounded by the metadata of a message and a chunk.
 */
import { Damaged } from './flatbuffer'
import { checkFooter, checkMessage, type Footer, type Layout, type MessageShape } from './ipc-metadata'

/** Bytes that can be read at any place: fewer than asked only at the end. */
export interface IpcBytes {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

const FILE_MAGIC = 'ARROW1'
/** The magic, and what pads it. */
const FILE_HEAD_BYTES = 8
/** The footer's length, and the magic again. */
const FILE_END_BYTES = 4 + FILE_MAGIC.length
const CHUNK_BYTES = 256 * 1024
const MOST_METADATA_BYTES = 32 * 1024 * 1024
const IS_CONTINUED = 0xffff_ffff
const NOT_PACKED = -1n

/** Whether the bytes are of the file format. */
export async function isFile(bytes: IpcBytes): Promise<boolean> {
  return Buffer.from(await bytes.read(0, FILE_MAGIC.length)).toString('latin1') === FILE_MAGIC
}

/** A stream as it is, each message checked before it is passed on. @throws Damaged */
export async function* checkedStream(bytes: IpcBytes): AsyncGenerator<Uint8Array> {
  let layout: Layout | null = null
  for (let at = 0; ;) {
    const frame = await frameAt(bytes, at)
    if (frame === null) return
    const { head, shape, body } = frame
    if ((shape.kind === 'schema') !== (layout === null)) throw new Damaged('its schema is not at its beginning')
    layout ??= shape.layout!
    await mustFit(bytes, frame, layout)
    yield head
    const end = body + shape.bodyBytes
    for (at = body; at < end; at += CHUNK_BYTES) yield await bytes.read(at, Math.min(CHUNK_BYTES, end - at))
    at = end
  }
}

/** Checks all messages of a file, which is read from its end. @throws Damaged */
export async function checkFile(bytes: IpcBytes): Promise<void> {
  const { layout, blocks } = await footerOf(bytes)
  for (const at of blocks) {
    const frame = await frameAt(bytes, at)
    if (frame === null || frame.shape.kind === 'schema') throw new Damaged('a message is missing')
    await mustFit(bytes, frame, layout)
  }
}

interface Frame {
  /** Its length and its metadata, as they stand there. */
  readonly head: Uint8Array
  readonly shape: MessageShape
  /** Where its body begins. */
  readonly body: number
}

/** Null at the end: of the bytes, or what says so. */
async function frameAt(bytes: IpcBytes, at: number): Promise<Frame | null> {
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
  const body = at + prefix + length
  if (length < 0 || length > MOST_METADATA_BYTES || body > bytes.size) throw new Damaged('it is no Arrow data, or cut')
  const head = await bytes.read(at, prefix + length)
  const shape = checkMessage(head.subarray(prefix))
  if (body + shape.bodyBytes > bytes.size) throw new Damaged('it ends too early')
  return { head, shape, body }
}

async function footerOf(bytes: IpcBytes): Promise<Footer> {
  const end = bytes.size - FILE_END_BYTES
  const last = Buffer.from(await bytes.read(Math.max(end, 0), FILE_END_BYTES))
  if (end < FILE_HEAD_BYTES || last.subarray(4).toString('latin1') !== FILE_MAGIC)
    throw new Damaged('it ends too early')
  const length = last.readInt32LE(0)
  if (length <= 0 || length > MOST_METADATA_BYTES || length > end) throw new Damaged('it has no footer')
  const footer = checkFooter(await bytes.read(end - length, length))
  if (footer.blocks.some((at) => !(at >= FILE_HEAD_BYTES && at < end))) throw new Damaged('a message lies outside')
  if (new Set(footer.blocks).size < footer.blocks.length) throw new Damaged('a message is there twice')
  return footer
}

async function mustFit(bytes: IpcBytes, { shape, body }: Frame, layout: Layout): Promise<void> {
  if (shape.kind === 'other') throw new Damaged('it has a message that is no table')
  if (shape.kind !== 'schema') shape.mustFit(layout, await unpackedBytes(bytes, shape, body))
}

async function unpackedBytes(bytes: IpcBytes, { bodyBytes, packed }: MessageShape, body: number): Promise<number> {
  if (packed.length === 0) return bodyBytes
  let total = 0
  for (const { offset, length } of packed) {
    const unpacked = Buffer.from(await bytes.read(body + offset, 8)).readBigInt64LE(0)
    if (unpacked < NOT_PACKED) throw new Damaged('a compressed buffer is of no possible length')
    total += unpacked === NOT_PACKED ? length : Number(unpacked)
  }
  return total
}

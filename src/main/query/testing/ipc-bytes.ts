/**
 * Arrow data as no library here writes it: with the bytes of every number in the other order, as machines of
 * that kind leave it, and with bodies packed as Zstandard that has nothing compressed.
 */
import { Buffer } from 'node:buffer'
import { columnsOf, Dictionaries, type IpcColumn } from '../ipc/ipc-columns'
import { frameHashes } from '../ipc/frame-hashes'
import { unpackBody } from '../ipc/ipc-body'
import { openMessages, type IpcBytes } from '../ipc/ipc-messages'

/** Bytes of a Zstandard frame of raw blocks (RFC 8878, 3.1.1). */
export function storedZstd(data: Uint8Array, claimed = data.length): Uint8Array {
  const head = Buffer.alloc(13)
  head.writeUInt32LE(0xfd2f_b528)
  // The size in 8 bytes, no checksum, and a single segment.
  head[4] = 0xe0
  head.writeBigUInt64LE(BigInt(claimed), 5)
  const parts: Uint8Array[] = [head]
  for (let at = 0; at === 0 || at < data.length; at += 100_000) {
    const block = data.subarray(at, at + 100_000)
    const size = Buffer.alloc(4)
    size.writeUInt32LE((block.length << 3) | (at + 100_000 >= data.length ? 1 : 0))
    parts.push(size.subarray(0, 3), block)
  }
  return Buffer.concat(parts)
}

/** The same stream, plain and without dictionaries that follow the first batch, as a machine of the other order has it. */
export async function bigEndian(stream: Uint8Array): Promise<Uint8Array> {
  const bytes: IpcBytes = { size: stream.length, read: async (from, count) => stream.subarray(from, from + count) }
  const result = Buffer.from(stream)
  const { schema, messages } = await openMessages(bytes)
  const dictionaries = new Dictionaries(schema)
  const hashes = await frameHashes()
  for await (const message of messages) {
    const { batch: head, bodyAt, bodyBytes } = message
    const body = unpackBody(head, result.subarray(bodyAt, bodyAt + bodyBytes), hashes)
    const fields = message.kind === 'batch' ? schema.fields : [dictionaries.fieldOf(message.id)]
    for (const column of columnsOf(fields, { head, body, isLittle: true }, dictionaries)) turn(column)
  }
  return markBigEndian(result)
}

function turn({ field, values, offsets, sizes, children }: IpcColumn): void {
  const type = field.dictionary?.index ?? field.type
  const placeBytes = 'offsetBytes' in type ? type.offsetBytes : 4
  reverse(offsets, placeBytes)
  reverse(sizes, placeBytes)
  switch (type.kind) {
    case 'int':
    case 'float':
    case 'decimal':
    case 'date':
    case 'time':
      reverse(values, type.bits / 8)
      break
    case 'timestamp':
    case 'duration':
      reverse(values, 8)
      break
    case 'interval':
      if (type.parts !== 'months, days and nanoseconds') reverse(values, 4)
      else
        for (let at = 0; at + 16 <= values.byteLength; at += 16)
          for (const [from, width] of [
            [at, 4],
            [at + 4, 4],
            [at + 8, 8],
          ] as const)
            reverse(new DataView(values.buffer, values.byteOffset + from, width), width)
      break
    default:
  }
  for (const child of children) turn(child)
}

function reverse({ buffer, byteOffset, byteLength }: DataView, width: number): void {
  for (let at = 0; at + width <= byteLength; at += width) new Uint8Array(buffer, byteOffset + at, width).reverse()
}

/**
 * Writes the order of bytes, which is left out where it is the usual one, into the schema of a stream: before the
 * FlatBuffer that is there comes one with a message and a schema of its own, whose fields are those behind it.
 */
function markBigEndian(stream: Buffer): Buffer {
  const length = stream.readInt32LE(4)
  const old = stream.subarray(8, 8 + length)
  const message = old.readUInt32LE(0)
  const fieldAt = (table: number, field: number): number => {
    const vtable = table - old.readInt32LE(table)
    return table + old.readUInt16LE(vtable + 4 + 2 * field)
  }
  const header = fieldAt(message, 2)
  const schema = header + old.readUInt32LE(header)
  const fields = fieldAt(schema, 1)
  const list = fields + old.readUInt32LE(fields)
  const head = Buffer.alloc(72)
  head.writeUInt32LE(20, 0)
  // The message: its vtable at 4, with version, kind, header and the length of the body; the table at 20.
  head.set(Buffer.from(Uint16Array.of(12, 28, 4, 6, 8, 20).buffer), 4)
  head.writeInt32LE(16, 20)
  head.writeInt16LE(4, 24)
  head[26] = 1
  head.writeUInt32LE(56 - 28, 28)
  // The schema: its vtable at 48, with the order and the fields; the table at 56.
  head.set(Buffer.from(Uint16Array.of(8, 12, 4, 8).buffer), 48)
  head.writeInt32LE(8, 56)
  head.writeInt16LE(1, 60)
  head.writeUInt32LE(head.length + list - 64, 64)
  const prefix = Buffer.from(stream.subarray(0, 8))
  prefix.writeInt32LE(head.length + length, 4)
  return Buffer.concat([prefix, head, old, stream.subarray(8 + length)])
}

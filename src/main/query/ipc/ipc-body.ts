/**
 * The buffers of a batch out of its body, unpacked where they are compressed. Views of bytes know no alignment, so
 * that a buffer may begin anywhere. Throws `Damaged` for one that does not unpack to what it says.
 */
import { decompressZstd } from 'hyparquet-compressors'
import { Damaged } from './flatbuffer'
import type { FrameHashes } from './frame-hashes'
import type { BatchHead, Codec } from './ipc-metadata'
import { decompressLz4Frame } from './lz4-frame'

/** Of a batch, once it is unpacked. */
const MOST_BYTES = 2 ** 30
/** Before a compressed buffer stands its length, unpacked. */
const LENGTH_BYTES = 8
const NOT_PACKED = -1n
/** Of a Zstandard frame's flags. */
const HAS_CHECKSUM = 0x04
/** Of a Zstandard frame that does not say how long it is: what its window may take. */
const MOST_WINDOW_BYTES = 2 ** 27

export const EMPTY = new DataView(new ArrayBuffer(0))

export interface Body {
  readonly buffers: readonly DataView[]
  readonly bytes: number
}

/** What reading a body of this size takes; asked before the bytes are there. */
export function mustBeBounded(bytes: number): void {
  if (bytes > MOST_BYTES) throw new Damaged('it has a batch of more than 1 GiB: write it in smaller ones')
}

export function unpackBody({ buffers, codec }: BatchHead, body: Uint8Array, hashes: FrameHashes): Body {
  const parts = buffers.map(({ offset, length }) => body.subarray(offset, offset + length))
  if (codec === null) return { buffers: parts.map(viewOf), bytes: body.length }
  const packed = parts.map(packedBuffer)
  mustBeBounded(packed.reduce((sum, { length }) => sum + (length ?? 0), 0))
  let bytes = 0
  const unpacked = packed.map((buffer) => {
    const found = unpack(codec, buffer, { most: MOST_BYTES - bytes, hashes })
    bytes += found.length
    return viewOf(found)
  })
  return { buffers: unpacked, bytes }
}

interface Packed {
  readonly content: Uint8Array
  readonly isPacked: boolean
  /** Unpacked; null where nobody says. */
  readonly length: number | null
}

function packedBuffer(buffer: Uint8Array): Packed {
  if (buffer.length === 0) return { content: buffer, isPacked: false, length: 0 }
  if (buffer.length < LENGTH_BYTES) throw new Damaged('a compressed buffer has no length')
  const content = buffer.subarray(LENGTH_BYTES)
  const length = viewOf(buffer).getBigInt64(0, true)
  if (length === NOT_PACKED) return { content, isPacked: false, length: content.length }
  if (length < 0n) throw new Damaged('a compressed buffer is of no possible length')
  if (length === 0n) return { content: content.subarray(0, 0), isPacked: false, length: 0 }
  // apache-arrow for JavaScript (21) writes the length of what is packed in its place.
  const isKnown = length !== BigInt(content.length)
  return { content, isPacked: true, length: isKnown ? Number(length) : null }
}

function unpack(
  codec: Codec,
  { content, isPacked, length }: Packed,
  { most, hashes }: { readonly most: number; readonly hashes: FrameHashes },
): Uint8Array {
  if (!isPacked) return content
  const limit = length ?? most
  const unpacked = codec === 'zstd' ? unpackZstd(content, limit, hashes) : decompressLz4Frame(content, limit, hashes)
  if (length !== null && unpacked.length !== length) throw new Damaged('a compressed buffer is not as long as it says')
  return unpacked
}

/** The library makes room for what a frame says of itself, so that is looked at first (RFC 8878, 3.1.1.1). */
function unpackZstd(frame: Uint8Array, most: number, hashes: FrameHashes): Uint8Array {
  const view = viewOf(frame)
  const flags = frame.length > 8 ? view.getUint8(4) : 0
  const isSingle = (flags & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!
  const at = (isSingle ? 5 : 6) + dictionaryBytes
  if (sizeBytes > 0) {
    let size = 0n
    for (let i = sizeBytes - 1; i >= 0 && at + i < frame.length; i--) size = (size << 8n) | BigInt(frame[at + i]!)
    if (sizeBytes === 2) size += 256n
    if (size > BigInt(most)) throw new Damaged('a compressed buffer is not as long as it says')
  } else if (frame.length > 5) {
    const base = 2 ** (10 + (frame[5]! >> 3))
    if (base + (base / 8) * (frame[5]! & 7) > MOST_WINDOW_BYTES)
      throw new Damaged('a compressed buffer asks for too much memory')
  }
  const unpacked = decompressed(frame)
  if ((flags & HAS_CHECKSUM) !== 0) {
    // The frame is the whole buffer, and its checksum the end of it; the library passes it over.
    const expected = view.getUint32(frame.length - 4, true)
    if (Number(hashes.h64Raw(unpacked) & 0xffff_ffffn) !== expected)
      throw new Damaged('a compressed buffer is damaged: it does not match its checksum')
  }
  return unpacked
}

function decompressed(frame: Uint8Array): Uint8Array {
  try {
    return decompressZstd(frame)
  } catch (error) {
    throw new Damaged(`a compressed buffer is damaged: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

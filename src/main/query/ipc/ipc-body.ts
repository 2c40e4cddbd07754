/**
 * The buffers of a batch out of its body, unpacked where they are compressed. Views of bytes know no alignment, so
 * that a buffer may begin anywhere. Throws `Damaged` for one that does not unpack to what it says.
 */
import { Damaged } from './flatbuffer'
import type { FrameHashes } from './frame-hashes'
import type { BatchHead, Codec } from './ipc-metadata'
import { decompressLz4Frame } from './lz4-frame'
import { decompressZstdFrames } from './zstd-frame'

/** Of a batch, once it is unpacked. */
const MOST_BYTES = 2 ** 30
/** Before a compressed buffer stands its length, unpacked. */
const LENGTH_BYTES = 8
const NOT_PACKED = -1n

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
  const decompress = codec === 'zstd' ? decompressZstdFrames : decompressLz4Frame
  const unpacked = decompress(content, limit, hashes)
  if (length !== null && unpacked.length !== length) throw new Damaged('a compressed buffer is not as long as it says')
  return unpacked
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

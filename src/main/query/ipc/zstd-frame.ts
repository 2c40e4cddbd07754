/**
 * Zstandard of a buffer that is in memory (RFC 8878): the frames that it holds, usually one. Each is measured before
 * the library makes room for what it says of itself, and compared with its checksum, which the library passes over.
 */
import { Decompress, decompress } from 'fzstd'
import { Damaged } from './flatbuffer'
import type { FrameHashes } from './frame-hashes'

const MAGIC = 0xfd2f_b528
/** Sixteen marks of frames that hold nothing to unpack. */
const SKIPPABLE = 0x184d_2a50
const MARK_BYTES = 4
const BLOCK_HEAD_BYTES = 3
const CHECKSUM_BYTES = 4
const IS_REPEATED = 1
/** Of a frame that does not say how long it is: what its window may take. */
const MOST_WINDOW_BYTES = 2 ** 27

interface Frame {
  readonly bytes: Uint8Array
  /** Unpacked; null where it does not say. */
  readonly size: bigint | null
  readonly checksum: number | null
}

/** Of at most `most` bytes. @throws Damaged for bytes that are no whole frames */
export function decompressZstdFrames(input: Uint8Array, most: number, hashes: FrameHashes): Uint8Array {
  const frames = framesOf(input)
  if (frames.reduce((sum, { size }) => sum + (size ?? 0n), 0n) > BigInt(most))
    throw new Damaged('a compressed buffer is not as long as it says')
  let left = most
  const parts = frames.map((frame) => {
    const part = unpacked(frame, left, hashes)
    left -= part.length
    return part
  })
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

function unpacked({ bytes, size, checksum }: Frame, most: number, hashes: FrameHashes): Uint8Array {
  const found = size === null ? unpackedBlocks(bytes, most) : refusing(() => decompress(bytes))
  if (checksum !== null && Number(hashes.h64Raw(found) & 0xffff_ffffn) !== checksum)
    throw broken('it does not match its checksum')
  return found
}

/** Block by block, as few bytes may stand for very many. */
function unpackedBlocks(frame: Uint8Array, most: number): Uint8Array {
  const blocks: Uint8Array[] = []
  let size = 0
  const library = new Decompress((block) => {
    size += block.length
    if (size > most) throw new Damaged('a compressed buffer is not as long as it says')
    blocks.push(block.slice())
  })
  refusing(() => library.push(frame, true))
  return Buffer.concat(blocks)
}

function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Damaged) throw error
    throw broken(error instanceof Error ? error.message : String(error))
  }
}

function framesOf(input: Uint8Array): readonly Frame[] {
  const frames: Frame[] = []
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  for (let at = 0; at < input.length;) {
    const mark = at + MARK_BYTES > input.length ? null : view.getUint32(at, true)
    if (mark !== null && (mark & 0xffff_fff0) >>> 0 === SKIPPABLE && at + 8 <= input.length) {
      at += 8 + view.getUint32(at + MARK_BYTES, true)
      if (at > input.length) throw broken('it ends too early')
      continue
    }
    if (mark !== MAGIC) throw broken('a frame has no mark')
    const frame = frameAt(view, at)
    frames.push(frame)
    at += frame.bytes.length
  }
  return frames
}

function frameAt(view: DataView, start: number): Frame {
  const flags = byteAt(view, start + MARK_BYTES)
  const isSingle = (flags & 0x20) !== 0
  const hasChecksum = (flags & 0x04) !== 0
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!
  const sizeAt = start + MARK_BYTES + (isSingle ? 1 : 2) + dictionaryBytes
  let size: bigint | null = null
  if (sizeBytes > 0) {
    size = sizeBytes === 2 ? 256n : 0n
    for (let i = 0; i < sizeBytes; i++) size += BigInt(byteAt(view, sizeAt + i)) << BigInt(8 * i)
  } else if (windowBytes(byteAt(view, start + MARK_BYTES + 1)) > MOST_WINDOW_BYTES) {
    throw new Damaged('a compressed buffer asks for too much memory')
  }
  let at = sizeAt + sizeBytes
  for (let isLast = false; !isLast;) {
    const word = byteAt(view, at) | (byteAt(view, at + 1) << 8) | (byteAt(view, at + 2) << 16)
    isLast = (word & 1) === 1
    at += BLOCK_HEAD_BYTES + (((word >> 1) & 3) === IS_REPEATED ? 1 : word >> 3)
  }
  const end = at + (hasChecksum ? CHECKSUM_BYTES : 0)
  if (end > view.byteLength) throw broken('it ends too early')
  const bytes = new Uint8Array(view.buffer, view.byteOffset + start, end - start)
  return { bytes, size, checksum: hasChecksum ? view.getUint32(at, true) : null }
}

function byteAt(view: DataView, at: number): number {
  if (at >= view.byteLength) throw broken('it ends too early')
  return view.getUint8(at)
}

/** RFC 8878, 3.1.1.1.2. */
function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

function broken(reason: string): Damaged {
  return new Damaged(`a compressed buffer is damaged: ${reason}`)
}

/**
 * Decompression of LZ4 frames, the usual compression of Feather files (github.com/lz4/lz4,
 * lz4_Frame_format.md and lz4_Block_format.md). Blocks may refer to those before them. Every checksum that
 * a frame has, of its head, its blocks and its content, is compared.
 */
import { Damaged } from './flatbuffer'
import type { FrameHashes } from './frame-hashes'

const MAGIC = 0x184d2204
const HEAD_BYTES = 7
const LARGEST_BLOCK = [0, 0, 0, 0, 1 << 16, 1 << 18, 1 << 20, 1 << 22]
const IS_UNCOMPRESSED = 0x8000_0000
const LEAST_MATCH = 4
/** A byte of the format cannot stand for more. */
const MOST_PER_BYTE = 255

/** Of at most `most` bytes. @throws Damaged for bytes that are no whole LZ4 frame */
export function decompressLz4Frame(input: Uint8Array, most: number, hashes: FrameHashes): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  if (input.length < HEAD_BYTES || view.getUint32(0, true) !== MAGIC) throw broken('it has no head')
  const flags = input[4]!
  const has = (bit: number): boolean => (flags & bit) !== 0
  const start = HEAD_BYTES + (has(0x08) ? 8 : 0) + (has(0x01) ? 4 : 0)
  const [blocksHaveSums, contentHasSum] = [has(0x10), has(0x04)]
  const mustMatch = (bytes: Uint8Array, at: number, what: string): void => {
    if (at + 4 > input.length) throw broken('it ends too early')
    if (hashes.h32Raw(bytes) >>> 0 !== view.getUint32(at, true)) throw broken(`${what} does not match its checksum`)
  }
  if (start > input.length) throw broken('it ends too early')
  if (((hashes.h32Raw(input.subarray(4, start - 1)) >>> 8) & 0xff) !== input[start - 1])
    throw broken('its head does not match its checksum')
  let end = input.length
  const blocks: { readonly from: number; readonly to: number; readonly isPlain: boolean }[] = []
  for (let at = start; ;) {
    if (at + 4 > input.length) throw broken('it ends too early')
    const word = view.getUint32(at, true)
    end = at + 4
    if (word === 0) break
    const from = at + 4
    const to = from + (word & ~IS_UNCOMPRESSED)
    if (to > input.length) throw broken('it ends too early')
    if (blocksHaveSums) mustMatch(input.subarray(from, to), to, 'a block')
    blocks.push({ from, to, isPlain: word >= IS_UNCOMPRESSED })
    at = to + (blocksHaveSums ? 4 : 0)
  }
  const largest = LARGEST_BLOCK[(input[5]! >> 4) & 7]!
  const output = new Uint8Array(Math.min(blocks.length * largest, input.length * MOST_PER_BYTE, most))
  let length = 0
  for (const { from, to, isPlain } of blocks) {
    const block = input.subarray(from, to)
    if (!isPlain) length = decompressBlock(block, output, length)
    else {
      if (length + block.length > output.length) throw broken('a block is too long')
      output.set(block, length)
      length += block.length
    }
  }
  const content = output.subarray(0, length)
  if (contentHasSum) mustMatch(content, end, 'its content')
  return content
}

/** Returns where the output ends now. */
function decompressBlock(input: Uint8Array, output: Uint8Array, start: number): number {
  let at = 0
  let end = start
  const extended = (length: number): number => {
    if (length < 15) return length
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= input.length) throw broken('a block ends too early')
      byte = input[at++]!
    }
    return length
  }
  while (at < input.length) {
    const token = input[at++]!
    const literals = extended(token >> 4)
    if (at + literals > input.length || end + literals > output.length) throw broken('a block is too long')
    output.set(input.subarray(at, at + literals), end)
    at += literals
    end += literals
    if (at === input.length) return end
    const distance = input[at]! | (input[at + 1]! << 8)
    at += 2
    const match = LEAST_MATCH + extended(token & 15)
    if (distance === 0 || distance > end || end + match > output.length) throw broken('a block refers outside itself')
    // Byte by byte: a match may overlap what it writes.
    for (let from = end - distance, to = end + match; end < to;) output[end++] = output[from++]!
  }
  return end
}

function broken(reason: string): Damaged {
  return new Damaged(`an LZ4 frame is damaged: ${reason}`)
}

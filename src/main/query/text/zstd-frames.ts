/**
 * Zstandard frame by frame (RFC 8878), each unpacked by itself and compared with the checksum that it ends with: the
 * library that unpacks passes it over, and of damage in values that are packed as they are nothing else would tell.
 */
import { Decompress } from 'fzstd'
import xxhash from 'xxhash-wasm'
import type { Chunks } from './text-bytes'

const MAGIC = 0xfd2f_b528
/** Sixteen marks of frames that hold nothing to unpack. */
const SKIPPABLE = 0x184d_2a50
const IS_REPEATED = 1
const IS_RESERVED = 3
const CHECKSUM_BYTES = 4

/** Throws where the bytes are no whole frames, or not those that were packed. */
export async function* unzstd(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const { create64 } = await xxhash()
  const input = new Input(chunks)
  for (let head = await input.upTo(4); head.length > 0; head = await input.upTo(4)) {
    if (head.length < 4) throw new Error('it ends within the mark of a frame')
    const mark = new DataView(head.buffer, head.byteOffset).getUint32(0, true)
    if ((mark & 0xffff_fff0) >>> 0 === SKIPPABLE) {
      const size = await input.exactly(4)
      await input.skip(new DataView(size.buffer, size.byteOffset).getUint32(0, true))
    } else {
      if (mark !== MAGIC) throw new Error('a frame has no mark')
      yield* unpackedFrame(input, head, create64())
    }
  }
}

async function* unpackedFrame(
  input: Input,
  mark: Uint8Array,
  hash: { update(bytes: Uint8Array): unknown; digest(): bigint },
): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = []
  const library = new Decompress((chunk) => {
    hash.update(chunk)
    ready.push(chunk.slice())
  })
  const push = (bytes: Uint8Array, isLast = false): void => void library.push(bytes, isLast)
  const [flags] = await input.exactly(1)
  const hasChecksum = (flags! & 0x04) !== 0
  push(Buffer.concat([mark, Uint8Array.of(flags!), await input.exactly(headerBytes(flags!))]))
  for (let isLast = false; !isLast;) {
    const head = await input.exactly(3)
    const word = head[0]! | (head[1]! << 8) | (head[2]! << 16)
    isLast = (word & 1) === 1
    const type = (word >> 1) & 3
    if (type === IS_RESERVED) throw new Error('a block is of no known type')
    push(Buffer.concat([head, await input.exactly(type === IS_REPEATED ? 1 : word >> 3)]))
    yield* ready
    ready = []
  }
  const checksum = hasChecksum ? await input.exactly(CHECKSUM_BYTES) : new Uint8Array(0)
  push(checksum, true)
  yield* ready
  if (!hasChecksum) return
  const expected = new DataView(checksum.buffer, checksum.byteOffset).getUint32(0, true)
  if (Number(hash.digest() & 0xffff_ffffn) !== expected) throw new Error('a frame does not match its checksum')
}

/** Behind the byte of flags: window, dictionary and size, each where there is one. */
function headerBytes(flags: number): number {
  const isSingle = (flags & 0x20) !== 0
  const dictionary = [0, 1, 2, 4][flags & 3]!
  return (isSingle ? 0 : 1) + dictionary + [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!
}

/** Bytes that come in pieces, taken in others. */
class Input {
  readonly #chunks: AsyncIterator<Uint8Array>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(chunks: Chunks) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** So many, or fewer where they end: a copy of its own. */
  async upTo(count: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    for (let missing = count; missing > 0;) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next()
        if (done === true) break
        this.#rest = value
      }
      const part = this.#rest.subarray(0, missing)
      this.#rest = this.#rest.subarray(part.length)
      missing -= part.length
      parts.push(part)
    }
    return new Uint8Array(Buffer.concat(parts))
  }

  async exactly(count: number): Promise<Uint8Array> {
    const bytes = await this.upTo(count)
    if (bytes.length < count) throw new Error('it ends within a frame')
    return bytes
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; left -= CHUNK) await this.exactly(Math.min(left, CHUNK))
  }
}

const CHUNK = 1024 * 1024

/**
 * Reads the body of an import (`shared/bytes.ts` has its layout) as it arrives: one header at a time,
 * each with its content as chunks. Holds one chunk of the body and one header, however large the body.
 */
import type { ImportHeader } from '../../../shared/bytes'
import { PondError } from '../../../shared/errors'

/** A path of 65,536 characters, escaped in the worst way, with room to spare. */
const MAX_HEADER_BYTES = 512 * 1024
const MAX_CHUNK_BYTES = 256 * 1024

export interface Frame {
  readonly header: ImportHeader
  /** Exactly `header.size` bytes. Take all of them before the next frame. */
  readonly content: AsyncIterable<Uint8Array>
}

/** @throws api.bad-input where the body is not frames, or ends within one */
export async function* readFrames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, void, void> {
  const input = new Input(body)
  try {
    while (!(await input.atEnd())) {
      const length = new DataView((await input.take(4)).buffer).getUint32(0, true)
      if (length > MAX_HEADER_BYTES) throw badFrame(`a header of at most ${MAX_HEADER_BYTES} bytes`, `${length}`)
      const header = parseHeader(await input.take(length))
      let left = header.size ?? 0
      const content = async function* () {
        while (left > 0) {
          const chunk = await input.some(Math.min(left, MAX_CHUNK_BYTES))
          left -= chunk.length
          yield chunk
        }
      }
      yield { header, content: content() }
      if (left > 0) throw new Error('the content of a frame was not taken')
    }
  } finally {
    await input.close()
  }
}

class Input {
  readonly #source: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#source = body[Symbol.asyncIterator]()
  }

  async atEnd(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#source.next()
      if (next.done) return true
      this.#chunk = next.value
    }
    return false
  }

  /** Between 1 and `most` bytes: a view of what arrived. */
  async some(most: number): Promise<Uint8Array> {
    if (await this.atEnd()) throw badFrame('the bytes that its header announces', 'the end of the body')
    const part = this.#chunk.subarray(0, most)
    this.#chunk = this.#chunk.subarray(part.length)
    return part
  }

  /** Exactly `length` bytes, copied. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length;) {
      const part = await this.some(length - at)
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }

  async close(): Promise<void> {
    await this.#source.return?.()
  }
}

function parseHeader(bytes: Uint8Array): ImportHeader {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw badFrame('a JSON header', 'something else', error)
  }
  const { path, size, sha256 } = (header ?? {}) as Partial<Record<keyof ImportHeader, unknown>>
  const isSize = size === null || (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0)
  const isHash = sha256 === undefined || (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256))
  if (typeof path !== 'string' || !isSize || !isHash)
    throw badFrame('a header {path, size} or {path, size, sha256}', JSON.stringify(header))
  return { path, size, ...(sha256 === undefined ? {} : { sha256 }) }
}

function badFrame(expected: string, found: string, cause?: unknown): PondError {
  return new PondError(
    'api.bad-input',
    `in an import's body, expected ${expected}, found ${found.slice(0, 200)}`,
    {},
    cause,
  )
}

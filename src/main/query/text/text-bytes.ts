/** The bytes of a text file as UTF-8, whatever they are packed in and encoded as: chunk by chunk, never all at once. */
import { isAscii, isUtf8 } from 'node:buffer'
import { createGunzip } from 'node:zlib'
import { PondError } from '../../../shared/errors'
import type { TableBytes } from '../source'
import { unzstd } from './zstd-frames'

const CHUNK = 1024 * 1024

export type Chunks = AsyncIterable<Uint8Array>

export async function* fileChunks(bytes: TableBytes): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.size; at += CHUNK) yield await bytes.read(at, Math.min(CHUNK, bytes.size - at))
}

/** @throws query.unreadable-file where it is not what it is called, or is cut */
export async function* unpacked(chunks: Chunks, compression: string | null, name: string): AsyncGenerator<Uint8Array> {
  if (compression === null) yield* chunks
  else {
    try {
      yield* compression === 'gzip' ? gunzipped(chunks) : unzstd(chunks)
    } catch (error) {
      if (error instanceof PondError) throw error
      const message = `"${name}" cannot be unpacked: it is not ${compression}, or it is damaged or cut`
      throw new PondError('query.unreadable-file', message, { path: name, candidates: [] }, error)
    }
  }
}

async function* gunzipped(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK })
  const feeding = (async () => {
    try {
      for await (const chunk of chunks) {
        if (!gunzip.write(chunk)) await new Promise((resolve) => gunzip.once('drain', resolve).once('close', resolve))
        if (gunzip.destroyed) return
      }
      gunzip.end()
    } catch (error) {
      gunzip.destroy(error as Error)
    }
  })()
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array
  } finally {
    gunzip.destroy()
    await feeding
  }
}

export interface ByteOrderMark {
  readonly encoding: string
  readonly length: number
}

export function byteOrderMark(head: Uint8Array): ByteOrderMark | null {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', length: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', length: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', length: 2 }
  return null
}

/** With a mark, or by the zeros that it has in every character. */
export function looksLikeUtf32(head: Uint8Array): 'little endian' | 'big endian' | null {
  const count = Math.min(Math.floor(head.length / 4), 1_024)
  if (count < 2) return null
  const isEvery = (test: (at: number) => boolean): boolean =>
    Array.from({ length: count }, (_, index) => index * 4).every(test)
  // The greatest character is 0x10ffff, and none is 0.
  const isZero = (at: number): boolean =>
    head[at] === 0 && head[at + 1] === 0 && head[at + 2] === 0 && head[at + 3] === 0
  if (isEvery((at) => head[at + 3] === 0 && head[at + 2]! <= 0x10 && !isZero(at))) {
    const isAsciiSomewhere = !isEvery((at) => head[at + 1] !== 0 || head[at + 2] !== 0)
    return isAsciiSomewhere ? 'little endian' : null
  }
  if (!isEvery((at) => head[at] === 0 && head[at + 1]! <= 0x10 && !isZero(at))) return null
  return isEvery((at) => head[at + 1] !== 0 || head[at + 2] !== 0) ? null : 'big endian'
}

/** UTF-16 without a mark: of ASCII, every other byte is NUL. */
export function looksLikeUtf16(head: Uint8Array): string | null {
  const pairs = Math.floor(head.length / 2)
  if (pairs < 2) return null
  let [even, odd] = [0, 0]
  for (let at = 0; at < pairs * 2; at += 2) {
    if (head[at] === 0) even++
    if (head[at + 1] === 0) odd++
  }
  if (odd > pairs * 0.6 && even < pairs * 0.05) return 'utf-16le'
  return even > pairs * 0.6 && odd < pairs * 0.05 ? 'utf-16be' : null
}

/** The same text in UTF-8, without a mark of the byte order. UTF-8 goes through as it is. @throws RangeError for a label that is none */
export async function* asUtf8(chunks: Chunks, encoding: string): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') {
    let isFirst = true
    for await (const chunk of chunks) {
      const marked = isFirst && byteOrderMark(chunk)?.encoding === 'utf-8'
      isFirst = false
      yield marked ? chunk.subarray(3) : chunk
    }
    return
  }
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  for await (const chunk of chunks) yield encoder.encode(decoder.decode(chunk, { stream: true }))
  yield encoder.encode(decoder.decode())
}

/** What the bytes beyond ASCII are: followed chunk by chunk. */
export class Utf8Check {
  /** Of sequences that are UTF-8, and of bytes that are not. */
  valid = 0
  invalid = 0
  /** Offset of the first byte that is not UTF-8. */
  firstInvalid: number | null = null
  /** Of bytes beyond ASCII in a row. */
  longestRun = 0
  #carry: Uint8Array = new Uint8Array(0)
  #offset = 0

  feed(chunk: Uint8Array): void {
    if (this.#carry.length === 0 && isAscii(chunk)) {
      this.#offset += chunk.length
      return
    }
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    const open = openEnd(bytes)
    const whole = bytes.subarray(0, bytes.length - open)
    if (isUtf8(whole)) {
      if (!isAscii(whole)) this.valid++
    } else this.#count(whole)
    this.#offset += whole.length
    this.#carry = bytes.slice(whole.length)
  }

  end(): void {
    if (this.#carry.length > 0) this.#count(this.#carry)
    this.#carry = new Uint8Array(0)
  }

  #count(bytes: Uint8Array): void {
    let run = 0
    for (let at = 0; at < bytes.length;) {
      const byte = bytes[at]!
      if (byte < 0x80) {
        run = 0
        at++
        continue
      }
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 0
      const isValid = length > 0 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))
      if (isValid) {
        this.valid++
        at += length
        run = 0
        continue
      }
      this.invalid++
      this.firstInvalid ??= this.#offset + at
      if (++run > this.longestRun) this.longestRun = run
      at++
    }
  }
}

/** Bytes at the end that may be the beginning of a character. */
function openEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
    if (byte < 0x80) return 0
  }
  return 0
}

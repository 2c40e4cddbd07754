/** What a script may hand over as a file's content, and what it gets back to read one. */

import { Readable } from 'node:stream'
import { ReadableStream } from 'node:stream/web'
import { badArgument } from './arguments'

/** Text is kept as UTF-8. */
export type Chunk = string | ArrayBuffer | ArrayBufferView
/** Text, bytes, or a stream of either in chunks of any size: a Node stream, say. */
export type Content = Chunk | Iterable<Chunk> | AsyncIterable<Chunk>

/** A file opened for reading at any place. Close it. */
export interface OpenFile {
  /** Bytes. */
  readonly size: number
  /** Bytes from an offset; fewer than asked only at the end. Not checked against the hash: it is not the whole. */
  read(offset: number, length: number): Promise<Uint8Array>
  /**
   * The content in order, in chunks of at most 256 KiB; checked against size and SHA-256 as it ends, unless
   * `start` (inclusive) and `end` (exclusive) ask for a part. @throws tlogfs.corrupt-content
   */
  chunks(range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>
  /** Idempotent. */
  close(): Promise<void>
}

/** Content as the engine takes it. @throws library.bad-argument for what is no content, also while iterating */
export function chunksOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  const bytes = bytesOf(content)
  if (bytes !== null) return [bytes]
  // What a script hands over has been checked by nobody.
  const given = content as Partial<Iterable<Chunk> & AsyncIterable<Chunk>> | null | undefined
  if (typeof given?.[Symbol.asyncIterator] === 'function' || typeof given?.[Symbol.iterator] === 'function') {
    if (isOver(given)) throw badArgument('content', 'a stream with everything still to come', 'one that was read')
    return encoded(given as Iterable<Chunk> | AsyncIterable<Chunk>)
  }
  throw badArgument('content', 'text, bytes, or a stream of them', content)
}

/** A stream that ended or was closed brings nothing more: it would be taken for empty content. */
function isOver(given: object): boolean {
  const { readableEnded, destroyed } = given as Partial<Record<'readableEnded' | 'destroyed', unknown>>
  if (readableEnded === true || destroyed === true) return true
  // One of the web does not say how far it has come.
  return given instanceof ReadableStream && Readable.isDisturbed(given as never)
}

async function* encoded(chunks: Iterable<Chunk> | AsyncIterable<Chunk>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    const bytes = bytesOf(chunk)
    if (bytes === null) throw badArgument('a chunk of content', 'text or bytes', chunk)
    yield bytes
  }
}

function bytesOf(chunk: unknown): Uint8Array | null {
  if (typeof chunk === 'string') return Buffer.from(chunk, 'utf8')
  if (chunk instanceof Uint8Array) return chunk
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  return chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : null
}

/** What a script may hand over as a file's content, and what it gets back to read one. */

/** Text (kept as UTF-8), bytes, or a stream of bytes in chunks of any size: a Node stream, say. */
export type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

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

/** Content as the engine takes it. */
export function chunksOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === 'string') return [Buffer.from(content, 'utf8')]
  return content instanceof Uint8Array ? [content] : content
}

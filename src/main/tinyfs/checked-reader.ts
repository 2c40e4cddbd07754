/**
 * What every reader of content promises its callers, once: a range that makes sense, an end that is the content's,
 * and a refusal after it was closed. A backend's reader says only where the bytes are.
 */
import { PondError } from '../../shared/errors'
import type { FileReader } from './backend'

export abstract class CheckedReader implements FileReader {
  abstract readonly size: number
  #open = true

  /** @throws tinyfs.bad-range, tinyfs.closed */
  async read(offset: number, length: number): Promise<Uint8Array> {
    mustBeRange(offset, length)
    this.#mustBeOpen()
    const end = Math.min(offset + length, this.size)
    return offset >= end ? new Uint8Array(0) : this.readPart(offset, end)
  }

  /** @throws tinyfs.bad-range, tinyfs.closed, tlogfs.corrupt-content */
  async *chunks(range?: { readonly start: number; readonly end: number }): AsyncGenerator<Uint8Array> {
    const start = range?.start ?? 0
    const end = Math.min(range?.end ?? this.size, this.size)
    mustBeRange(start, Math.max(0, end - start))
    this.#mustBeOpen()
    for await (const chunk of this.readChunks(start, Math.max(start, end), range === undefined)) {
      this.#mustBeOpen()
      yield chunk
    }
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.release()
  }

  /** Bytes from `start` to `end`, which are within the content; never a view of what others see. */
  protected abstract readPart(start: number, end: number): Promise<Uint8Array>
  /** The same in chunks; `whole`: all of it is asked for, and is to be checked. */
  protected abstract readChunks(start: number, end: number, whole: boolean): AsyncIterable<Uint8Array>
  protected abstract release(): Promise<void>

  #mustBeOpen(): void {
    if (!this.#open) throw new PondError('tinyfs.closed', 'this file is not open any more')
  }
}

function mustBeRange(offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0) return
  throw new PondError('tinyfs.bad-range', `expected a range of bytes, found ${length} from ${offset}`, {
    offset,
    length,
  })
}

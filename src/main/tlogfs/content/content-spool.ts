/**
 * Small content that waits to be named, in a temporary file: an import of any number of small files needs
 * bounded memory. The first of it stays in memory, so that a few files make no file. What is kept comes
 * back as content whose bytes are read when they are wanted, and checked.
 */
import { PondError } from '../../../shared/errors'
import type { Storage, StorageReader, StorageWriter } from '../../platform'
import type { Content, LaterBytes } from './blobs'
import { sha256Of } from './sha256'

const MAX_BYTES_IN_MEMORY = 1 << 20
/** Bytes that are written, and read, at once. */
const BUFFER_BYTES = 1 << 18

export class ContentSpool {
  readonly #storage: Storage
  /** Makes the folder of the file, and gives its path. */
  readonly #place: () => Promise<string>
  readonly #budgetBytes: number
  #memoryBytes = 0
  /** One for all that come at once. */
  #opening: Promise<SpoolFile> | undefined
  #closed = false

  /** @param place gives the path for the temporary file, in a folder that is there, once one is needed */
  constructor(storage: Storage, place: () => Promise<string>, budgetBytes = MAX_BYTES_IN_MEMORY) {
    this.#storage = storage
    this.#place = place
    this.#budgetBytes = budgetBytes
  }

  /** The same content, whose bytes need not be in memory. Good until `close`. */
  async keep(content: Content): Promise<Content> {
    const { inline } = content
    if (!(inline instanceof Uint8Array)) return content
    if (this.#closed) throw new PondError('tinyfs.closed', 'nothing waits here any more')
    if (this.#memoryBytes + inline.length <= this.#budgetBytes) {
      this.#memoryBytes += inline.length
      return content
    }
    const file = await (this.#opening ??= this.#open())
    return new SpooledContent(content, file, await file.add(inline))
  }

  /** Removes the file. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true
    const opening = this.#opening
    this.#opening = undefined
    // One that failed to open has left nothing.
    const file = await opening?.catch(() => undefined)
    await file?.close()
  }

  async #open(): Promise<SpoolFile> {
    const path = await this.#place()
    return new SpoolFile(this.#storage, path, await this.#storage.create(path))
  }
}

/** Content that waits in the file. It is one object: there may be hundreds of thousands of them. */
class SpooledContent implements Content, LaterBytes {
  readonly size: number
  readonly sha256: string
  readonly parquet: Content['parquet']
  readonly #file: SpoolFile
  readonly #offset: number

  constructor({ size, sha256, parquet }: Content, file: SpoolFile, offset: number) {
    this.size = size
    this.sha256 = sha256
    this.parquet = parquet
    this.#file = file
    this.#offset = offset
  }

  get inline(): LaterBytes {
    return this
  }

  get temp(): null {
    return null
  }

  read(): Promise<Uint8Array> {
    return this.#file.read({ offset: this.#offset, size: this.size, sha256: this.sha256 })
  }
}

/** A part of the file, and what it has to be. */
interface Part {
  readonly offset: number
  readonly size: number
  readonly sha256: string
}

class SpoolFile {
  readonly #storage: Storage
  readonly #path: string
  readonly #writer: StorageWriter
  /** What is not written yet. One buffer for all of it: what is handed to the disk is garbage that stays long. */
  readonly #waiting = new Uint8Array(BUFFER_BYTES)
  #waitingBytes = 0
  #reader: StorageReader | undefined
  /** What was read last: most is read in the order in which it came. */
  #window = { offset: 0, bytes: new Uint8Array(0) as Uint8Array }
  /** Writes and reads, one after another. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(storage: Storage, path: string, writer: StorageWriter) {
    this.#storage = storage
    this.#path = path
    this.#writer = writer
  }

  /** Returns the offset of the bytes. */
  add(bytes: Uint8Array): Promise<number> {
    return this.#inTurn(async () => {
      if (this.#waitingBytes + bytes.length > BUFFER_BYTES) await this.#flush()
      const offset = this.#writer.sizeBytes + this.#waitingBytes
      if (bytes.length > BUFFER_BYTES) await this.#writer.write(bytes)
      else {
        this.#waiting.set(bytes, this.#waitingBytes)
        this.#waitingBytes += bytes.length
      }
      return offset
    })
  }

  /** @throws platform.io where the file has other bytes than it was given */
  async read({ offset, size, sha256 }: Part): Promise<Uint8Array> {
    const bytes = await this.#inTurn(() => this.#bytes(offset, size))
    if (bytes.length !== size || sha256Of(bytes) !== sha256) {
      const message = `the temporary file ${this.#path} is not what was written`
      throw new PondError('platform.io', message, { operation: 'read', path: this.#path })
    }
    return bytes
  }

  async close(): Promise<void> {
    await this.#turn
    await this.#reader?.close()
    await this.#writer.close()
    await this.#storage.remove(this.#path)
  }

  async #bytes(offset: number, size: number): Promise<Uint8Array> {
    const end = offset + size
    if (offset < this.#window.offset || end > this.#window.offset + this.#window.bytes.length) {
      const reader = await this.#readerUpTo(end)
      this.#window = { offset, bytes: await reader.read(offset, Math.max(size, BUFFER_BYTES)) }
    }
    // A copy: a few bytes that somebody goes on with must not hold on to the window.
    return this.#window.bytes.slice(offset - this.#window.offset, end - this.#window.offset)
  }

  async #readerUpTo(end: number): Promise<StorageReader> {
    if (this.#reader !== undefined && this.#reader.sizeBytes >= end) return this.#reader
    await this.#flush()
    await this.#reader?.close()
    this.#reader = undefined
    return (this.#reader = await this.#storage.open(this.#path))
  }

  async #flush(): Promise<void> {
    if (this.#waitingBytes === 0) return
    await this.#writer.write(this.#waiting.subarray(0, this.#waitingBytes))
    this.#waitingBytes = 0
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(work)
    this.#turn = run.catch(() => undefined)
    return run
  }
}

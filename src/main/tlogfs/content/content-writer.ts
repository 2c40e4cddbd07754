/** Content as it comes in: hashed, kept in memory up to the inline limit, and spilled to a file beyond it. */
import { createHash, type Hash } from 'node:crypto'
import { PondError } from '../../../shared/errors'
import type { Random, Storage, StorageWriter } from '../../platform'
import { beginsLikeParquet, readParquetShape, type ByteSource } from '../../tables'
import { BytesReader } from '../../tinyfs'
import { BLOBS_FOLDER } from '../../../shared/pond-folder'
import { tempName } from './blob-places'
import type { Content } from './blobs'
import { INLINE_LIMIT } from './operation'
import { sha256Of } from './sha256'

/** What is enough to tell Parquet. */
const HEAD_BYTES = 4

export class ContentWriter {
  readonly #storage: Storage
  readonly #random: Random
  #kept: Uint8Array[] = []
  #head = new Uint8Array(0)
  #size = 0
  #spill: Spill | null = null
  #done = false

  constructor(storage: Storage, random: Random) {
    this.#storage = storage
    this.#random = random
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#done) throw new PondError('tinyfs.closed', 'this content is finished already')
    this.#size += chunk.length
    if (this.#head.length < HEAD_BYTES)
      this.#head = new Uint8Array([...this.#head, ...chunk.subarray(0, HEAD_BYTES - this.#head.length)])
    if (this.#spill === null && this.#size <= INLINE_LIMIT) {
      // A copy: the caller may use its buffer again.
      this.#kept.push(new Uint8Array(chunk))
      return
    }
    const { writer, hash } = this.#spill ?? (await this.#startSpill())
    // The disk works while the hash does.
    const writing = writer.write(chunk)
    hash.update(chunk)
    await writing
  }

  /** The content, durable where it is large, but not a blob yet: keep it or drop it. */
  async finish(): Promise<Content> {
    if (this.#done) throw new PondError('tinyfs.closed', 'this content is finished already')
    this.#done = true
    if (this.#spill === null) {
      const inline = this.#kept.length === 1 ? (this.#kept[0] as Uint8Array) : new Uint8Array(Buffer.concat(this.#kept))
      const parquet = beginsLikeParquet(this.#head) ? await look(new BytesReader(inline)) : undefined
      return { size: this.#size, sha256: sha256Of(inline), inline, temp: null, parquet }
    }
    const { name, writer, hash } = this.#spill
    try {
      await writer.sync()
      await writer.close()
      const parquet = beginsLikeParquet(this.#head) ? await this.#lookAt(name) : undefined
      return { size: this.#size, sha256: hash.digest('hex'), inline: null, temp: name, parquet }
    } catch (error) {
      await this.#drop().catch(() => undefined)
      throw error
    }
  }

  /** Leaves nothing. Idempotent; after `finish` it does nothing. */
  async abandon(): Promise<void> {
    if (this.#done) return
    this.#done = true
    await this.#drop()
  }

  async #lookAt(name: string): Promise<Content['parquet']> {
    const reader = await this.#storage.open(name)
    try {
      return await look({ size: reader.sizeBytes, read: (offset, length) => reader.read(offset, length) })
    } finally {
      await reader.close()
    }
  }

  async #startSpill(): Promise<Spill> {
    if ((await this.#storage.stat(BLOBS_FOLDER)) === undefined) await this.#storage.makeFolder(BLOBS_FOLDER)
    const name = tempName(this.#random)
    this.#spill = { name, writer: await this.#storage.create(name), hash: createHash('sha256') }
    for (const chunk of this.#kept) {
      this.#spill.hash.update(chunk)
      await this.#spill.writer.write(chunk)
    }
    this.#kept = []
    return this.#spill
  }

  async #drop(): Promise<void> {
    if (this.#spill === null) return
    await this.#spill.writer.close()
    await this.#storage.remove(this.#spill.name)
  }
}

/** Content that goes to a file of its own. */
interface Spill {
  readonly name: string
  readonly writer: StorageWriter
  readonly hash: Hash
}

async function look(source: ByteSource): Promise<Content['parquet']> {
  const found = await readParquetShape(source)
  return { problem: 'problem' in found ? found.problem : null }
}

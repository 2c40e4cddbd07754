/**
 * Content of files: taken in and hashed as it comes, kept in memory up to the inline limit and in the
 * folder `large` beyond it, given out in bounded chunks and checked against its hash when read whole.
 */
import { createHash } from 'node:crypto'
import { isPondError, PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { Random, Storage, StorageReader } from '../../platform'
import { BytesReader, CheckedReader, CHUNK_BYTES, type FileReader } from '../../tinyfs'
import { BLOBS_FOLDER } from '../../../shared/pond-folder'
import { blobPath, blobPaths, tempName } from './blob-places'
import { ContentSpool } from './content-spool'
import { ContentWriter } from './content-writer'
import { sha256Of } from './sha256'

/** The pond's own folder. */
const ABOVE = ''
/** Asked of the disk at once; handed on in chunks. */
const READ_BYTES = 4 * CHUNK_BYTES

/** Who asks, for messages. */
export interface ContentContext {
  readonly path: string
  /** Null while pending. */
  readonly version: number | null
  readonly nodeId: string | null
}

/** Few bytes, or who reads them when they are wanted: many small contents are much together. */
export type InlineContent = Uint8Array | LaterBytes

export interface LaterBytes {
  read(): Promise<Uint8Array>
}

export interface Content {
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
  /** The bytes where they are few, or who reads them; null when they are many. */
  readonly inline: InlineContent | null
  /** Where many bytes wait to become a blob (`Blobs.keep`); null when they are one, or few. */
  readonly temp: string | null
  /** What is wrong with it as Parquet, null where nothing is; absent where it does not begin as Parquet does. */
  readonly parquet?: { readonly problem: string | null } | undefined
}

export class Blobs {
  readonly #storage: Storage
  readonly #random: Random
  /** Folders with names that are not known to be durable. */
  readonly #unsynced = new Set<string>()
  /** Shards whose own names this process has made durable; folders are never removed. */
  readonly #durableShards = new Set<string>()
  #syncing: Promise<void> = Promise.resolve()
  /** Content that is kept or dropped already. */
  readonly #settled = new WeakSet<Content>()
  #hasPublished = false

  constructor(storage: Storage, random: Random) {
    this.#storage = storage
    this.#random = random
  }

  /** Whether this process put content where DuckPond 0.1 does not look for it. */
  get hasPublished(): boolean {
    return this.#hasPublished
  }

  /** Where content belongs, relative to the pond. */
  pathOf(sha256: string): string {
    return blobPath(BLOBS_FOLDER, sha256)
  }

  /** Where content is, relative to the pond; where it belongs if it is nowhere. */
  async find(sha256: string): Promise<string> {
    for (const path of blobPaths(sha256)) if ((await this.#storage.stat(path)) !== undefined) return path
    return this.pathOf(sha256)
  }

  /** Where small content waits to be named, out of memory. Close it. */
  spool(): ContentSpool {
    return new ContentSpool(this.#storage, async () => {
      if ((await this.#storage.stat(BLOBS_FOLDER)) === undefined) await this.#storage.makeFolder(BLOBS_FOLDER)
      return tempName(this.#random)
    })
  }

  writer(): ContentWriter {
    return new ContentWriter(this.#storage, this.#random)
  }

  /** Makes large content a blob, named by its hash, durable but for its name (see `syncFolders`). Idempotent. */
  async keep(content: Content): Promise<void> {
    if (content.temp === null || this.#settled.has(content)) return
    try {
      await this.#publish(content.temp, content.sha256)
    } catch (error) {
      await this.drop(content).catch(() => undefined)
      throw error
    }
    this.#settled.add(content)
  }

  /** Removes content that nothing will name; what was kept stays. Idempotent. */
  async drop(content: Content): Promise<void> {
    if (content.temp === null || this.#settled.has(content)) return
    this.#settled.add(content)
    await this.#storage.remove(content.temp)
  }

  /** The bytes of content, wherever they are by now. Close it. */
  async openContent(content: Content): Promise<FileReader> {
    if (content.inline !== null) return new BytesReader(await inlineBytes(content.inline))
    const waits = content.temp !== null && !this.#settled.has(content)
    const file = waits ? content.temp : this.pathOf(content.sha256)
    const context = { path: file, version: null, nodeId: null, file }
    return new BlobReader(await this.#storage.open(file), content.sha256, content.size, context)
  }

  /** Makes the names of all blobs published before the call durable. Before the operations that name them are. */
  syncFolders(): Promise<void> {
    // One after the other: a call must not return while an earlier one still syncs what it needs.
    const syncing = this.#syncing.then(() => this.#syncUnsynced())
    this.#syncing = syncing.catch(() => undefined)
    return syncing
  }

  /** @throws tlogfs.missing-content, tlogfs.corrupt-content where its size differs */
  async open(sha256: string, size: number, context: ContentContext): Promise<FileReader> {
    let wrong: { readonly file: string; readonly bytes: number } | undefined
    for (const file of blobPaths(sha256)) {
      const reader = await this.#storage.open(file).catch((error: unknown) => {
        if (!isPondError(error, 'platform.not-found')) throw error
        return undefined
      })
      if (reader?.sizeBytes === size) return new BlobReader(reader, sha256, size, { ...context, file })
      if (reader !== undefined) wrong ??= { file, bytes: reader.sizeBytes }
      await reader?.close()
    }
    if (wrong !== undefined)
      throw corrupt(context, wrong.file, `${wrong.file} has ${wrong.bytes} bytes, expected ${size}`)
    const file = this.pathOf(sha256)
    const message = `the content of ${quote(context.path)} is missing: ${file} does not exist`
    throw new PondError('tlogfs.missing-content', message, { ...context, file })
  }

  /**
   * Renames over a blob of that name even where one exists: it may be damaged, or about to be
   * collected; the content is the same.
   */
  async #publish(temp: string, sha256: string): Promise<void> {
    const path = this.pathOf(sha256)
    const shard = path.slice(0, path.lastIndexOf('/'))
    if ((await this.#storage.stat(shard)) === undefined) await this.#storage.makeFolder(shard)
    await this.#storage.replace(temp, path)
    this.#hasPublished = true
    this.#unsynced.add(shard)
    // That the shard is there does not say that its name, or the one above, is durable: another process
    // may have made it and been killed.
    if (!this.#durableShards.has(shard)) this.#unsynced.add(BLOBS_FOLDER).add(ABOVE)
  }

  async #syncUnsynced(): Promise<void> {
    const folders = [...this.#unsynced]
    // Taken out before: what is published from now on asks for a sync of its own.
    this.#unsynced.clear()
    try {
      for (const folder of folders) await this.#storage.syncFolder(folder)
    } catch (error) {
      for (const folder of folders) this.#unsynced.add(folder)
      throw error
    }
    if (!folders.includes(BLOBS_FOLDER)) return
    for (const folder of folders) if (folder !== BLOBS_FOLDER && folder !== ABOVE) this.#durableShards.add(folder)
  }
}

export async function inlineBytes(inline: InlineContent): Promise<Uint8Array> {
  return inline instanceof Uint8Array ? inline : inline.read()
}

/** Inline content as a reader that checks it. */
export function bytesReader(bytes: Uint8Array, sha256: string, size: number, context: ContentContext): FileReader {
  if (bytes.length !== size || sha256Of(bytes) !== sha256) {
    throw corrupt(context, null, `it has ${bytes.length} bytes (expected ${size}) that do not match its hash`)
  }
  return new BytesReader(bytes)
}

class BlobReader extends CheckedReader {
  readonly size: number
  readonly #reader: StorageReader
  readonly #sha256: string
  readonly #context: ContentContext & { readonly file: string }

  constructor(
    reader: StorageReader,
    sha256: string,
    size: number,
    context: ContentContext & { readonly file: string },
  ) {
    super()
    this.#reader = reader
    this.#sha256 = sha256
    this.size = size
    this.#context = context
  }

  protected readPart(start: number, end: number): Promise<Uint8Array> {
    return this.#reader.read(start, end - start)
  }

  protected async *readChunks(start: number, end: number, whole: boolean): AsyncGenerator<Uint8Array> {
    const hash = whole ? createHash('sha256') : null
    let next = start < end ? this.#reader.read(start, Math.min(READ_BYTES, end - start)) : null
    for (let offset = start; next !== null;) {
      const bytes = await next
      if (bytes.length === 0)
        throw corrupt(this.#context, this.#context.file, `it ends after ${offset} bytes, expected ${this.size}`)
      offset += bytes.length
      // Read ahead while this part is hashed and used.
      next = offset < end ? this.#reader.read(offset, Math.min(READ_BYTES, end - offset)) : null
      next?.catch(() => undefined)
      hash?.update(bytes)
      const last = next === null
      if (last && hash !== null && hash.digest('hex') !== this.#sha256) {
        throw corrupt(this.#context, this.#context.file, `${this.#context.file} does not match its hash`)
      }
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES)
    }
  }

  protected release(): Promise<void> {
    return this.#reader.close()
  }
}

function corrupt(context: ContentContext, file: string | null, why: string): PondError {
  const when = context.version === null ? 'pending' : `version ${context.version}`
  return new PondError('tlogfs.corrupt-content', `the content of ${quote(context.path)} (${when}) is damaged: ${why}`, {
    ...context,
    file,
  })
}

/**
 * Files that are computed, by the key of all that determines them: made once, by whichever process, and given to readers as
 * a further name that goes with their process. Relies on keys alone: what is here may be deleted at any time. Nothing that
 * another user made, or that was damaged, is ever given out.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { isPondError } from '../../../shared/errors'
import type { OwnedFolder, StorageReader, World } from '../../platform'
import { CheckedReader, CHUNK_BYTES as CONTENT_CHUNK_BYTES, type FileReader } from '../../tinyfs'
import type { CachePlace } from './cache'

const FOLDER = 'derived'
const CHUNK_BYTES = 1 << 20
/** Whoever waits for a file that somebody else makes looks again this often whether he may be stopped. */
const LOCK_WAIT_MS = 24 * 3_600_000

export interface DerivedFile {
  /** Absolute; there until the cache is closed. */
  readonly hostPath: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** Where what is made goes: by a program that writes host files, or by its bytes. */
export interface DerivedTarget {
  /** Absolute; nothing is there yet. */
  readonly hostPath: string
  write(bytes: Uint8Array): Promise<void>
}

export interface DerivedCacheOptions {
  /** Only this user knows it: another's files are told by it. */
  readonly secret: () => Promise<Uint8Array>
  /** Bytes of all files; those used longest ago go. */
  readonly limitBytes: () => Promise<number>
  /** The folder of this process, in the storage of the cache. */
  readonly own: () => Promise<OwnedFolder>
}

interface Seal {
  readonly sizeBytes: number
  readonly sha256: string
}

export class DerivedCache {
  readonly #place: CachePlace
  readonly #world: World
  readonly #options: DerivedCacheOptions
  /** What this process has seen to be whole, by key: what `stat` said then. */
  readonly #seen = new Map<string, { readonly stat: string; readonly seal: Seal }>()
  readonly #waiting = new Map<string, Promise<DerivedFile | 'too-large'>>()

  constructor(place: CachePlace, world: World, options: DerivedCacheOptions) {
    this.#place = place
    this.#world = world
    this.#options = options
  }

  /** Whether it is made already, and whole as far as can be told without reading it; its bytes if so. */
  async sizeOf(key: string): Promise<number | undefined> {
    const seal = await this.#readSeal(key)
    const stat = seal && (await this.#place.storage.stat(this.#path(key)))
    return stat?.sizeBytes === seal?.sizeBytes ? stat?.sizeBytes : undefined
  }

  /**
   * The file of a key, made where it is not there. Two that ask for the same wait for one making.
   * @param make writes it, in either way
   * @returns `too-large` where it alone is more than the cache may hold; nothing is kept of it
   */
  file(
    key: string,
    make: (target: DerivedTarget) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<DerivedFile | 'too-large'> {
    let waiting = this.#waiting.get(key)
    if (waiting === undefined) {
      waiting = this.#file(key, make, signal).finally(() => this.#waiting.delete(key))
      this.#waiting.set(key, waiting)
    }
    return waiting
  }

  /** To be read by whoever wants bytes. Close it. */
  async open({ hostPath }: DerivedFile): Promise<FileReader> {
    const { storage } = this.#place
    const reader = await storage.open(hostPath.slice((storage.hostPath ?? '').length + 1))
    return new DerivedReader(reader)
  }

  async #file(
    key: string,
    make: (target: DerivedTarget) => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<DerivedFile | 'too-large'> {
    const there = await this.#given(key)
    if (there !== undefined) return there
    const { storage } = this.#place
    await storage.makeFolder(this.#folder)
    const lock = await storage.lock(`${this.#path(key)}.lock`, this.#world.process, LOCK_WAIT_MS, signal)
    try {
      // Somebody else may have made it meanwhile.
      return (await this.#given(key)) ?? (await this.#make(key, make))
    } finally {
      await lock.release()
    }
  }

  async #make(key: string, make: (target: DerivedTarget) => Promise<void>): Promise<DerivedFile | 'too-large'> {
    const { storage } = this.#place
    const path = this.#path(key)
    const temp = `${path}.${Buffer.from(this.#world.random.bytes(6)).toString('hex')}.tmp`
    try {
      await make({ hostPath: this.#hostPathOf(temp), write: (bytes) => this.#write(temp, bytes) })
      const seal = await this.#sealOf(temp)
      const limit = await this.#options.limitBytes()
      if (seal.sizeBytes > limit) return 'too-large'
      // The seal goes last: a file without one is made again.
      await storage.remove(`${path}.json`)
      await storage.replace(temp, path)
      await this.#writeSeal(key, seal)
      await this.#trim(key, limit)
      const given = await this.#given(key)
      if (given === undefined) throw new Error('what was just made is not there')
      return given
    } finally {
      await storage.remove(temp)
    }
  }

  /** A further name of the file, if it is there and whole. */
  async #given(key: string): Promise<DerivedFile | undefined> {
    const { storage } = this.#place
    const path = this.#path(key)
    const stat = await storage.stat(path)
    if (stat === undefined) return undefined
    const found = `${stat.sizeBytes}/${stat.modifiedMs}/${stat.identity}`
    let seal = this.#seen.get(key)?.stat === found ? this.#seen.get(key)!.seal : undefined
    if (seal === undefined) {
      seal = await this.#readSeal(key)
      if (seal === undefined || seal.sizeBytes !== stat.sizeBytes) return undefined
      if ((await this.#sealOf(path)).sha256 !== seal.sha256) return undefined
      this.#seen.set(key, { stat: found, seal })
    }
    const own = `${(await this.#options.own()).path}/${FOLDER}`
    await storage.makeFolder(own)
    const name = `${own}/${key}.${stat.identity.replaceAll(/[^\w-]/g, '_')}.parquet`
    const linked = await storage.link(path, name).catch((error: unknown) => {
      // Somebody emptied the cache in between.
      if (isPondError(error, 'platform.not-found')) return undefined
      throw error
    })
    if (linked === undefined) return undefined
    await this.#touch(key, seal)
    return { hostPath: this.#hostPathOf(linked === 'unsupported' ? path : name), ...seal }
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const writer = await this.#place.storage.create(path)
    try {
      await writer.write(bytes)
    } finally {
      await writer.close()
    }
  }

  /** Removes those used longest ago, until the rest fits. Readers have names of their own. */
  async #trim(keep: string, limit: number): Promise<void> {
    const { storage } = this.#place
    const files: { key: string; sizeBytes: number; usedMs: number }[] = []
    for (const { name } of await storage.list(this.#folder)) {
      const key = /^([0-9a-f]{64})\.parquet$/.exec(name)?.[1]
      if (key === undefined) continue
      const [file, seal] = [await storage.stat(this.#path(key)), await storage.stat(`${this.#path(key)}.json`)]
      if (file !== undefined) files.push({ key, sizeBytes: file.sizeBytes, usedMs: seal?.modifiedMs ?? 0 })
    }
    let sum = files.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0)
    for (const { key, sizeBytes } of files.sort((a, b) => a.usedMs - b.usedMs)) {
      if (sum <= limit) return
      if (key === keep) continue
      await storage.remove(`${this.#path(key)}.json`)
      await storage.remove(this.#path(key))
      this.#seen.delete(key)
      sum -= sizeBytes
    }
  }

  async #sealOf(path: string): Promise<Seal> {
    const reader = await this.#place.storage.open(path)
    try {
      const hash = createHash('sha256')
      for (let at = 0; at < reader.sizeBytes; at += CHUNK_BYTES) hash.update(await reader.read(at, CHUNK_BYTES))
      return { sizeBytes: reader.sizeBytes, sha256: hash.digest('hex') }
    } finally {
      await reader.close()
    }
  }

  async #readSeal(key: string): Promise<Seal | undefined> {
    try {
      const text = new TextDecoder().decode(await this.#place.storage.readFile(`${this.#path(key)}.json`))
      const { bytes, sha256, mac } = JSON.parse(text) as Record<string, unknown>
      if (typeof bytes !== 'number' || typeof sha256 !== 'string' || typeof mac !== 'string') return undefined
      const seal = { sizeBytes: bytes, sha256 }
      const expected = Buffer.from(await this.#mac(key, seal), 'hex')
      const found = Buffer.from(mac, 'hex')
      return found.length === expected.length && timingSafeEqual(found, expected) ? seal : undefined
    } catch (error) {
      if (isPondError(error, 'platform.not-found') || error instanceof SyntaxError) return undefined
      throw error
    }
  }

  async #writeSeal(key: string, seal: Seal): Promise<void> {
    const { storage } = this.#place
    const path = `${this.#path(key)}.json`
    const temp = `${path}.${Buffer.from(this.#world.random.bytes(6)).toString('hex')}.tmp`
    const text = JSON.stringify({ bytes: seal.sizeBytes, sha256: seal.sha256, mac: await this.#mac(key, seal) })
    await this.#write(temp, new TextEncoder().encode(`${text}\n`))
    await storage.replace(temp, path)
  }

  /** The seal's time is that of the last use, to the minute. */
  async #touch(key: string, seal: Seal): Promise<void> {
    const now = this.#world.clock.now() / 1_000
    const stat = await this.#place.storage.stat(`${this.#path(key)}.json`)
    if (stat !== undefined && now - stat.modifiedMs > 60_000) await this.#writeSeal(key, seal)
  }

  async #mac(key: string, { sizeBytes, sha256 }: Seal): Promise<string> {
    return createHmac('sha256', await this.#options.secret())
      .update(`${key} ${sizeBytes} ${sha256}`)
      .digest('hex')
  }

  get #folder(): string {
    const { folder } = this.#place
    return folder === '' ? FOLDER : `${folder}/${FOLDER}`
  }

  #path(key: string): string {
    return `${this.#folder}/${key}.parquet`
  }

  #hostPathOf(path: string): string {
    return `${this.#place.storage.hostPath ?? ''}/${path}`
  }
}

/** A derived file as it is read by those who do not know that it is one. */
class DerivedReader extends CheckedReader {
  readonly #reader: StorageReader

  constructor(reader: StorageReader) {
    super()
    this.#reader = reader
  }

  get size(): number {
    return this.#reader.sizeBytes
  }

  protected readPart(start: number, end: number): Promise<Uint8Array> {
    return this.#reader.read(start, end - start)
  }

  protected async *readChunks(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at += CONTENT_CHUNK_BYTES)
      yield await this.#reader.read(at, Math.min(CONTENT_CHUNK_BYTES, end - at))
  }

  protected release(): Promise<void> {
    return this.#reader.close()
  }
}

/**
 * What stands beside each file of the cache: its size and hash, under a mac that only this user can make. The time of a
 * seal is that of its file's last use.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { isPondError } from '../../../shared/errors'
import type { Storage, StorageStat, World } from '../../platform'

const CHUNK_BYTES = 1 << 20
const MINUTE_MS = 60_000
/** Ours have about 200: what is larger is none, and is not read. */
const MAX_SEAL_BYTES = 4_096

export interface Seal {
  readonly sizeBytes: number
  readonly sha256: string
}

export class Seals {
  readonly #storage: Storage
  readonly #world: World
  readonly #secret: () => Promise<Uint8Array>

  constructor(storage: Storage, world: World, secret: () => Promise<Uint8Array>) {
    this.#storage = storage
    this.#world = world
    this.#secret = secret
  }

  /** What a file is now, read to its end. */
  async of(path: string): Promise<Seal> {
    const reader = await this.#storage.open(path)
    try {
      const hash = createHash('sha256')
      for (let at = 0; at < reader.sizeBytes; at += CHUNK_BYTES) hash.update(await reader.read(at, CHUNK_BYTES))
      return { sizeBytes: reader.sizeBytes, sha256: hash.digest('hex') }
    } finally {
      await reader.close()
    }
  }

  /** What this user said of the file of a key; undefined where nobody did, or somebody else. */
  async read(path: string, key: string): Promise<Seal | undefined> {
    try {
      const file = sealPath(path)
      if (((await this.stat(path))?.sizeBytes ?? 0) > MAX_SEAL_BYTES) return undefined
      const { bytes, sha256, mac } = JSON.parse(new TextDecoder().decode(await this.#storage.readFile(file))) as Record<
        string,
        unknown
      >
      if (typeof bytes !== 'number' || typeof sha256 !== 'string' || typeof mac !== 'string') return undefined
      const seal = { sizeBytes: bytes, sha256 }
      const expected = Buffer.from(await this.#mac(key, seal), 'hex')
      const found = Buffer.from(mac, 'hex')
      return found.length === expected.length && timingSafeEqual(found, expected) ? seal : undefined
    } catch (error) {
      if (isPondError(error, 'platform.not-found') || error instanceof SyntaxError || error instanceof TypeError)
        return undefined
      throw error
    }
  }

  async write(path: string, key: string, seal: Seal): Promise<void> {
    const temp = `${path}.${Buffer.from(this.#world.random.bytes(6)).toString('hex')}.tmp`
    const text = JSON.stringify({ bytes: seal.sizeBytes, sha256: seal.sha256, mac: await this.#mac(key, seal) })
    const writer = await this.#storage.create(temp)
    try {
      await writer.write(new TextEncoder().encode(`${text}\n`))
    } finally {
      await writer.close()
    }
    await this.#storage.replace(temp, sealPath(path))
  }

  /** To the minute. */
  async touch(path: string, key: string, seal: Seal): Promise<void> {
    const stat = await this.stat(path)
    if (stat !== undefined && this.#world.clock.now() / 1_000 - stat.modifiedMs > MINUTE_MS)
      await this.write(path, key, seal)
  }

  remove(path: string): Promise<void> {
    return this.#storage.remove(sealPath(path))
  }

  stat(path: string): Promise<StorageStat | undefined> {
    return this.#storage.stat(sealPath(path))
  }

  async #mac(key: string, { sizeBytes, sha256 }: Seal): Promise<string> {
    return createHmac('sha256', await this.#secret())
      .update(`${key} ${sizeBytes} ${sha256}`)
      .digest('hex')
  }
}

/** Of the file at a path. */
function sealPath(path: string): string {
  return `${path}.json`
}

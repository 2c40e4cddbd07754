/**
 * Files that are computed, by the key of all that determines them: made once, by whichever process, and given to readers as
 * a further name that goes with their process. Relies on keys alone: what is here may be deleted at any time. Nothing that
 * another user made, or that was damaged, is ever given out.
 */
import { createHash } from 'node:crypto'
import { isPondError } from '../../../shared/errors'
import type { OwnedFolder, StorageStat, World } from '../../platform'
import type { FileReader } from '../../tinyfs'
import type { CachePlace } from './cache'
import { DerivedReader } from './derived-reader'
import { Seals, type Seal } from './derived-seals'
import { SharedWork } from './shared-work'

const FOLDER = 'derived'
/** Whoever waits for a file that somebody else makes looks again this often whether he may be stopped. */
const LOCK_WAIT_MS = 24 * 3_600_000
/** Nobody who was given a file longer ago is still about to open it. */
const HELD_US = 24 * 3_600_000_000
/** Files that are looked at together. */
const AT_ONCE = 16
/** How often it is looked at how large a file has become that is being made. */
const WATCH_MS = 250
const TOO_LARGE = 'too large'

export interface DerivedFile {
  /** Absolute; there until the cache is closed. */
  readonly hostPath: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** Where what is made goes: by a program that writes host files, or by its bytes. */
export interface DerivedTarget {
  readonly key: string
  /** Absolute; nothing is there yet. */
  readonly hostPath: string
  write(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>
}

type Made = ReadonlyMap<string, DerivedFile | 'too-large'>
/** Writes all that is missing; ends soon after its signal. */
type MakeAll = (missing: readonly DerivedTarget[], stopped: AbortSignal) => Promise<void>

export interface DerivedCacheOptions {
  /** Only this user knows it: another's files are told by it. */
  readonly secret: () => Promise<Uint8Array>
  /** Bytes of all files; those used longest ago go. */
  readonly limitBytes: () => Promise<number>
  /** The folder of this process, in the storage of the cache. */
  readonly own: () => Promise<OwnedFolder>
}

export class DerivedCache {
  readonly #place: CachePlace
  readonly #world: World
  readonly #options: DerivedCacheOptions
  readonly #seals: Seals
  /** What this process has seen to be whole, by key: what `stat` said then. */
  readonly #seen = new Map<string, { readonly stat: string; readonly seal: Seal }>()
  readonly #makings = new Map<string, SharedWork<Made>>()
  #ownPath: Promise<string> | undefined
  /** Names in the folder of this process, with when somebody last asked for them. */
  readonly #own = new Map<string, { readonly key: string; readonly usedUs: number }>()
  /** Bytes of all files, as far as this process knows, and what it added since it looked. */
  #known: { readonly bytes: number; readonly added: number } | undefined

  constructor(place: CachePlace, world: World, options: DerivedCacheOptions) {
    this.#place = place
    this.#world = world
    this.#options = options
    this.#seals = new Seals(place.storage, world, options.secret)
  }

  /** Whether it is made already, and whole as far as can be told without reading it; its bytes if so. */
  async sizeOf(key: string): Promise<number | undefined> {
    const seal = await this.#seals.read(this.#path(key), key)
    const stat = seal && (await this.#place.storage.stat(this.#path(key)))
    return stat?.sizeBytes === seal?.sizeBytes ? stat?.sizeBytes : undefined
  }

  /**
   * The file of a key, made where it is not there. Two that ask for the same wait for one making.
   * @param make writes it, in either way; stopped once nobody waits any more, as signals say, or it is too large
   * @returns `too-large` where it alone is more than the cache may hold; nothing is kept of it
   */
  async file(
    key: string,
    make: (target: DerivedTarget, stopped: AbortSignal) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<DerivedFile | 'too-large'> {
    const [made] = await this.files([key], ([target], stopped) => make(target!, stopped), signal)
    return made!
  }

  /**
   * The files of several keys, in their order: those that are not there are made together. As of `file`, for each.
   * @param make writes those that are missing, all of them
   */
  async files(
    keys: readonly string[],
    make: MakeAll,
    signal?: AbortSignal,
  ): Promise<readonly (DerivedFile | 'too-large')[]> {
    const found: (DerivedFile | 'too-large' | undefined)[] = []
    for (let from = 0; from < keys.length; from += AT_ONCE)
      found.push(...(await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => this.#given(key)))))
    const missing = keys.filter((_, i) => found[i] === undefined)
    if (missing.length === 0) return found as DerivedFile[]
    const together = missing.length === 1 ? missing[0]! : createHash('sha256').update(missing.join()).digest('hex')
    const made = await this.#making(together, (stopped) => this.#locked(together, missing, make, stopped), signal)
    return keys.map((key, i) => found[i] ?? made.get(key)!)
  }

  /** To be read by whoever wants bytes. Close it. */
  async open({ hostPath }: DerivedFile): Promise<FileReader> {
    const { storage } = this.#place
    const reader = await storage.open(hostPath.slice((storage.hostPath ?? '').length + 1))
    return new DerivedReader(reader)
  }

  async #making(
    name: string,
    work: (stopped: AbortSignal) => Promise<Made>,
    signal: AbortSignal | undefined,
  ): Promise<Made> {
    for (;;) {
      const known = this.#makings.get(name)
      if (known?.isStopped !== true) break
      await known.ended()
      if (this.#makings.get(name) === known) this.#makings.delete(name)
    }
    let making = this.#makings.get(name)
    if (making === undefined) {
      const made = new SharedWork(work)
      this.#makings.set(name, (making = made))
      void made.ended().then(() => this.#makings.get(name) === made && this.#makings.delete(name))
    }
    return making.wait(signal)
  }

  /** Whoever makes the same at the same time waits here, in whichever process. */
  async #locked(name: string, keys: readonly string[], make: MakeAll, signal: AbortSignal): Promise<Made> {
    const { storage } = this.#place
    await storage.makeFolder(this.#folder)
    const path = `${this.#folder}/${name}.lock`
    const lock = await storage.lock(path, this.#world.process, LOCK_WAIT_MS, signal)
    try {
      const all = new Map<string, DerivedFile | 'too-large'>()
      // Somebody else may have made them meanwhile.
      for (const key of keys) {
        const given = await this.#given(key)
        if (given !== undefined) all.set(key, given)
      }
      const missing = keys.filter((key) => !all.has(key))
      if (missing.length > 0) for (const [key, file] of await this.#make(missing, make, signal)) all.set(key, file)
      return all
    } finally {
      // Who waits for it holds a file without a name, and finds what was made: at worst two make the same.
      try {
        await storage.remove(path)
      } finally {
        await lock.release()
      }
    }
  }

  async #make(keys: readonly string[], make: MakeAll, signal: AbortSignal): Promise<Made> {
    const { storage } = this.#place
    const temps = keys.map((key) => `${this.#path(key)}.${this.#chance()}.tmp`)
    const limit = await this.#options.limitBytes()
    const watch = new AbortController()
    const watching = this.#watch(temps, limit, watch)
    try {
      const targets = temps.map((temp, i): DerivedTarget => ({
        key: keys[i]!,
        hostPath: this.#hostPathOf(temp),
        write: (chunks) => this.#write(temp, chunks),
      }))
      await make(targets, AbortSignal.any([signal, watch.signal]))
      const made = new Map<string, DerivedFile | 'too-large'>()
      for (const [i, key] of keys.entries()) made.set(key, await this.#kept(key, temps[i]!, limit))
      return made
    } catch (error) {
      // All of them: they are made together.
      if (watch.signal.reason === TOO_LARGE) return new Map(keys.map((key) => [key, 'too-large'] as const))
      throw error
    } finally {
      watch.abort()
      await watching
      for (const temp of temps) await storage.remove(temp)
    }
  }

  /** Stops a making that would fill the disk. */
  async #watch(temps: readonly string[], limit: number, watch: AbortController): Promise<void> {
    const { signal } = watch
    for (;;) {
      await this.#world.clock.sleep(WATCH_MS, signal).catch(() => undefined)
      if (signal.aborted) return
      let bytes = 0
      for (const temp of temps) bytes += (await this.#place.storage.stat(temp))?.sizeBytes ?? 0
      if (bytes > limit) watch.abort(TOO_LARGE)
    }
  }

  async #kept(key: string, temp: string, limit: number): Promise<DerivedFile | 'too-large'> {
    const { storage } = this.#place
    const path = this.#path(key)
    const seal = await this.#seals.of(temp)
    if (seal.sizeBytes > limit) return 'too-large'
    await this.#makeRoom(seal.sizeBytes, limit)
    // The seal goes last: a file without one is made again.
    await this.#seals.remove(path)
    await storage.replace(temp, path)
    await this.#seals.write(path, key, seal)
    const stat = await storage.stat(path)
    if (stat !== undefined) this.#seen.set(key, { stat: spelled(stat), seal })
    const given = await this.#given(key)
    if (given === undefined) throw new Error('what was just made is not there')
    return given
  }

  /** A further name of the file, if it is there and whole. */
  async #given(key: string): Promise<DerivedFile | undefined> {
    const { storage } = this.#place
    const path = this.#path(key)
    const stat = await storage.stat(path)
    if (stat === undefined) return undefined
    const found = spelled(stat)
    let seal = this.#seen.get(key)?.stat === found ? this.#seen.get(key)!.seal : undefined
    if (seal === undefined) {
      seal = await this.#seals.read(this.#path(key), key)
      if (seal === undefined || seal.sizeBytes !== stat.sizeBytes) return undefined
      if ((await this.#seals.of(path)).sha256 !== seal.sha256) return undefined
      this.#seen.set(key, { stat: found, seal })
    }
    const name = `${await this.#ownFolder()}/${key}.${stat.identity.replaceAll(/[^\w-]/g, '_')}.parquet`
    const linked = this.#own.has(name)
      ? 'exists'
      : await storage.link(path, name).catch((error: unknown) => {
          // Somebody emptied the cache in between.
          if (isPondError(error, 'platform.not-found')) return undefined
          throw error
        })
    if (linked === undefined) return undefined
    if (linked !== 'unsupported') this.#own.set(name, { key, usedUs: this.#world.clock.elapsed() })
    await this.#seals.touch(path, key, seal)
    return { hostPath: this.#hostPathOf(linked === 'unsupported' ? path : name), ...seal }
  }

  async #write(path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const writer = await this.#place.storage.create(path)
    try {
      for await (const chunk of chunks) await writer.write(chunk)
    } finally {
      await writer.close()
    }
  }

  /** Removes those used longest ago, until there is room for another file. Readers have names of their own. */
  async #makeRoom(sizeBytes: number, limit: number): Promise<void> {
    const { storage } = this.#place
    // What others add meanwhile is found each time that this process has added a hundredth of all.
    const isKnown = this.#known !== undefined && this.#known.added + sizeBytes <= limit / 100
    if (isKnown && this.#known!.bytes + sizeBytes <= limit) {
      this.#known = { bytes: this.#known!.bytes + sizeBytes, added: this.#known!.added + sizeBytes }
      return
    }
    const files: { key: string; sizeBytes: number; usedMs: number }[] = []
    for (const { name } of await storage.list(this.#folder)) {
      const key = /^([0-9a-f]{64})\.parquet$/.exec(name)?.[1]
      if (key === undefined) continue
      const [file, seal] = [await storage.stat(this.#path(key)), await this.#seals.stat(this.#path(key))]
      if (file !== undefined) files.push({ key, sizeBytes: file.sizeBytes, usedMs: seal?.modifiedMs ?? 0 })
    }
    let bytes = files.reduce((sum, file) => sum + file.sizeBytes, sizeBytes)
    for (const file of files.sort((a, b) => a.usedMs - b.usedMs)) {
      if (bytes <= limit) break
      await this.#seals.remove(this.#path(file.key))
      await storage.remove(this.#path(file.key))
      this.#seen.delete(file.key)
      bytes -= file.sizeBytes
    }
    this.#known = { bytes, added: 0 }
    await this.#letGo()
  }

  /** Own names of files that nobody else has any more, and that nobody has asked for in a long time. */
  async #letGo(): Promise<void> {
    const { storage } = this.#place
    const now = this.#world.clock.elapsed()
    for (const [name, { key, usedUs }] of this.#own) {
      if (now - usedUs < HELD_US || (await storage.stat(this.#path(key))) !== undefined) continue
      await storage.remove(name)
      this.#own.delete(name)
    }
  }

  #ownFolder(): Promise<string> {
    this.#ownPath ??= (async () => {
      const path = `${(await this.#options.own()).path}/${FOLDER}`
      await this.#place.storage.makeFolder(path)
      return path
    })()
    this.#ownPath.catch(() => (this.#ownPath = undefined))
    return this.#ownPath
  }

  #chance(): string {
    return Buffer.from(this.#world.random.bytes(6)).toString('hex')
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

/** Another file of the same name, or the same one changed, is spelled otherwise. */
function spelled({ sizeBytes, modifiedMs, identity }: StorageStat): string {
  return `${sizeBytes}/${modifiedMs}/${identity}`
}

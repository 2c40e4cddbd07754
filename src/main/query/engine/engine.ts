/**
 * DuckDB's lifetime. Every statement gets an instance of its own, locked before it sees a byte of
 * user SQL: it can read exactly the files it was opened with, write none but a named export target,
 * load nothing and change no setting. An instance costs about 9 ms (docs/decisions/0003).
 */
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { isPondError } from '../../../shared/errors'
import type { Clock, Storage, World } from '../../platform'
import { quoteText } from './quote'
import type { TableBytes } from '../source'
import { WorkFolder } from './work-folder'

export type Api = typeof import('@duckdb/node-api')

export interface EngineOptions {
  readonly threads?: number
  /** DuckDB spelling, e.g. `2GB`; beyond it DuckDB spills. */
  readonly memoryLimit?: string
  /** Bytes in place of `memoryLimit`, asked before every statement; null: no other than that. */
  readonly memoryBytes?: () => Promise<number | null>
  /** Absolute host path of a writable folder. It is made if it is in `tempStorage`, else it has to exist. */
  readonly tempFolder: string
  /** Default: the world's storage. */
  readonly tempStorage?: Storage
}

const DEFAULT_MEMORY_LIMIT = '1GB'
const INTERRUPT_INTERVAL_MS = 20
/** After a statement began: longer than a small one takes, shorter than somebody needs to ask for another. */
const SPARE_AFTER_MS = 50

export class Engine {
  readonly world: World
  readonly #options: EngineOptions
  #api: Promise<Api> | undefined
  readonly #workFolder: WorkFolder
  #parser: Parser | undefined
  /** Made while nobody waits for it, and locked when the next statement takes it. */
  #spare: Promise<Sandbox> | undefined
  #taken = 0
  #isClosed = false
  readonly #parts: (() => Promise<void>)[] = []

  constructor(world: World, options: EngineOptions) {
    this.world = world
    this.#options = options
    this.#workFolder = new WorkFolder(world, options.tempStorage ?? world.storage, options.tempFolder)
  }

  /** The module: loading it costs about 130 ms, so it waits for the first statement. */
  get api(): Promise<Api> {
    this.#api ??= import('@duckdb/node-api')
    return this.#api
  }

  /** What is kept beside the engine, and has to end before its work folder does. */
  endsWithIt(close: () => Promise<void>): void {
    this.#parts.push(close)
  }

  /** Absolute host path of a folder for files of this process; it goes on `close`, or once the process is dead. */
  workFolder(): Promise<string> {
    return this.#workFolder.path()
  }

  /** Writes a file of the work folder, by its absolute host path. Returns its size. One that fails leaves none. @throws platform.* */
  async writeWorkFile(hostPath: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    const storage = this.#options.tempStorage ?? this.world.storage
    const path = this.#inStorage(hostPath)
    if (path === null) return this.#writeHostFile(hostPath, chunks)
    await storage.remove(path)
    const writer = await storage.create(path)
    try {
      for await (const chunk of chunks) await writer.write(chunk)
      const { sizeBytes } = writer
      await writer.close()
      return sizeBytes
    } catch (error) {
      await writer.close()
      await storage.remove(path)
      throw error
    }
  }

  async #writeHostFile(hostPath: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
    const file = await this.world.createHostFile!(hostPath)
    let size = 0
    try {
      for await (const chunk of chunks) {
        await file.write(chunk)
        size += chunk.length
      }
      await file.finish()
      return size
    } finally {
      await file.abandon()
    }
  }

  /** Reads a file of the work folder at any place; close it. @throws platform.* */
  async openWorkFile(hostPath: string): Promise<TableBytes> {
    const path = this.#inStorage(hostPath)
    if (path === null) throw new Error('a work folder that is not in the storage cannot be read')
    const reader = await (this.#options.tempStorage ?? this.world.storage).open(path)
    return {
      size: reader.sizeBytes,
      read: (offset, length) => reader.read(offset, length),
      close: () => reader.close(),
    }
  }

  /** @throws platform.* */
  async removeWorkFile(hostPath: string): Promise<void> {
    const path = this.#inStorage(hostPath)
    if (path !== null) await (this.#options.tempStorage ?? this.world.storage).remove(path)
  }

  /** A small file of the cache, which others may remove at any time; null where there is none that can be read. */
  async readCached(name: string): Promise<string | null> {
    const path = this.#inStorage(`${this.#options.tempFolder}/${name}`)
    const storage = this.#options.tempStorage ?? this.world.storage
    if (path === null || (await storage.stat(path)) === undefined) return null
    // Removed in between, say.
    const bytes = await storage.readFile(path).catch(() => null)
    return bytes === null ? null : new TextDecoder().decode(bytes)
  }

  /** Keeps it, whole or not at all. What cannot be kept is worked out again. */
  async writeCached(name: string, text: string): Promise<void> {
    const path = this.#inStorage(`${this.#options.tempFolder}/${name}`)
    if (path === null) return
    const storage = this.#options.tempStorage ?? this.world.storage
    const temp = `${path}.${this.world.random.uuid(this.world.clock.now())}.tmp`
    try {
      await storage.makeFolder(path.slice(0, path.lastIndexOf('/')))
      const writer = await storage.create(temp)
      try {
        await writer.write(new TextEncoder().encode(text))
      } finally {
        await writer.close()
      }
      await storage.replace(temp, path)
    } catch (error) {
      this.world.log.warn('query.not-cached', { name, error: String(error) })
      await storage.remove(temp).catch(() => undefined)
    }
  }

  /** Path in the storage of a file of the host; null where it is elsewhere. */
  #inStorage(hostPath: string): string | null {
    const { hostPath: root } = this.#options.tempStorage ?? this.world.storage
    return root !== null && hostPath.startsWith(`${root}/`) ? hostPath.slice(root.length + 1) : null
  }

  /**
   * A locked instance that can open `paths` (absolute host paths) and nothing else. What runs on it is
   * interrupted when the signal says so, until it is closed.
   */
  async sandbox(paths: readonly string[] = [], signal?: AbortSignal): Promise<Sandbox> {
    const { memoryLimit = DEFAULT_MEMORY_LIMIT, memoryBytes } = this.#options
    const bytes = (await memoryBytes?.()) ?? null
    const sandbox = await this.#take()
    try {
      await sandbox.connection.run(
        [
          `SET memory_limit = ${quoteText(bytes === null ? memoryLimit : `${bytes}B`)}`,
          `SET allowed_paths = [${[...new Set(paths)].map(quoteText).join(', ')}]`,
          'SET enable_external_access = false',
          'SET lock_configuration = true',
        ].join(';\n'),
      )
    } catch (error) {
      sandbox.close()
      throw error
    }
    if (signal !== undefined) sandbox.stopWith(signal, this.world.clock)
    return sandbox
  }

  /**
   * An instance that is not locked yet: the one that was made meanwhile, where statements come one after
   * the other. The first ones (one parses) are made when needed: a process that runs a single statement
   * has no use for another.
   */
  async #take(): Promise<Sandbox> {
    const spare = this.#spare
    this.#spare = undefined
    const sandbox = await (spare ?? this.#create())
    if (++this.#taken > 2) void this.#makeSpare()
    return sandbox
  }

  /** Not at once: what is quick has ended by then, and does not share the processor with it. */
  async #makeSpare(): Promise<void> {
    await this.world.clock.sleep(SPARE_AFTER_MS)
    if (this.#isClosed) return
    this.#spare ??= this.#create()
    // Whoever takes it hears of a failure.
    this.#spare.catch(() => undefined)
  }

  async #create(): Promise<Sandbox> {
    const [api, folder] = await Promise.all([this.api, this.workFolder()])
    const { threads } = this.#options
    // DuckDB removes it with the instance, unless the process is killed.
    const spillFolder = `${folder}/duckdb-${this.world.random.uuid(this.world.clock.now())}`
    const instance = await api.DuckDBInstance.create(':memory:', {
      temp_directory: spillFolder,
      ...(threads === undefined ? {} : { threads: String(threads) }),
      allow_community_extensions: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      // It would keep what it read for a statement that never comes.
      enable_external_file_cache: 'false',
    })
    const connection = await instance.connect()
    await connection.run(
      [
        'SET GLOBAL errors_as_json = true',
        'SET GLOBAL parquet_metadata_cache = true',
        'SET enable_progress_bar = true',
        'SET enable_progress_bar_print = false',
        // What a time without a zone means must not depend on the machine.
        "SET GLOBAL TimeZone = 'UTC'",
      ].join(';\n'),
    )
    return new Sandbox(api, instance, connection)
  }

  /** Parses on a sandbox that is shared, as it can open no file at all. */
  async parse<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const parser = (this.#parser ??= { sandbox: this.sandbox(), users: 0 })
    parser.users++
    try {
      return await work((await parser.sandbox).connection)
    } catch (error) {
      // After an internal error DuckDB refuses to go on: the next statement gets a new one.
      if (!isPondError(error) && this.#parser === parser) this.#parser = undefined
      throw error
    } finally {
      // Whoever else was at it may go on until the last has ended.
      if (--parser.users === 0 && this.#parser !== parser) await closeParser(parser)
    }
  }

  /** Frees the shared instance, the spare one and the work folder; sandboxes are closed by those who opened them. */
  async close(): Promise<void> {
    this.#isClosed = true
    const parser = this.#parser
    const spare = await this.#spare?.catch(() => undefined)
    this.#parser = undefined
    this.#spare = undefined
    if (parser !== undefined) await closeParser(parser)
    spare?.close()
    for (const close of this.#parts) await close()
    await this.#workFolder.close()
  }
}

/** The shared instance, and how many statements are being parsed on it. */
interface Parser {
  readonly sandbox: Promise<Sandbox>
  users: number
}

/** One that could not be made has failed its first user. */
async function closeParser({ sandbox }: Parser): Promise<void> {
  await sandbox.then(
    (made) => made.close(),
    () => undefined,
  )
}

/** One locked instance. `connection` runs the user's statement; further ones read beside it. */
export class Sandbox {
  readonly api: Api
  readonly connection: DuckDBConnection
  readonly #instance: DuckDBInstance
  readonly #extra: DuckDBConnection[] = []
  #forget: (() => void) | undefined
  #isClosed = false

  constructor(api: Api, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.api = api
    this.connection = connection
    this.#instance = instance
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Another connection, which can work while `connection` is busy. */
  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect()
    this.#extra.push(connection)
    return connection
  }

  /** Stops what runs on any connection, within about 5 ms. */
  interrupt(): void {
    if (this.#isClosed) return
    for (const connection of [this.connection, ...this.#extra]) connection.interrupt()
  }

  /** Again and again from its abort on: DuckDB forgets an interrupt that comes just before a statement begins. */
  stopWith(signal: AbortSignal, clock: Clock): void {
    const stop = async (): Promise<void> => {
      for (; !this.#isClosed; await clock.sleep(INTERRUPT_INTERVAL_MS)) this.interrupt()
    }
    const begin = (): void => void stop()
    if (signal.aborted) return begin()
    signal.addEventListener('abort', begin, { once: true })
    this.#forget = () => signal.removeEventListener('abort', begin)
  }

  /** Idempotent. Nothing may be running on it. DuckDB removes its spill folder with the instance. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#forget?.()
    for (const connection of this.#extra) connection.disconnectSync()
    this.connection.disconnectSync()
    this.#instance.closeSync()
  }
}

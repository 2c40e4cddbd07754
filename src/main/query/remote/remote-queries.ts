/**
 * The query layer with DuckDB in processes of their own: the same interface, over a channel. A process that
 * dies takes with it what is open in it, and nothing else; the next call gets a new one, and nothing is tried
 * twice. Results are in one process, and what looks into files that nobody asked SQL of in another, so that a
 * click on a file cannot cost an open result. Each is started when it is first needed.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { World } from '../../platform'
import { cancelled } from '../engine/failure'
import type { Queries, QueriesOptions, RowStream } from '../run/queries'
import type { ByteStream, BytesOptions } from '../run/result-bytes'
import type { QuerySource } from '../source'
import { WorkFolder } from '../engine/work-folder'
import { EngineProcess, GRACE_MS } from './engine-process'
import { RemoteRun } from './remote-run'
import { PASSED, type EngineHost, type EngineSettings, type Lane, type WireQueries } from './wire'

/** As `Queries`, with its engine elsewhere. */
export type QueriesFace = Pick<Queries, keyof Queries>
type PassedName = keyof typeof PASSED

/** @param tempStorage host path of the storage that `options.tempFolder` is in */
export function remoteQueries(world: World, options: QueriesOptions, tempStorage: string): QueriesFace {
  const engines = new Engines(world, options, tempStorage)
  const passed = Object.fromEntries(
    Object.entries(PASSED).map(([name, lane]) => [
      name,
      async (...args: never[]) => {
        const queries = await engines.of(lane).queries
        return (queries[name as PassedName] as (...args: never[]) => Promise<unknown>)(...args)
      },
    ]),
  ) as Pick<QueriesFace, PassedName>
  const { complete } = passed
  return {
    ...passed,
    start: (source, sql) => engines.run(source, sql),
    stream: (source, sql, signal) => streamed(engines, source, sql, signal),
    bytes: (source, sql, more) => byteStream(engines, source, sql, more),
    convert: async (conversion, source) => {
      try {
        return await passed.convert(conversion, source)
      } catch (error) {
        throw named(error, conversion.name)
      }
    },
    checkArrow: async (arrow, options) => {
      try {
        await passed.checkArrow(arrow, options)
      } catch (error) {
        throw named(error, arrow.name)
      }
    },
    complete: (source, ...rest) => engines.withoutFatal(source, (safe) => complete(safe, ...rest)),
    workFolder: () => engines.workFolder(),
    close: () => engines.close(),
  }
}

/** What is no file of the pond yet, the process knows by no path in it. */
function named(error: unknown, name: string): unknown {
  if (!isPondError(error, 'query.engine-crashed')) return error
  return new PondError(error.code, `${name}: ${error.message}`, { ...error.detail, paths: [name] }, error)
}

/** The processes, one for each lane at a time. */
class Engines {
  readonly #world: World
  readonly #settings: EngineSettings
  readonly #host: EngineHost
  readonly #workFolder: WorkFolder
  readonly #current = new Map<Lane, EngineProcess>()
  readonly #all = new Set<EngineProcess>()
  readonly #runs = new Set<RemoteRun>()
  /** Content that ended a process, by hash: an editor does not ask for it at every key. */
  readonly #fatal = new Set<string>()
  #isClosed = false

  constructor(world: World, options: QueriesOptions, tempStorage: string) {
    const { threads, memoryLimit, memoryBytes, tempFolder } = options
    this.#world = world
    this.#settings = {
      ...(threads === undefined ? {} : { threads }),
      ...(memoryLimit === undefined ? {} : { memoryLimit }),
      tempFolder,
      tempStorage,
      command: world.process.command,
      user: world.process.user,
    }
    this.#host = {
      memoryBytes: async () => (await memoryBytes?.()) ?? null,
      log: (level, event, fields) => world.log[level](event, fields),
    }
    this.#workFolder = new WorkFolder(world, options.tempStorage ?? world.storage, tempFolder)
  }

  /** @throws query.cancelled when closed */
  of(lane: Lane): EngineProcess {
    if (this.#isClosed) throw cancelled()
    const known = this.#current.get(lane)
    if (known !== undefined && !known.isOver) return known
    const made = new EngineProcess(this.#world, this.#settings, this.#host, (overdue) => {
      if (this.#current.get(lane) === overdue) this.#current.delete(lane)
    })
    this.#current.set(lane, made)
    this.#all.add(made)
    void made.ended.then(() => this.#all.delete(made))
    return made
  }

  async run(source: QuerySource, sql: string): Promise<RemoteRun> {
    const engine = this.of('results')
    const wire = await (await engine.queries).start(source, sql)
    const run = new RemoteRun(wire, {
      clock: this.#world.clock,
      graceMs: GRACE_MS,
      overdue: () => engine.abandon(wire),
      closed: (ended) => void this.#runs.delete(ended),
    })
    this.#runs.add(run)
    return run
  }

  workFolder(): Promise<string> {
    return this.#workFolder.path()
  }

  /** Work on a source in which content that ended a process before is not there. */
  async withoutFatal<T>(source: QuerySource, work: (source: QuerySource) => Promise<T>): Promise<T> {
    const asked = new Set<string>()
    const tables: QuerySource['tables'] = async (path) => {
      const files = (await source.tables(path)).filter(({ sha256 }) => !this.#fatal.has(sha256))
      return files.map((file) => ({ ...file, hostFile: () => (asked.add(file.sha256), file.hostFile()) }))
    }
    try {
      return await work({ ...source, tables })
    } catch (error) {
      if (isPondError(error, 'query.engine-crashed')) for (const sha256 of asked) this.#fatal.add(sha256)
      throw error
    }
  }

  /** Cancels what runs and frees everything. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#all].map((engine) => engine.close()))
    await Promise.all([...this.#runs].map((run) => run.close()))
    await this.#workFolder.close()
  }
}

async function streamed(engines: Engines, source: QuerySource, sql: string, signal?: AbortSignal): Promise<RowStream> {
  const left = new AbortController()
  const wire = await (await engines.of('results').queries).stream(source, sql, either(left.signal, signal))
  const close = once(() => leave(left, wire))
  return {
    columns: wire.columns,
    resultsDropped: wire.resultsDropped,
    notes: wire.notes,
    batches: items(() => wire.batches(), close),
    close,
  }
}

async function byteStream(
  engines: Engines,
  source: QuerySource,
  sql: string,
  options: BytesOptions,
): Promise<ByteStream> {
  const left = new AbortController()
  const queries: WireQueries = await engines.of('results').queries
  const wire = await queries.bytes(source, sql, { ...options, signal: either(left.signal, options.signal) })
  const close = once(() => leave(left, wire))
  let rows = 0
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of items(() => wire.chunks(), close)) {
      rows = chunk.rows
      yield chunk.bytes
    }
  }
  return {
    columns: wire.columns,
    resultsDropped: wire.resultsDropped,
    notes: wire.notes,
    get rows() {
      return rows
    },
    chunks: chunks(),
    close,
  }
}

/** The items, which are to be read once; whoever stops reading stops what makes them. */
async function* items<T>(open: () => AsyncIterable<T>, close: () => Promise<void>): AsyncGenerator<T> {
  const iterator = open()[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { done, value } = await iterator.next()
      if (done === true) return
      yield value
    }
  } finally {
    // Before the iteration is left, which waits for the item that is under way.
    const closing = close()
    await iterator.return?.()
    await closing
  }
}

async function leave(left: AbortController, wire: { close(): Promise<void> }): Promise<void> {
  left.abort()
  await wire.close().catch(() => undefined)
}

function either(own: AbortSignal, asked: AbortSignal | undefined): AbortSignal {
  return asked === undefined ? own : AbortSignal.any([own, asked])
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= work())
}

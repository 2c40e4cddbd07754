/**
 * An import: files come in through the byte plane or from this machine, are hashed and kept out of
 * sight, and become pending all at once when it finishes. Cancelled it leaves nothing; a finish that
 * fails may leave whole blobs that nobody names, which gc removes.
 */
import { stat } from 'node:fs/promises'
import { mustGoOn } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import type { StagedImport } from '../../../shared/contract'
import type { Reading, ReadingOptions } from '../../../shared/model'
import { joinNames, parsePath, pathNames, quote, type PondPath } from '../../../shared/path'
import type { CommitOptions, Pond, Staged, StagingFileSystem } from '../../pond'
import { formatOfName } from '../../query'
import { readFrames } from '../connection/frames'
import { hostItems } from './host-items'
import { openedAhead, type OpenedItem } from './host-read-ahead'
import type { FileItemType, ImportItem } from './import-item'
import { ImportTargets, type OnExisting, type Place } from './import-targets'
import type { Report } from '../connection/steps'
import { asParquet, asWholeArrow, parquetName, textFormatOf } from './to-parquet'

export interface Received {
  readonly files: number
  readonly bytes: number
  /** Paths in the pond, as they were asked for. */
  readonly paths: readonly string[]
}

export interface HostPaths {
  /** A directory of the pond; made if missing. */
  readonly destination: string
  readonly hostPaths: readonly string[]
  /** Instead of each one's own name. */
  readonly name?: string
  /** Instead of what the content says. */
  readonly fileType?: FileItemType
  /** How text is read; what is absent is decided. */
  readonly reading?: ReadingOptions
  /** Turn CSV and JSON into Parquet; their endings become `.parquet`, but for series. */
  readonly toParquet?: boolean
  /** Told of each text that became Parquet. */
  readonly onRead?: (path: string, reading: Reading) => void | Promise<void>
  readonly report: Report
  readonly signal: AbortSignal
}

export interface Finish {
  readonly onExisting: OnExisting
  /** What has to be at these paths, by hash; null for nothing. */
  readonly expected?: readonly Expected[]
  readonly report: Report
  readonly signal: AbortSignal
  /** Commit what the import staged in the same hold. */
  readonly commit?: CommitOptions
}

export interface Expected {
  readonly path: string
  readonly sha256: string | null
}

export interface FinishedImport {
  readonly imported: StagedImport
  readonly staged: Pick<Staged<unknown>, 'operations' | 'commit'>
}

/** One for all items that have none. */
const NO_ATTRIBUTES: Readonly<Record<string, unknown>> = {}

export class Import {
  readonly id: string
  readonly #pond: Pond
  readonly #spool: ReturnType<Pond['contentSpool']>
  readonly #items: ImportItem[] = []
  readonly #skipped: { path: string; reason: string }[] = []
  readonly #closing = new AbortController()
  readonly #working = new Set<Promise<unknown>>()
  #broken: PondError | undefined

  constructor(id: string, pond: Pond) {
    this.id = id
    this.#pond = pond
    this.#spool = pond.contentSpool()
  }

  /** Takes in a body of frames. A body that breaks off spoils the import. @throws api.bad-input */
  receive(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Received> {
    return this.#work(signal, async (stopping) => {
      const received = { files: 0, bytes: 0, paths: [] as string[] }
      for await (const { header, content } of readFrames(body)) {
        mustGoOn(stopping)
        const path = parsePath(header.path)
        if (header.size === null) this.#items.push({ kind: 'directory', path })
        else {
          await this.#addFile(path, content, stopping, { sha256: header.sha256 })
          received.files++
          received.bytes += header.size
        }
        received.paths.push(path)
      }
      return received
    })
  }

  /**
   * Takes in files and folders of this machine, each under its own name in `destination`.
   * @throws host.not-found, host.unreadable
   */
  addHostPaths({ destination, hostPaths, name, report, signal, ...options }: HostPaths): Promise<Received> {
    return this.#work(signal, async (stopping) => {
      const base = parsePath(destination)
      const received = { files: 0, bytes: 0, paths: [] as string[] }
      const total = await sizeOfFiles(hostPaths)
      for (const hostPath of hostPaths) {
        for await (const item of openedAhead(hostItems(hostPath))) {
          mustGoOn(stopping)
          if (item.kind === 'skipped') {
            this.#skipped.push({ path: item.hostPath, reason: item.reason })
            continue
          }
          const names = name === undefined ? item.names : [name, ...item.names.slice(1)]
          const path = pathFor(item, joinNames([...pathNames(base), ...names]), options)
          if (item.kind === 'folder') this.#items.push({ kind: 'directory', path })
          else if (item.kind === 'link') this.#items.push({ kind: 'symlink', path, target: item.target })
          else {
            const { file } = item
            try {
              const tell = (bytes: number): void => {
                if (total !== null) report({ done: received.bytes + bytes, total, unit: 'bytes', note: path })
              }
              const source = { name: item.names.at(-1)!, content: counted(file.chunks(), tell) }
              await this.#addHostFile(path, source, options, stopping)
            } finally {
              await file.close()
            }
            received.files++
            received.bytes += file.size
          }
          received.paths.push(path)
          if (total === null) report({ done: received.files, total: null, unit: 'files', note: path })
        }
      }
      return received
    })
  }

  /**
   * Stages everything in one step; the import is over then. If it throws, nothing was staged and the
   * import is as it was: it may be finished in another way, or cancelled.
   * @throws tinyfs.exists with `paths`, when something is in the way and `onExisting` is `refuse`
   * @throws api.changed, when something else is where something is expected
   */
  async finish({ onExisting, expected = [], report, signal, commit }: Finish): Promise<FinishedImport> {
    // What is still coming in belongs to it, whole or broken.
    await Promise.allSettled(this.#working)
    if (this.#broken !== undefined) throw this.#broken
    const stopping = AbortSignal.any([signal, this.#closing.signal])
    const tally = { files: 0, bytes: 0 }
    const { result: skipped, ...staged } = await this.#pond.stage(
      async (fs) => {
        for (const one of expected) await mustBeThere(fs, one)
        const targets = new ImportTargets(fs, onExisting)
        await targets.check(this.#items)
        for (const [i, item] of this.#items.entries()) {
          mustGoOn(stopping)
          const place = await targets.place(item)
          if (place !== undefined) {
            await this.#land(fs, item, place)
            if (item.kind === 'file') {
              tally.files++
              tally.bytes += item.content.size
            }
          }
          report({ done: i + 1, total: this.#items.length, unit: 'files', note: item.path })
        }
        return targets.skipped
      },
      { signal: stopping, undoable: true, ...(commit === undefined ? {} : { commit }) },
    )
    // What is pending stands, whatever becomes of the files it came through.
    await this.#pond.cleanUp('temporary files of an import', () => this.#forget())
    const imported = {
      ...tally,
      staged: staged.operations.length,
      skipped: [...this.#skipped, ...skipped],
      displaced: staged.displaced.length,
    }
    return { imported, staged }
  }

  /** Cancels what is still coming in and gives everything up. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort(new PondError('api.interrupted', 'the import was cancelled'))
    await Promise.allSettled(this.#working)
    await this.#pond.cleanUp('temporary files of an import', () => this.#forget())
  }

  async #land(fs: StagingFileSystem, item: ImportItem, { path, replace }: Place): Promise<void> {
    if (item.kind === 'directory') {
      await fs.createDirectory(path, { parents: true })
    } else if (item.kind === 'symlink') {
      if (replace) await fs.remove(path)
      await fs.createSymlink(path, item.target)
    } else {
      await fs.put(path, item.content, {
        parents: true,
        replace,
        ...(item.fileType === undefined ? {} : { fileType: item.fileType }),
        attributes: item.attributes,
      })
    }
  }

  async #addHostFile(
    path: PondPath,
    { name, content }: { readonly name: string; readonly content: AsyncIterable<Uint8Array> },
    { fileType, toParquet, reading, onRead }: Pick<HostPaths, 'fileType' | 'toParquet' | 'reading' | 'onRead'>,
    signal: AbortSignal,
  ): Promise<void> {
    const format = toParquet === true ? textFormatOf(name) : null
    // Who asks for tables gets none that is not whole.
    const called = toParquet === true ? formatOfName(name) : null
    if (called === 'arrow')
      return asWholeArrow(this.#pond, { content, name, signal }, (bytes) =>
        this.#addFile(path, bytes, signal, { fileType }),
      )
    if (format === null) {
      const isText = textFormatOf(name) !== null || reading?.format !== undefined
      return this.#addFile(path, content, signal, {
        fileType,
        attributes: isText && reading !== undefined ? { reading } : NO_ATTRIBUTES,
        mustBeParquet: called === 'parquet' ? name : undefined,
      })
    }
    await asParquet(this.#pond, { content, format, name, reading, signal }, async (bytes, readAs) => {
      await this.#addFile(path, bytes, signal, { fileType, attributes: { readAs } })
      await onRead?.(path, readAs)
    })
  }

  async #addFile(
    path: PondPath,
    content: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
    {
      fileType,
      sha256,
      mustBeParquet,
      attributes = NO_ATTRIBUTES,
    }: {
      readonly fileType?: FileItemType | undefined
      readonly sha256?: string | undefined
      /** The name that says so, for the message. */
      readonly mustBeParquet?: string | undefined
      readonly attributes?: Readonly<Record<string, unknown>>
    },
  ): Promise<void> {
    const prepared = await this.#pond.prepare(content, signal)
    if (sha256 !== undefined && prepared.sha256 !== sha256) {
      await this.#pond.discardPrepared(prepared)
      const message = `what arrived for ${quote(path)} is not what was sent: expected the hash ${sha256}, found ${prepared.sha256}`
      throw new PondError('api.damaged-transfer', message, { path })
    }
    if (mustBeParquet !== undefined && prepared.parquet?.problem !== null) {
      await this.#pond.discardPrepared(prepared)
      const reason =
        prepared.parquet?.problem ?? (prepared.size === 0 ? 'it is empty' : 'it does not begin as Parquet does')
      const message = `${quote(mustBeParquet)}: expected a Parquet table: ${reason}`
      throw new PondError('tlogfs.not-a-table', message, { path: mustBeParquet, reason })
    }
    const kept = await this.#spool.keep(prepared)
    this.#items.push({ kind: 'file', path, content: kept, fileType, attributes })
  }

  async #work(signal: AbortSignal, work: (signal: AbortSignal) => Promise<Received>): Promise<Received> {
    const stopping = AbortSignal.any([signal, this.#closing.signal])
    mustGoOn(stopping)
    const working = work(stopping)
    this.#working.add(working)
    try {
      return await working
    } catch (error) {
      this.#broken = new PondError(
        'api.bad-input',
        'expected a whole import, found one that broke off: begin it again',
        {},
        error,
      )
      throw error
    } finally {
      this.#working.delete(working)
    }
  }

  /** Gives up what nobody has named: also content that was there already and so became no blob again. */
  async #forget(): Promise<void> {
    const items = this.#items.splice(0)
    for (const item of items) if (item.kind === 'file') await this.#pond.discardPrepared(item.content)
    await this.#spool.close()
  }
}

/** @throws api.changed */
async function mustBeThere(fs: StagingFileSystem, { path, sha256 }: Expected): Promise<void> {
  const found = (await fs.exists(path)) ? (await fs.stat(path)).metadata.sha256 : null
  if (found === sha256) return
  const message = found === null ? `${quote(path)} is not there any more` : `${quote(path)} has other content by now`
  throw new PondError('api.changed', message, { path, expected: sha256, found })
}

function pathFor(
  item: OpenedItem,
  path: string,
  { toParquet, fileType }: Pick<HostPaths, 'fileType' | 'toParquet'>,
): PondPath {
  const renamed =
    toParquet === true &&
    fileType !== 'file:series' &&
    item.kind === 'file' &&
    textFormatOf(item.names.at(-1)!) !== null
  return parsePath(renamed ? parquetName(path) : path)
}

/** Bytes of them all; null where one is a folder, whose size only reading it tells. */
async function sizeOfFiles(hostPaths: readonly string[]): Promise<number | null> {
  const found = await Promise.all(hostPaths.map((path) => stat(path).catch(() => undefined)))
  if (found.some((each) => each?.isFile() !== true)) return null
  return found.reduce((sum, each) => sum + (each?.size ?? 0), 0)
}

/** The chunks as they are; says after each how many bytes there were. */
async function* counted(chunks: AsyncIterable<Uint8Array>, tell: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of chunks) {
    yield chunk
    tell((bytes += chunk.length))
  }
}

/**
 * Files of the pond that one statement names: found at a moment, made readable for DuckDB once each,
 * and, where there are none, what may have been meant.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { nearest } from '../../../shared/nearest'
import { baseName, childPath, parentPath, parsePath, quote, type PondPath } from '../../../shared/path'
import type { TimeRanges } from '../sql/event-range'
import { stopIf } from '../engine/failure'
import { compressionOfName, formatOfContent, isTextFormat } from '../formats'
import { formatOf, type ReadableFile } from './path-tables'
import type { Place } from '../sql/scan'
import { seriesFiles } from './series-tables'
import type { NamesAsked, QuerySource, TableFile } from '../source'
import type { FileNote } from '../../../shared/model'
import type { Readings, TextTable } from '../text/readings'
import { fileChunks, unpacked } from '../text/text-bytes'

const MOST_CANDIDATES = 3
/** Files of a pattern whose directories are looked at for a Delta log. */
const MOST_LOOKED_AT = 64
const DELTA_LOG = '_delta_log'

export class PondFiles {
  readonly #readings: Readings
  readonly #signal: AbortSignal | undefined
  readonly #held: TextTable[] = []
  readonly #notes: FileNote[] = []
  readonly #texts: (FileNote & { readonly column: string })[] = []
  /** By content and path: the same file at two moments is one if it did not change. */
  readonly #files = new Map<string, Promise<ReadableFile>>()

  /** Packed content that was unpacked to its end. */
  readonly #whole = new Set<string>()

  /** Whether versions of a series were left out. */
  hasSkipped = false

  constructor(readings: Readings, signal?: AbortSignal) {
    this.#readings = readings
    this.#signal = signal
  }

  /** What people should know of how files are read. */
  get notes(): readonly FileNote[] {
    return this.#notes
  }

  /** Columns that are text because of a few values, with why. */
  get texts(): readonly (FileNote & { readonly column: string })[] {
    return this.#texts
  }

  /** Lets go of what text files are read from. Idempotent. */
  release(): void {
    for (const held of this.#held.splice(0)) held.release()
  }

  /**
   * As `readable`, for reading as tables; what is computed by a query is what `computed` makes of it, or a file where that makes nothing.
   * @throws query.unreadable-file for text that is none
   */
  async tables(
    source: QuerySource,
    path: string,
    place: Place | null,
    {
      ranges,
      computed,
    }: {
      readonly ranges?: TimeRanges | undefined
      readonly computed: (file: TableFile) => Promise<ReadableFile | undefined>
    },
  ): Promise<readonly ReadableFile[]> {
    const files: ReadableFile[] = []
    for (const file of await this.#filesAt(source, path, place)) {
      const view = file.query === undefined ? undefined : await computed(file)
      if (view === undefined) files.push(...(await this.parts(file, ranges)))
      else files.push(view)
    }
    try {
      return await this.asTables(files)
    } catch (error) {
      if (!isPondError(error) || place === null) throw error
      // Line and column of the statement are beside those of the file.
      const { line: fileLine, column: fileColumn, ...detail } = error.detail
      throw new PondError(error.code, error.message, { ...detail, fileLine, fileColumn, ...place }, error.cause)
    }
  }

  /** Files of text with how they are read; others as they are. */
  async asTables(files: readonly ReadableFile[]): Promise<readonly ReadableFile[]> {
    const tables: ReadableFile[] = []
    for (const readable of files) tables.push(await this.#asTable(readable))
    return tables
  }

  async #asTable(readable: ReadableFile): Promise<ReadableFile> {
    const { file, hostPath, view } = readable
    if (view !== undefined) return readable
    const format = formatOf(file) ?? file.reading?.format ?? (await formatOfContent(file))
    if (!isTextFormat(format)) return readable
    const { path: name, sha256, open } = file
    const text = {
      name,
      sha256: sha256 === '' ? null : sha256,
      format: file.reading?.format ?? format,
      hostPath,
      open: () => open.call(file),
    }
    const table = await this.#readings.table(text, file.reading ?? {}, this.#signal)
    this.#held.push(table)
    const isKnown = this.#notes.some(({ path }) => path === file.path)
    const losses = table.plan.reading.notes.filter(({ isLoss }) => isLoss)
    for (const { message, column } of table.plan.reading.notes) {
      if (column !== undefined && / is text: /.test(message)) this.#texts.push({ path: file.path, message, column })
    }
    if (!isKnown) this.#notes.push(...losses.map(({ message }) => ({ path: file.path, message })))
    return { file, hostPath: table.hostPath, plan: table.plan }
  }

  /**
   * The files at a path or glob, those of a series for each of its versions that `ranges` may need.
   * @throws query.no-such-file, query.not-a-table, and what making one readable throws
   */
  async readable(source: QuerySource, path: string, place: Place | null, ranges?: TimeRanges): Promise<ReadableFile[]> {
    const files: ReadableFile[] = []
    for (const file of await this.#filesAt(source, path, place)) files.push(...(await this.parts(file, ranges)))
    return files
  }

  async #filesAt(source: QuerySource, path: string, place: Place | null): Promise<readonly TableFile[]> {
    if (!path.startsWith('/')) {
      throw new PondError(
        'query.no-such-file',
        `${quote(path)} is not a file of the pond: its paths are absolute, such as "/weather.csv"`,
        { ...place, path, candidates: await this.#candidates(source, `/${path}`) },
      )
    }
    const found = await this.#found(source, path, place)
    if (/[*?[{]/.test(path)) await sayOfDeltaLogs(source, path, found)
    return found
  }

  /** Makes a file readable, or the versions of a series that `ranges` may need. */
  async parts(file: TableFile, ranges?: TimeRanges): Promise<readonly ReadableFile[]> {
    if (file.parts === undefined) return [await this.read(file)]
    const { files, skipped } = await seriesFiles(file, ranges)
    if (skipped > 0) this.hasSkipped = true
    return files
  }

  /**
   * What is packed is unpacked once before a reader of DuckDB does it: of a file that was cut, it takes what is
   * there for the whole. @throws query.unreadable-file
   */
  async mustUnpack(files: readonly ReadableFile[]): Promise<void> {
    for (const { file } of files) {
      const compression = compressionOfName(file.path)
      if (compression === null || this.#whole.has(file.sha256)) continue
      const bytes = await file.open()
      try {
        for await (const _chunk of unpacked(fileChunks(bytes), compression, file.path)) stopIf(this.#signal)
      } finally {
        await bytes.close()
      }
      this.#whole.add(file.sha256)
    }
  }

  /** Makes the newest content of a file readable. */
  read(file: TableFile): Promise<ReadableFile> {
    const key = `${file.sha256} ${file.path}`
    const known = this.#files.get(key) ?? readableAt(file)
    this.#files.set(key, known)
    return known
  }

  async missing(source: QuerySource, path: string, place: Place | null, cause?: unknown): Promise<PondError> {
    const candidates = await this.#candidates(source, path)
    const hint = candidates.length > 0 ? `; did you mean ${quote(candidates[0]!)}?` : ''
    return new PondError(
      'query.no-such-file',
      `${quote(path)} matches no file of the pond at this moment${hint}`,
      { ...place, path, candidates },
      cause,
    )
  }

  /** @throws query.not-a-table when something else is there */
  async mustBeFile(source: QuerySource, path: string, place: Place | null): Promise<void> {
    try {
      const found = await source.tables(path)
      if (found.length > 0 && !found.some((file) => file.fileType.startsWith('file:'))) throw isDirectory(path, place)
    } catch (error) {
      if (!isPondError(error)) throw error
      if (error.code === 'query.not-a-table') throw error
      if (error.code === 'tinyfs.is-a-directory' || error.code === 'tinyfs.not-a-file') throw isDirectory(path, place)
    }
  }

  async #found(source: QuerySource, path: string, place: Place | null): Promise<readonly TableFile[]> {
    let missing: unknown
    try {
      const found = await source.tables(path)
      const files = found.filter((file) => file.fileType.startsWith('file:'))
      if (files.length > 0) return files
      if (found.length > 0) throw isDirectory(path, place)
    } catch (error) {
      if (!isPondError(error)) throw error
      if (error.code === 'tinyfs.is-a-directory' || error.code === 'tinyfs.not-a-file') throw isDirectory(path, place)
      if (error.code !== 'tinyfs.not-found' && error.code !== 'tinyfs.not-a-directory') throw error
      missing = error
    }
    throw await this.missing(source, path, place, missing)
  }

  /** Files nearby whose path is nearly the one that was written, else files of the same name elsewhere. */
  async #candidates(source: QuerySource, path: string): Promise<string[]> {
    try {
      const clean = parsePath(path)
      const near = nearest(clean, await siblings(source, parentPath(clean)))
      if (near.length > 0) return near
      const name = baseName(clean).replaceAll(/[\\*?[\]{},]/g, '?')
      return (await source.tables(`/**/${name}`)).slice(0, MOST_CANDIDATES).map((file) => file.path)
    } catch (error) {
      // Suggestions are a courtesy; what is wrong is said anyway.
      if (isPondError(error)) return []
      throw error
    }
  }
}

/** A pattern finds files that a Delta table's log has removed, and says so. */
async function sayOfDeltaLogs(source: QuerySource, path: string, found: readonly TableFile[]): Promise<void> {
  const parents = new Set(found.slice(0, MOST_LOOKED_AT).map((file) => parentPath(file.path as PondPath)))
  const fixed = path.slice(0, path.search(/[*?[{]/))
  const above = fixed.slice(0, Math.max(1, fixed.lastIndexOf('/'))) as PondPath
  for (const folder of new Set([above, ...parents])) {
    if (baseName(folder) === DELTA_LOG) continue
    const [named] = await siblings(source, folder, { prefix: DELTA_LOG, limit: 1 })
    if (named !== childPath(folder, DELTA_LOG)) continue
    const message = `${quote(folder)} is a Delta table, and ${quote(path)} reads files of it whether its log names them or not: delta(${quote(folder).replaceAll('"', "'")}) reads what the table has`
    source.notice(message)
  }
}

async function siblings(source: QuerySource, directory: PondPath, which?: NamesAsked): Promise<string[]> {
  try {
    return (await source.list(directory, which)).map(({ name }) => childPath(directory, name))
  } catch (error) {
    if (isPondError(error)) return []
    throw error
  }
}

function isDirectory(path: string, place: Place | null): PondError {
  return new PondError(
    'query.not-a-table',
    `${quote(path)} is a directory; name its files, for example '${path.replace(/\/+$/, '')}/*.csv'`,
    { ...place, path, candidates: [] },
  )
}

async function readableAt(file: TableFile): Promise<ReadableFile> {
  const hostPath = await file.hostFile()
  const types = (await file.types?.()) ?? []
  return types.length === 0 ? { file, hostPath } : { file, hostPath, types }
}

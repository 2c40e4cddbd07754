/**
 * Files by path, below one directory that cannot be left: of the whole pond, or of a working directory.
 * Each change is one stage: durable and pending when its call returns.
 */
import type { Entry, ReadingOptions } from '../../shared/model'
import { joinNames, pathNames, parsePath, type PondPath } from '../../shared/path'
import type { Moment, Pond as Engine, StagingFileSystem } from '../pond'
import { optionalCount, text } from './arguments'
import type { Content, OpenFile } from './content'
import type { ReadOptions } from './options'
import { put, withPrepared, type CreateFileOptions, type CreateOptions, type PutOptions } from './staging'

/**
 * Paths given are relative to the directory, with or without a leading slash; none climbs above it
 * (tinyfs.above-root), not through links either. Paths in what comes back are absolute in the pond.
 */
export class Directory {
  /** Absolute in the pond: `/` for the pond itself. */
  readonly path: string
  readonly #engine: Engine

  /** @internal */
  constructor(engine: Engine, path: string) {
    this.#engine = engine
    this.path = path
  }

  /** A new file. @throws tinyfs.exists, tinyfs.not-found (a directory above; see `parents`) */
  createFile(path: string, content: Content, options: CreateFileOptions = {}): Promise<Entry> {
    return this.#write(path, content, { ...options, replace: false })
  }

  /** New content for the file at a path, links followed. The same content again stages nothing. @throws tinyfs.not-found */
  async updateFile(path: string, content: Content): Promise<Entry> {
    await (await this.#reading('pending')).fs.find(path)
    return this.#write(path, content, { replace: true })
  }

  /** A new file, or new content for the one at the path, links followed. @throws tinyfs.is-a-directory */
  writeFile(path: string, content: Content, options: CreateFileOptions = {}): Promise<Entry> {
    return this.#write(path, content, { ...options, replace: true })
  }

  /** With `parents`, missing directories above are made too, and one that is there is fine. @throws tinyfs.exists */
  async createDirectory(path: string, options: CreateOptions = {}): Promise<Entry> {
    return this.#stageEntry(async (fs) => {
      await fs.createDirectory(path, options)
      return path
    })
  }

  /** A link to whatever the target says: absolute in the pond, or relative to the link's directory. @throws tinyfs.exists */
  async createSymlink(path: string, target: string): Promise<Entry> {
    return this.#stageEntry(async (fs) => {
      await fs.createSymlink(path, text('target', target))
      return path
    })
  }

  /**
   * The whole content of a file, links followed, checked against its SHA-256.
   * @param options.limit bytes, default 16 MiB: `openFile` reads larger ones
   * @throws tinyfs.too-large, tinyfs.not-found, tinyfs.is-a-directory, tlogfs.corrupt-content
   */
  async readFile(path: string, options: ReadOptions & { readonly limit?: number } = {}): Promise<Uint8Array> {
    const { at, ...limit } = options
    optionalCount('limit', limit.limit)
    return (await this.#reading(at)).fs.readAll(path, limit)
  }

  /** A file of any size, links followed, to be streamed or read in places. @throws tinyfs.not-found, tinyfs.is-a-directory */
  async openFile(path: string, { at }: ReadOptions = {}): Promise<OpenFile> {
    return (await this.#reading(at)).fs.open(path)
  }

  /** Where a link points, as written. @throws tinyfs.not-found, tinyfs.not-a-symlink */
  async readSymlink(path: string, { at }: ReadOptions = {}): Promise<string> {
    return (await this.#reading(at)).fs.readLink(path)
  }

  /** Removes an entry, never what a link points to. @throws tinyfs.not-found; tinyfs.not-empty unless `recursive` */
  async delete(path: string, options: { readonly recursive?: boolean } = {}): Promise<void> {
    await this.#engine.stage(async (fs) => (await fs.workingDirectory(this.path)).remove(path, options))
  }

  /**
   * Says how the text at a path is read as a table from now on, instead of what was said before; null takes that
   * back. @throws query.bad-reading, tinyfs.not-a-file
   */
  async setReading(path: string, reading: ReadingOptions | null): Promise<Entry> {
    return this.#stageEntry((fs) => fs.setReading(path, reading))
  }

  /**
   * Another name or directory for a node, which keeps its id and its history. Nothing is ever replaced.
   * @throws tinyfs.not-found, tinyfs.exists, tinyfs.into-itself
   */
  async rename(from: string, to: string): Promise<Entry> {
    return this.#stageEntry(async (fs) => {
      await fs.rename(from, to)
      return to
    })
  }

  /** The entries of a directory, by the UTF-8 bytes of their names. @throws tinyfs.not-found, tinyfs.not-a-directory */
  async listDirectory(path = '/', { at }: ReadOptions = {}): Promise<readonly Entry[]> {
    const { moment, fs } = await this.#reading(at)
    return moment.list(this.#absolute((await fs.find(path)).path), false)
  }

  /** A directory to work in that cannot be left. @throws tinyfs.not-found, tinyfs.not-a-directory */
  async workingDirectory(path: string): Promise<Directory> {
    const { fs } = await this.#reading('pending')
    return new Directory(this.#engine, (await fs.workingDirectory(path)).base.path)
  }

  /** Whether something is at a path, links followed; false also where a directory on the way is missing. */
  async exists(path: string, { at }: ReadOptions = {}): Promise<boolean> {
    return (await this.#reading(at)).fs.exists(path)
  }

  /** What is known of the entry at a path; a link at its end is not followed. @throws tinyfs.not-found */
  async getMetadata(path: string, { at }: ReadOptions = {}): Promise<Entry> {
    const { moment, fs } = await this.#reading(at)
    return moment.entry(this.#absolute((await fs.find(path, { follow: false })).path))
  }

  async #write(path: string, content: Content, options: PutOptions): Promise<Entry> {
    return withPrepared(this.#engine, content, (prepared) => this.#stageEntry((fs) => put(fs, path, prepared, options)))
  }

  /** @param work returns the path, in this directory, of the entry that it is about */
  #stageEntry(work: (fs: StagingFileSystem) => Promise<string>): Promise<Entry> {
    return this.#engine.stageEntry(async (fs) => {
      const here = await fs.workingDirectory(this.path)
      return this.#absolute((await here.find(await work(here), { follow: false })).path)
    })
  }

  async #reading(at = 'pending'): Promise<{ readonly moment: Moment; readonly fs: Moment['fs'] }> {
    const moment = await this.#engine.moment(at)
    return { moment, fs: await moment.fs.workingDirectory(this.path) }
  }

  #absolute(path: PondPath): PondPath {
    return joinNames([...pathNames(parsePath(this.path)), ...pathNames(path)])
  }
}

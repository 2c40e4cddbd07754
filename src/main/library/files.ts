/**
 * Files by path, below one directory that cannot be left. A pond, a working directory and what a script does inside
 * `pond.stage` have the same calls: where they read and change is their scope.
 */
import type { Entry, ReadingOptions } from '../../shared/model'
import { joinNames, pathNames, parsePath, type PondPath } from '../../shared/path'
import type { StagingFileSystem } from '../pond'
import { optionalCount, text } from './arguments'
import type { Content, OpenFile } from './content'
import type { CreateFileOptions, CreateOptions, ReadOptions } from './options'
import type { Reading, Scope } from './scope'

/**
 * Paths given are relative to the directory, with or without a leading slash; none climbs above it
 * (tinyfs.above-root), not through links either. Paths in what comes back are absolute in the pond.
 */
export class Files {
  /** Absolute in the pond: `/` for the pond itself. */
  readonly path: string
  readonly #scope: Scope

  /** @internal */
  constructor(scope: Scope, path: string) {
    this.#scope = scope
    this.path = path
  }

  /** A new file. @throws tinyfs.exists, tinyfs.not-found (a directory above; see `parents`) */
  createFile(path: string, content: Content, options: CreateFileOptions = {}): Promise<Entry> {
    return this.#write(path, content, { ...options, replace: false })
  }

  /** New content for the file at a path, links followed. The same content again stages nothing. @throws tinyfs.not-found */
  async updateFile(path: string, content: Content): Promise<Entry> {
    await (await this.#reading()).find(path)
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
    return (await this.#reading(at)).readAll(path, limit)
  }

  /** A file of any size, links followed, to be streamed or read in places. @throws tinyfs.not-found, tinyfs.is-a-directory */
  async openFile(path: string, { at }: ReadOptions = {}): Promise<OpenFile> {
    return (await this.#reading(at)).open(path)
  }

  /** Where a link points, as written. @throws tinyfs.not-found, tinyfs.not-a-symlink */
  async readSymlink(path: string, { at }: ReadOptions = {}): Promise<string> {
    return (await this.#reading(at)).readLink(path)
  }

  /** Removes an entry, never what a link points to. @throws tinyfs.not-found; tinyfs.not-empty unless `recursive` */
  async delete(path: string, options: { readonly recursive?: boolean } = {}): Promise<void> {
    await this.#scope.change(async (fs) => (await fs.workingDirectory(this.path)).remove(path, options))
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
    const reading = await this.#scope.reading(at)
    const here = await reading.fs.workingDirectory(this.path)
    return reading.list(this.#absolute((await here.find(path)).path))
  }

  /** A directory to work in that cannot be left. @throws tinyfs.not-found, tinyfs.not-a-directory */
  async workingDirectory(path: string): Promise<Files> {
    return new Files(this.#scope, (await (await this.#reading()).workingDirectory(path)).base.path)
  }

  /** Whether something is at a path, links followed; false also where a directory on the way is missing. */
  async exists(path: string, { at }: ReadOptions = {}): Promise<boolean> {
    return (await this.#reading(at)).exists(path)
  }

  /** What is known of the entry at a path; a link at its end is not followed. @throws tinyfs.not-found */
  async getMetadata(path: string, { at }: ReadOptions = {}): Promise<Entry> {
    const reading = await this.#scope.reading(at)
    const here = await reading.fs.workingDirectory(this.path)
    return reading.entry(this.#absolute((await here.find(path, { follow: false })).path))
  }

  async #write(
    path: string,
    content: Content,
    { mediaType, ...options }: CreateFileOptions & { readonly replace: boolean },
  ): Promise<Entry> {
    const said = mediaType === undefined ? options : { ...options, attributes: { mediaType } }
    return this.#scope.withPrepared(content, (prepared) => this.#stageEntry((fs) => fs.put(path, prepared, said)))
  }

  /** @param work returns the path, in this directory, of the entry that it is about */
  #stageEntry(work: (fs: StagingFileSystem) => Promise<string>): Promise<Entry> {
    return this.#scope.changeEntry(async (fs) => {
      const here = await fs.workingDirectory(this.path)
      return this.#absolute((await here.find(await work(here), { follow: false })).path)
    })
  }

  async #reading(at?: ReadOptions['at']): ReturnType<Reading['fs']['workingDirectory']> {
    return (await this.#scope.reading(at)).fs.workingDirectory(this.path)
  }

  #absolute(path: PondPath): PondPath {
    return joinNames([...pathNames(parsePath(this.path)), ...pathNames(path)])
  }
}

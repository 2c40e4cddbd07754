/**
 * Several changes as one: what a script does inside `pond.stage`. All of it becomes durable and pending at
 * once, or none of it happens. The pond's lock is held meanwhile: have content ready.
 */
import type { PondPath } from '../../shared/path'
import type { Pond as Engine, PreparedContent, StagingFileSystem } from '../pond'
import { chunksOf, type Content } from './content'

export interface CreateOptions {
  /** Make missing directories above. Default false. */
  readonly parents?: boolean
}

export interface CreateFileOptions extends CreateOptions {
  /**
   * `text/csv`, say: kept with the file, also when it gets another name. Default: what was said before, else what the
   * ending of the name tells. Null takes back what was said.
   */
  readonly mediaType?: string | null
}

/** Paths are absolute in the pond. What was done before in the same stage is seen. */
export class Staging {
  readonly #engine: Engine
  readonly #fs: StagingFileSystem

  /** @internal */
  constructor(engine: Engine, fs: StagingFileSystem) {
    this.#engine = engine
    this.#fs = fs
  }

  /** A new file. @throws tinyfs.exists, tinyfs.not-found (a directory above) */
  async createFile(path: string, content: Content, options: CreateFileOptions = {}): Promise<void> {
    await this.#put(path, content, { ...options, replace: false })
  }

  /** New content for a file, links followed; content that is the same already is left alone. @throws tinyfs.not-found */
  async updateFile(path: string, content: Content): Promise<void> {
    await this.#fs.find(path)
    await this.#put(path, content, { replace: true })
  }

  /** A new file, or new content for the one at the path, links followed. @throws tinyfs.is-a-directory */
  async writeFile(path: string, content: Content, options: CreateFileOptions = {}): Promise<void> {
    await this.#put(path, content, { ...options, replace: true })
  }

  /** With `parents`, a directory that is there already is fine. @throws tinyfs.exists */
  async createDirectory(path: string, options: CreateOptions = {}): Promise<void> {
    await this.#fs.createDirectory(path, options)
  }

  /** A link to whatever the target says: absolute in the pond, or relative to the link's directory. @throws tinyfs.exists */
  async createSymlink(path: string, target: string): Promise<void> {
    await this.#fs.createSymlink(path, target)
  }

  /** The node keeps its id and its history. Nothing is ever replaced. @throws tinyfs.exists, tinyfs.into-itself */
  async rename(from: string, to: string): Promise<void> {
    await this.#fs.rename(from, to)
  }

  /** Never what a link points to. @throws tinyfs.not-found; tinyfs.not-empty unless `recursive` */
  async delete(path: string, options: { readonly recursive?: boolean } = {}): Promise<void> {
    await this.#fs.remove(path, options)
  }

  /** Whether something is at a path, links followed. */
  exists(path: string): Promise<boolean> {
    return this.#fs.exists(path)
  }

  async #put(path: string, content: Content, options: PutOptions): Promise<void> {
    await withPrepared(this.#engine, content, (prepared) => put(this.#fs, path, prepared, options))
  }
}

/** @internal */
export interface PutOptions extends CreateFileOptions {
  readonly replace: boolean
}

/** @internal */
export async function put(
  fs: StagingFileSystem,
  path: string,
  content: PreparedContent,
  { mediaType, ...options }: PutOptions,
): Promise<PondPath> {
  return fs.put(path, content, mediaType === undefined ? options : { ...options, attributes: { mediaType } })
}

/** Takes content in, hands it on, and gives it up if nobody has named it. @internal */
export async function withPrepared<T>(
  engine: Engine,
  content: Content,
  work: (prepared: PreparedContent) => Promise<T>,
): Promise<T> {
  const prepared = await engine.prepare(chunksOf(content))
  try {
    return await work(prepared)
  } finally {
    await engine.discardPrepared(prepared)
  }
}

/**
 * What a verb works with: the invocation, the output, the signal, and the pond it is about, found and
 * opened when first asked for. A command of a batch shares the batch's pond; any other closes its own.
 */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isPondError, PondError } from '../../shared/errors'
import { quote } from '../../shared/path'
import type { CommitOptions, Pond, StageOptions } from '../pond'
import { count } from './display'
import type { Invocation } from './invocation'
import type { Io } from './io'
import { OpenedPond } from './opened-pond'
import type { Output } from './output'
import { hostWorld } from './world'

/** 0 done, 1 the pond or its content is wrong, 2 wrong usage, 130 interrupted. */
export type ExitStatus = 0 | 1 | 2 | 130
/** What every file in commands/ exports; nothing means 0. */
export type Run = (context: Context) => Promise<ExitStatus | void>

export class Context {
  readonly io: Io
  readonly out: Output
  readonly invocation: Invocation
  /** For a batch, which hands it to its commands. */
  readonly pond: OpenedPond
  readonly #isShared: boolean
  #at = 'pending'
  #isStaged = false

  /** @param shared the pond of the batch that this command belongs to */
  constructor(io: Io, out: Output, invocation: Invocation, shared?: OpenedPond) {
    this.io = io
    this.out = out
    this.invocation = invocation
    this.#isShared = shared !== undefined
    this.pond = shared ?? new OpenedPond((readOnly) => this.#open(readOnly))
  }

  get args(): readonly string[] {
    return this.invocation.args
  }

  get signal(): AbortSignal {
    return this.io.signal
  }

  /** The pond to read: nothing outside its cache is written. @throws steward.not-a-pond and what opening throws */
  reading(): Promise<Pond> {
    return this.pond.reading()
  }

  /** The pond to change. Opening it repairs what a crash left. */
  writing(): Promise<Pond> {
    return this.pond.writing()
  }

  /** The moment to read. @throws cli.usage */
  at(byDefault: string): string {
    this.#at = this.invocation.at(byDefault)
    return this.#at
  }

  /** The same failure, or what is behind it and the way out: something only pending, a damaged journal, an answer that could not be shown. */
  async explain(error: unknown): Promise<unknown> {
    if (isPondError(error, 'tlogfs.journal-damaged') || isPondError(error, 'tlogfs.foreign-journal')) {
      const message = `${error.message}; \`pond recover --set-journal-aside\` keeps it as a file and makes a new one`
      return new PondError(error.code, message, error.detail, error)
    }
    if (isPondError(error) && error.detail['output'] === true && this.#isStaged) {
      const message = `${error.message}; what was asked for is done, do not ask again`
      return new PondError(error.code, message, error.detail, error)
    }
    if (this.#at === 'pending') return error
    if (!isPondError(error, 'tinyfs.not-found') && !isPondError(error, 'query.no-such-file')) return error
    const { path } = error.detail
    if (typeof path !== 'string' || !path.startsWith('/')) return error
    const pending = await (await this.pond.current())?.moment('pending').catch(() => undefined)
    if (!(await pending?.fs.exists(path))) return error
    const message = `${quote(path)} is pending and not in ${this.#at}: commit it, or read with --pending`
    return new PondError('cli.only-pending', message, { path, at: this.#at }, error)
  }

  /** A path of this machine as the user wrote it, absolute. @throws cli.usage for an address such as s3://... */
  hostPath(path: string): string {
    const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path) ?? []
    if (scheme !== undefined) {
      const message = `${quote(path)} is an address (${scheme}), expected a path of this machine: DuckPond works on local folders; copy the pond here, or mount it`
      throw new PondError('cli.usage', message, { path, scheme })
    }
    return resolve(this.io.cwd, path)
  }

  /** What `commit` and write verbs record of themselves. @param message default: made of what the commit changes */
  commitOptions(message?: string): CommitOptions {
    const author = this.invocation.text('author')
    return {
      command: this.command,
      onProgress: this.out.progress,
      signal: this.signal,
      ...(message === undefined ? {} : { message }),
      ...(author === undefined ? {} : { author }),
    }
  }

  /**
   * Hands the options of a stage to what performs it: with `-m`, or where the pond commits by itself, it
   * commits its own operations in the same hold. A failure says what stays pending although it failed.
   */
  async staging<T>(perform: (options: StageOptions) => Promise<T>): Promise<T> {
    const pond = await this.writing()
    const message = this.invocation.text('message')
    const isCommitting = message !== undefined || (await this.commitsByItself())
    const started = pond.now()
    let staged: T
    try {
      staged = await perform({
        signal: this.signal,
        undoable: true,
        ...(isCommitting ? { commit: this.commitOptions(message) } : {}),
      })
    } catch (error) {
      if (!isCommitting) throw error
      const known = this.signal.aborted ? interrupted() : error
      throw isPondError(known) ? await withWhatIsStaged(pond, started, known) : known
    }
    this.#isStaged = true
    return staged
  }

  /** Whether the setting `autosync` holds for this command. */
  async commitsByItself(): Promise<boolean> {
    if (this.invocation.isDenied('sync')) return false
    return (await (await this.writing()).config()).autosync
  }

  /** `pond copy host:a /b`, bounded: what history and the lock show. */
  get command(): string {
    return ['pond', this.invocation.verb, ...this.args].join(' ').slice(0, 200)
  }

  /** The folder of the pond: named, or the nearest one at or above the working directory. */
  pondFolder(): string {
    const found = this.findPondFolder()
    if (found !== null) return found
    throw new PondError(
      'steward.not-a-pond',
      `expected a pond at or above ${quote(this.io.cwd)}, found none: make one with \`pond init\`, or name one with --pond`,
      { path: this.io.cwd },
    )
  }

  /** As `pondFolder`; null where none is named and none is near. Whether a named one is a pond is seen on opening. */
  findPondFolder(): string | null {
    const named = this.invocation.text('pond') ?? (this.io.env['POND'] || undefined)
    if (named !== undefined) return this.hostPath(named)
    for (let folder = this.io.cwd; ; folder = dirname(folder)) {
      if (existsSync(join(folder, 'pond.json'))) return folder
      if (dirname(folder) === folder) return null
    }
  }

  async close(): Promise<void> {
    if (!this.#isShared) await this.pond.close()
  }

  /** What the pond is opened in. @throws as `pondFolder` */
  pondWorld(): ReturnType<typeof hostWorld> {
    return hostWorld(this.io, this.pondFolder(), this.command)
  }

  async #open(readOnly: boolean): Promise<Pond> {
    const { openPond } = await import('../pond')
    return openPond(await this.pondWorld(), { readOnly })
  }
}

export function interrupted(): PondError {
  return new PondError('api.interrupted', 'interrupted')
}

/** The same failure, with what was staged before the commit failed. */
async function withWhatIsStaged(pond: Pond, started: number, error: PondError): Promise<PondError> {
  const operations = await pond.show(null).catch(() => [])
  const staged = operations.filter(({ at }) => at >= started).length
  if (staged === 0) return error
  const message = `${error.message}; ${count(staged, 'operation')} staged, not committed: \`pond commit\` tries again`
  return new PondError(error.code, message, { ...error.detail, staged }, error)
}

/**
 * The folder `_delta_log`: reading commits by number and publishing one exactly once. It relies on
 * `link` being atomic and exclusive, and promises that a published commit is durable when the call
 * returns, or says that it cannot know.
 */
import { isPondError, PondError } from '../../../shared/errors'
import type { Storage, StorageWriter, World } from '../../platform'
import { parseCommit, type Commit } from './action'

/** What of the world the table needs; the storage comes apart, because a pond may look at several. */
export type OplogWorld = Pick<World, 'clock' | 'random' | 'log'>

const LOG_FOLDER = '_delta_log'

/** An entry under a temporary name. */
export interface StagedEntry {
  readonly temporary: string
  /** Makes it durable. To be called once, whatever becomes of it: it is open until then. */
  sync(): Promise<void>
}

export class DeltaLog {
  readonly folder: string
  readonly #storage: Storage
  readonly #world: OplogWorld
  #saidNoLinks = false

  constructor(storage: Storage, tableFolder: string, world: OplogWorld) {
    this.#storage = storage
    this.#world = world
    this.folder = join(tableFolder, LOG_FOLDER)
  }

  commitFile(version: number): string {
    return join(this.folder, `${digits(version)}.json`)
  }

  checkpointFile(version: number): string {
    return join(this.folder, `${digits(version)}.checkpoint.parquet`)
  }

  /** Where the newest checkpoint is said to be. */
  get hintFile(): string {
    return join(this.folder, '_last_checkpoint')
  }

  /** A name for something that is not there yet; readers of a Delta log ignore it. */
  temporaryFile(kind: 'commit' | 'checkpoint' | 'hint'): string {
    return join(this.folder, `.${kind}.${this.#world.random.uuid(this.#world.clock.now())}.tmp`)
  }

  /** Undefined where the version does not exist. @throws oplog.corrupt-log, oplog.unsupported, oplog.unsafe-path */
  async readCommit(version: number): Promise<Commit | undefined> {
    const file = this.commitFile(version)
    try {
      return parseCommit(version, await this.#storage.readFile(file), file)
    } catch (error) {
      if (isPondError(error, 'platform.not-found')) return undefined
      throw error
    }
  }

  /** Commits from a version on, until one is not there. Reads ahead, in order. */
  async readCommitsFrom(version: number): Promise<Commit[]> {
    const first = await this.readCommit(version)
    if (first === undefined) return []
    const commits = [first]
    for (;;) {
      const next = version + commits.length
      const read = await Promise.all(READ_AHEAD.map((offset) => this.readCommit(next + offset)))
      const end = read.indexOf(undefined)
      commits.push(...(read.slice(0, end < 0 ? read.length : end) as Commit[]))
      if (end >= 0) return commits
    }
  }

  /** What the folder holds: checkpoints newest first. */
  async list(): Promise<{ readonly checkpoints: readonly number[]; readonly lastCommit: number | null }> {
    const { checkpoints, commits } = await this.contents()
    return { checkpoints, lastCommit: commits.at(-1) ?? null }
  }

  /** Versions of all entries, ascending, and of all checkpoints, newest first. */
  async contents(): Promise<{ readonly commits: readonly number[]; readonly checkpoints: readonly number[] }> {
    const checkpoints: number[] = []
    const commits: number[] = []
    const entries = await this.#storage.list(this.folder).catch((error: unknown) => {
      if (isPondError(error, 'platform.not-found')) return []
      throw error
    })
    for (const { name } of entries) {
      const [, number, kind] = /^(\d{20})\.(json|checkpoint\.parquet)$/.exec(name) ?? []
      if (kind === 'json') commits.push(Number(number))
      else if (kind !== undefined) checkpoints.push(Number(number))
    }
    return { commits: commits.sort((a, b) => a - b), checkpoints: checkpoints.sort((a, b) => b - a) }
  }

  /** Writes an entry under a temporary name, durable and with its time; `publish` it, and `drop` it in any case. */
  async stage(bytes: Uint8Array, modifiedMs: number): Promise<string> {
    const { temporary, sync } = await this.stageUnsynced(bytes, modifiedMs)
    try {
      await sync()
      return temporary
    } catch (error) {
      await this.drop(temporary)
      throw error
    }
  }

  /** As `stage`, but for `sync`, which may go on beside other waits for the disk. Call it before `publish`. */
  async stageUnsynced(bytes: Uint8Array, modifiedMs: number): Promise<StagedEntry> {
    const temporary = this.temporaryFile('commit')
    try {
      const file = await this.#storage.create(temporary)
      try {
        await file.write(bytes)
        await file.setModified(modifiedMs)
      } catch (error) {
        await file.close().catch(() => undefined)
        throw error
      }
      return { temporary, sync: () => syncAndClose(file) }
    } catch (error) {
      await this.drop(temporary)
      throw error
    }
  }

  /** Removes a temporary file; what remains of one does no harm. */
  async drop(temporary: string): Promise<void> {
    await this.#storage.remove(temporary).catch((error: unknown) => {
      this.#world.log.warn('oplog.temporary-file-left', { file: temporary, error })
    })
  }

  /**
   * Makes a staged entry commit `version` if nobody has: link, then fsync of the folder. When the
   * answer is `published` it is durable. A failed link is resolved by reading back.
   * @throws oplog.not-known-durable when it is there but the last fsync failed
   */
  async publish(temporary: string, version: number, transactionId: string): Promise<'published' | 'taken'> {
    const outcome = await this.#linkOrReadBack(temporary, version, transactionId)
    if (outcome === 'published') await this.#syncFolder(version, transactionId)
    return outcome
  }

  async #linkOrReadBack(temporary: string, version: number, transactionId: string): Promise<'published' | 'taken'> {
    try {
      const outcome = await this.#storage.link(temporary, this.commitFile(version))
      if (outcome === 'linked') return 'published'
      if (outcome === 'unsupported') return await this.#renameIfFree(temporary, version)
    } catch (error) {
      // The system said no, which does not mean that nothing happened.
      const found = await this.readCommit(version)
      if (found === undefined) throw error
      return isOf(found, transactionId) ? 'published' : 'taken'
    }
    const winner = await this.readCommit(version)
    return winner !== undefined && isOf(winner, transactionId) ? 'published' : 'taken'
  }

  /** Where the file system has no links. Safe among processes that hold the pond's lock, and only there. */
  async #renameIfFree(temporary: string, version: number): Promise<'published' | 'taken'> {
    if (!this.#saidNoLinks) {
      this.#saidNoLinks = true
      // Commits stay safe among DuckPond processes, which hold the pond's lock, but not with other engines.
      this.#world.log.warn('oplog.file-system-without-links', { folder: this.folder })
    }
    if ((await this.#storage.stat(this.commitFile(version))) !== undefined) return 'taken'
    await this.#storage.replace(temporary, this.commitFile(version))
    return 'published'
  }

  async #syncFolder(version: number, transactionId: string): Promise<void> {
    try {
      await this.#storage.syncFolder(this.folder)
    } catch (error) {
      throw new PondError(
        'oplog.not-known-durable',
        `Delta version ${version} was written, but the system could not say that it is safe on disk`,
        { version, transactionId },
        error,
      )
    }
  }
}

const READ_AHEAD = [0, 1, 2, 3, 4, 5, 6, 7]

export function isOf(commit: Commit, transactionId: string): boolean {
  return commit.commitInfo?.pond?.transactionId === transactionId
}

/** A new file with this content, durable except for its name. */
export async function writeDurably(storage: Storage, path: string, bytes: Uint8Array): Promise<void> {
  const file = await storage.create(path)
  try {
    await file.write(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncAndClose(file: StorageWriter): Promise<void> {
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

export function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

function digits(version: number): string {
  return String(version).padStart(20, '0')
}

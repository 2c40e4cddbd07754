/**
 * The oplog table: a Delta table of filesystem operations. It owns the log and the data files below
 * one folder, relies on `platform/storage` for what is atomic and durable, and promises that a commit
 * it reports is wholly there, once, and safe on disk.
 */
import { PondError } from '../../shared/errors'
import type { Storage } from '../platform'
import { deltaSchema } from '../tables'
import { formatCommit, parseCommit, type Action } from './log/action'
import { UNSEALED } from './log/checksum'
import { checkFile } from './data/check-file'
import { checkUnopened, type UnopenedFindings } from './check-unopened'
import { checkLog, type CheckLogOptions, type LogFindings } from './state/check-log'
import { checkpointState, isCheckpointDue } from './state/checkpoint'
import { commitRows, type CommitInput, type CommitResult } from './commit'
import { compactFiles, isCompactionDue, type Compaction, type CompactOptions } from './compact'
import { ENGINE_INFO, PROTOCOL, TABLE_PROPERTIES } from './log/conventions'
import { DataFiles } from './data/data-files'
import { setForeignAside, type AsideEntry } from './state/foreign-aside'
import { findGarbage, type TableGarbage } from './garbage'
import { DeltaLog, join, type OplogWorld } from './log/log'
import { loadState } from './state/load'
import { rewriteOthers } from './others-files'
import { follow } from './state/rearrangement'
import { Snapshot } from './state/snapshot'
import { firstState, rebase, type TableState } from './state/state'
import type { TableParts } from './table-parts'
import { OPLOG_TABLE } from './data/oplog-table'

export class OplogTable {
  readonly #parts: TableParts
  #latest: Snapshot
  #refreshing: Promise<unknown> = Promise.resolve()

  private constructor(storage: Storage, folder: string, world: OplogWorld, log: DeltaLog, state: TableState) {
    this.#parts = {
      storage,
      folder,
      world,
      log,
      data: new DataFiles(storage, folder),
      snapshot: () => this.snapshot(),
      adopt: (next) => this.#adopt(next),
      newDataFile: () => `${world.random.uuid(world.clock.now())}.parquet`,
    }
    this.#latest = new Snapshot(state, this.#parts)
  }

  /**
   * Makes the folder and Delta version 0, durably; its parent folder is the caller's to sync. Where
   * version 0 is there already, and is ours, it is made durable and opened.
   * @throws oplog.unsupported where another table is in the way
   */
  static async create(
    storage: Storage,
    folder: string,
    world: OplogWorld,
    options: { readonly pondId?: string } = {},
  ): Promise<OplogTable> {
    const log = new DeltaLog(storage, folder, world)
    await storage.makeFolder(log.folder)
    await storage.syncFolder(folder)
    const now = world.clock.now()
    const transactionId = world.random.uuid(now)
    const bytes = formatCommit(firstEntry(world, options.pondId ?? world.random.uuid(now), transactionId))
    const temporary = await log.stage(bytes, Math.floor(now / 1_000))
    try {
      const outcome = await log.publish(temporary, 0, transactionId)
      if (outcome === 'published') {
        const state = firstState(parseCommit(0, bytes, log.commitFile(0)))
        return new OplogTable(storage, folder, world, log, state)
      }
    } finally {
      await log.drop(temporary)
    }
    await storage.syncFolder(log.folder)
    const table = await OplogTable.open(storage, folder, world)
    if (table.#latest.foreign !== null) {
      throw new PondError('oplog.unsupported', `another table is in ${folder}: ${table.#latest.foreign.reason}`, {
        folder,
      })
    }
    return table
  }

  /** @throws oplog.not-found, oplog.corrupt-log, oplog.unsupported */
  static async open(storage: Storage, folder: string, world: OplogWorld): Promise<OplogTable> {
    const log = new DeltaLog(storage, folder, world)
    return new OplogTable(storage, folder, world, log, await loadState({ storage, folder, world, log }))
  }

  /** What can be told of a table that cannot be opened. Reads only. */
  static checkUnopened(
    storage: Storage,
    folder: string,
    world: OplogWorld,
    options: CheckLogOptions,
  ): Promise<UnopenedFindings> {
    return checkUnopened({ storage, folder, world }, options)
  }

  /** The newest state; when nothing changed, the same snapshot as before at the price of one look. */
  async snapshot(): Promise<Snapshot> {
    // One refresh after the other: each starts after the call, so that it sees what came before it.
    const refresh = this.#refreshing.then(() => this.#refresh())
    this.#refreshing = refresh.catch(() => undefined)
    return refresh
  }

  commit(input: CommitInput): Promise<CommitResult> {
    return commitRows(this.#parts, input)
  }

  checkpointDue(snapshot: Snapshot): boolean {
    return isCheckpointDue(snapshot.state)
  }

  /** Writes a checkpoint of the snapshot. @throws oplog.foreign-commit, platform.* */
  async checkpoint(snapshot: Snapshot): Promise<{ readonly deltaVersion: number; readonly bytes: number }> {
    const written = await checkpointState(this.#parts, snapshot.state)
    this.#latest = new Snapshot(rebase(this.#latest.state, written), this.#parts)
    return written
  }

  compactionDue(snapshot: Snapshot): boolean {
    return isCompactionDue(snapshot.state)
  }

  /** Merges what is due, once; `superseded` where an input has gone meanwhile. */
  compact(snapshot: Snapshot, options: CompactOptions): Promise<Compaction | 'nothing' | 'superseded'> {
    return compactFiles(this.#parts, snapshot, options)
  }

  /** Writes files that other engines' rearrangements brought as ours, once their rows are compared. As `compact`. */
  rewriteOthers(snapshot: Snapshot, options: CompactOptions): Promise<Compaction | 'nothing' | 'superseded'> {
    return rewriteOthers(this.#parts, snapshot, options)
  }

  /** Compares the log with itself. Reads only. */
  checkLog(options: CheckLogOptions): Promise<LogFindings> {
    return checkLog(this.#parts, options)
  }

  /**
   * Compares every byte of a live data file with its checksums; quick: its size.
   * @throws oplog.missing-data, oplog.corrupt-data
   */
  async checkFile(snapshot: Snapshot, path: string, { quick }: { readonly quick: boolean }): Promise<void> {
    const file = snapshot.state.live.get(path)
    if (file !== undefined) await checkFile(this.#parts.storage, join(this.#parts.folder, path), file, quick)
  }

  /** Files that nobody will read again and that are older than a moment. Under the pond's lock. */
  garbage(
    snapshot: Snapshot,
    beforeMs: number,
    options: { readonly isToBeRemoved: boolean } = { isToBeRemoved: true },
  ): Promise<readonly TableGarbage[]> {
    return findGarbage(this.#parts, snapshot.state, { beforeMs, ...options })
  }

  /**
   * Moves the entries of other programs, from their first change on, out of the log into a folder of the storage.
   * Under the pond's lock, nobody else at work. Undefined where there are none.
   * @throws oplog.foreign-commit, oplog.missing-data, where nothing was moved; platform.*
   */
  async setForeignAside(folder: string): Promise<readonly AsideEntry[] | undefined> {
    const { foreign } = await this.snapshot()
    if (foreign === null) return undefined
    const { entries, state } = await setForeignAside(this.#parts, foreign.deltaVersion, folder)
    this.#latest = new Snapshot(state, this.#parts)
    return entries
  }

  async #refresh(): Promise<Snapshot> {
    if (!(await this.#isForeignStillThere())) this.#latest = new Snapshot(await loadState(this.#parts), this.#parts)
    const commits = await this.#parts.log.readCommitsFrom(this.#latest.deltaVersion + 1)
    if (commits.length === 0) return this.#latest
    // A commit of our own may have been adopted while these were read.
    const { state } = this.#latest
    const next = commits.filter(({ version }) => version > state.deltaVersion)
    return this.#adopt(await follow(this.#parts, state, next))
  }

  /** Another process may have set it aside, and given its number again. */
  async #isForeignStillThere(): Promise<boolean> {
    const { foreign, tail } = this.#latest.state
    if (foreign === null) return true
    const was = tail.commits.find(({ version }) => version === foreign.deltaVersion)
    const is = await this.#parts.log.readCommit(foreign.deltaVersion)
    return is !== undefined && is.sizeBytes === was?.sizeBytes && is.commitInfo?.pond === undefined
  }

  #adopt(state: TableState): Snapshot {
    if (state.deltaVersion > this.#latest.deltaVersion) this.#latest = new Snapshot(state, this.#parts)
    return this.#latest
  }
}

function firstEntry(world: OplogWorld, id: string, transactionId: string): Action[] {
  const now = world.clock.now()
  const timestamp = Math.floor(now / 1_000)
  return [
    {
      commitInfo: {
        pond: { version: 0, transactionId, committedAtUs: now, crc32c: UNSEALED },
        timestamp,
        operation: 'CREATE TABLE',
        operationParameters: {},
        isBlindAppend: true,
        engineInfo: ENGINE_INFO,
        txnId: transactionId,
      },
    },
    { protocol: PROTOCOL },
    {
      metaData: {
        id,
        format: { provider: 'parquet', options: {} },
        schemaString: deltaSchema(OPLOG_TABLE),
        partitionColumns: [],
        configuration: TABLE_PROPERTIES,
        createdTime: timestamp,
      },
    },
  ]
}

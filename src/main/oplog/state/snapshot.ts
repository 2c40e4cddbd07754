/**
 * The table at one Delta version: the only way to its rows. A snapshot never changes. Reading rows relies on its
 * files being there, and takes one fresh snapshot if a compaction and a clean-up have replaced them meanwhile.
 */
import { isPondError } from '../../../shared/errors'
import type { Micros } from '../../../shared/model'
import { closeAll, missingData, type DataFiles, type DecodedFile, type OpenedFile } from '../data/data-files'
import { isOf, type DeltaLog } from '../log/log'
import { newestRows, type NewestQuery } from '../data/newest'
import type { AddressedRow, RowAddress } from '../data/row'
import { mayHold, scanFile, type ScanFilter } from '../data/scan'
import type { Foreign, LiveFile, TableState } from './state'

/** A live Parquet file of the table. Bounds are of the column part_id, null where unknown, and may be wider than the truth. */
export interface DataFile {
  /** Decoded, relative to the table's folder. */
  readonly path: string
  readonly size: number
  /** Null where only the file itself can say: another engine wrote it. */
  readonly rows: number | null
  readonly modificationMs: number
  /** Written by this engine; of others only names and types of columns are as a rule the same. */
  readonly isOurs: boolean
  /** Values of columns that the file lacks, where another engine partitioned the table. */
  readonly partitionValues: Readonly<Record<string, string | null>>
  readonly minPartId: string | null
  readonly maxPartId: string | null
}

/** What a snapshot needs of its table. */
export interface SnapshotSource {
  readonly log: DeltaLog
  readonly data: DataFiles
  snapshot(): Promise<Snapshot>
}

/** Files opened at a time. */
const OPEN_AT_ONCE = 8

export class Snapshot {
  /** For the table's own modules. */
  readonly state: TableState
  readonly #source: SnapshotSource

  constructor(state: TableState, source: SnapshotSource) {
    this.state = state
    this.#source = source
  }

  get deltaVersion(): number {
    return this.state.deltaVersion
  }

  /** 0 is the empty pond. */
  get pondVersion(): number {
    return this.state.pondVersion
  }

  get lastCommittedAt(): Micros {
    return this.state.lastCommittedAt
  }

  /** Null in an empty pond. */
  get lastTransactionId(): string | null {
    return this.state.lastTransactionId
  }

  /** Somebody else's change of the table; nothing can be committed on it. */
  get foreign(): Foreign | null {
    return this.state.foreign
  }

  get files(): readonly DataFile[] {
    return [...this.state.live.values()].map(({ path, size, rows, bounds, add, checksums, partitionValues }) => ({
      path,
      size,
      rows,
      modificationMs: add.modificationTime,
      isOurs: checksums !== undefined,
      partitionValues,
      minPartId: bounds.minPartId,
      maxPartId: bounds.maxPartId,
    }))
  }

  /**
   * Matching rows in bounded batches, none empty; within a file in (part_id, node_id, version) order.
   * @throws oplog.missing-data, oplog.corrupt-data naming the file
   */
  async *scan(filter: ScanFilter = {}): AsyncGenerator<readonly AddressedRow[]> {
    const files = await this.#openAll(filter)
    try {
      for (const file of files) yield* scanFile(file, filter)
    } finally {
      await closeAll(files)
    }
  }

  /**
   * The newest row up to a pond version of each of these nodes in its part; absent where there is none.
   * @throws oplog.missing-data, oplog.corrupt-data naming the file
   */
  async newest(query: NewestQuery): Promise<ReadonlyMap<string, AddressedRow>> {
    const open = (file: LiveFile): Promise<DecodedFile | OpenedFile> => this.#openOne(file)
    try {
      return await newestRows(this.state.live.values(), query, open)
    } catch (error) {
      if (!isPondError(error, 'oplog.missing-data')) throw error
      const fresh = await this.#source.snapshot()
      return newestRows(fresh.state.live.values(), query, open)
    }
  }

  /** Content of the row at an address that a scan of this snapshot gave. @throws oplog.missing-data, oplog.corrupt-data */
  async contentOf({ file: path, row }: RowAddress): Promise<Uint8Array | null> {
    const live = this.state.live.get(path)
    if (live === undefined) throw missingData(path, undefined)
    try {
      return await this.#source.data.contentOf(live, row)
    } catch (error) {
      if (isPondError(error, 'platform.not-found')) throw missingData(path, error)
      throw error
    }
  }

  /** True when a commit above a Delta version, up to this snapshot, carries the transaction id. */
  async hasTransaction(transactionId: string, aboveDeltaVersion: number): Promise<boolean> {
    const known = this.state.tail.commits.find((commit) => commit.transactionId === transactionId)
    if (known !== undefined) return known.version > aboveDeltaVersion
    const last = this.state.tail.checkpoint?.deltaVersion ?? -1
    for (let version = aboveDeltaVersion + 1; version <= last; version++) {
      const commit = await this.#source.log.readCommit(version)
      if (commit === undefined) return this.#hasTransactionRow(transactionId)
      if (isOf(commit, transactionId)) return true
    }
    return false
  }

  /** Whether a pond version was committed above a Delta version. One above the newest is not known: true. */
  async hasCommitAbove(deltaVersion: number): Promise<boolean> {
    if (deltaVersion > this.deltaVersion) return true
    for (let version = deltaVersion + 1; version <= this.deltaVersion; version++) {
      const commit = await this.#source.log.readCommit(version)
      const pond = commit?.commitInfo?.pond
      if (commit === undefined || (pond !== undefined && !('maintenance' in pond))) return true
    }
    return false
  }

  /** Where somebody cleaned the log's past away, the transaction's own row still tells. */
  async #hasTransactionRow(transactionId: string): Promise<boolean> {
    for await (const rows of this.scan({ nodeId: transactionId, operations: ['commit'] })) return rows.length > 0
    return false
  }

  /** Everything a scan will read is opened before it yields, so that it need never take rows back. */
  async #openAll(filter: ScanFilter): Promise<readonly (DecodedFile | OpenedFile)[]> {
    const opened = await openFiles(this.state, filter, this.#source.data)
    if (opened.missing === null) return opened.files
    const fresh = await this.#source.snapshot()
    if (fresh.state.live.has(opened.missing)) throw missingData(opened.missing, opened.cause)
    const again = await openFiles(fresh.state, filter, this.#source.data)
    if (again.missing === null) return again.files
    throw missingData(again.missing, again.cause)
  }

  async #openOne(file: LiveFile): Promise<DecodedFile | OpenedFile> {
    try {
      return await this.#source.data.open(file)
    } catch (error) {
      if (isPondError(error, 'platform.not-found')) throw missingData(file.path, error)
      throw error
    }
  }
}

type Opened =
  | { readonly missing: null; readonly files: readonly (DecodedFile | OpenedFile)[] }
  | { readonly missing: string; readonly cause: unknown }

async function openFiles(state: TableState, filter: ScanFilter, data: DataFiles): Promise<Opened> {
  const wanted = [...state.live.values()].filter((file) => mayHold(file, filter))
  const files: (DecodedFile | OpenedFile)[] = []
  for (let start = 0; start < wanted.length; start += OPEN_AT_ONCE) {
    const some = wanted.slice(start, start + OPEN_AT_ONCE)
    const results = await Promise.allSettled(some.map((file) => data.open(file)))
    for (const result of results) if (result.status === 'fulfilled') files.push(result.value)
    const failed = results.findIndex((result) => result.status === 'rejected')
    if (failed < 0) continue
    await closeAll(files)
    const cause: unknown = (results[failed] as PromiseRejectedResult).reason
    if (isPondError(cause, 'platform.not-found')) return { missing: some[failed]!.path, cause }
    throw cause
  }
  return { missing: null, files }
}

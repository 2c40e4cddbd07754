/** The oplog table: a Delta table of filesystem operations. */
import type { Micros } from '../../shared/model'
import type { Storage } from '../platform/storage'
import type { World } from '../platform/world'
import type { OplogRow } from './row'
import type { Snapshot } from './snapshot'

/** What of the world the table needs; the storage comes apart, because a pond may look at several. */
export type OplogWorld = Pick<World, 'clock' | 'random' | 'log'>

/** The pond's side of a commit, kept in `commitInfo.pond`. */
export interface PondCommit {
  readonly version: number
  readonly transactionId: string
  readonly committedAtUs: Micros
}

export interface CommitInput {
  readonly on: Snapshot
  readonly rows: readonly OplogRow[]
  readonly pond: PondCommit
  readonly operation: string
  readonly parameters?: Readonly<Record<string, string>>
}

export type CommitResult =
  | { readonly outcome: 'committed'; readonly snapshot: Snapshot; readonly bytesWritten: number; readonly rows: number; readonly files: number }
  | { readonly outcome: 'superseded'; readonly snapshot: Snapshot; readonly by: 'rearrangement' | 'other' }

export interface Compaction {
  readonly filesBefore: number
  readonly filesAfter: number
  readonly rows: number
}

export declare class OplogTable {
  static create(storage: Storage, folder: string, world: OplogWorld, options?: { readonly pondId?: string }): Promise<OplogTable>
  static open(storage: Storage, folder: string, world: OplogWorld): Promise<OplogTable>
  snapshot(): Promise<Snapshot>
  commit(input: CommitInput): Promise<CommitResult>
  checkpointDue(snapshot: Snapshot): boolean
  checkpoint(snapshot: Snapshot): Promise<{ readonly deltaVersion: number; readonly bytes: number }>
  compactionDue(snapshot: Snapshot): boolean
  compact(snapshot: Snapshot, options: { readonly underLock: <T>(work: () => Promise<T>) => Promise<T> }): Promise<Compaction | 'nothing' | 'superseded'>
  close(): Promise<void>
}

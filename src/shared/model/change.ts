/** What differs between two moments, what is pending, and what became of it. */
import type { FileType } from './entry'
import type { OperationKind } from './history'
import type { Micros, Version } from './moment'

export const CHANGE_KINDS = ['added', 'modified', 'deleted', 'renamed'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** A net difference of one path between two moments. */
export interface Change {
  readonly path: string
  /** Where it was, if that was elsewhere: of `renamed`, and of `modified` below a directory that was moved. */
  readonly oldPath: string | null
  readonly nodeId: string
  readonly fileType: FileType
  readonly change: ChangeKind
  readonly sizeBefore: number | null
  readonly sizeAfter: number | null
  readonly sha256Before: string | null
  readonly sha256After: string | null
}

export interface ChangeCounts {
  readonly added: number
  readonly modified: number
  readonly deleted: number
  readonly renamed: number
}

export interface Status {
  readonly version: Version
  readonly transactionId: string | null
  readonly pendingOperations: number
  readonly totalNodes: number
  readonly lastCommit: Micros | null
  /** Bytes that the pending operations hold in memory (content is on disk). */
  readonly memoryUsageBytes: number
  /** Net changes: what a commit would show. */
  readonly counts: ChangeCounts
  /** Pending operations on entries that are as they were all the same, or came and went. */
  readonly withoutEffect: number
  /** Pending operations that do not hold on the newest version: a commit would name them and do nothing. */
  readonly conflicts: readonly Conflict[]
  /** Operations that `undo` would bring back now, or take back where they displaced others. */
  readonly undoable: number
}

/** Why one pending operation cannot be applied to the current head. */
export interface Conflict {
  readonly seq: number
  readonly operation: OperationKind
  readonly path: string
  readonly reason: string
}

export type CommitOutcome =
  | {
      readonly outcome: 'committed'
      readonly version: Version
      readonly transactionId: string
      readonly operationsCommitted: number
      /** Paths of operations that were not asked for, but that those asked for depend on. */
      readonly alsoCommitted: readonly string[]
      readonly bytesWritten: number
      /** Rows in the transaction's data files. */
      readonly recordBatchSize: number
      readonly durationUs: number
    }
  | { readonly outcome: 'nothing-to-commit'; readonly version: Version }
  | { readonly outcome: 'conflict'; readonly version: Version; readonly conflicts: readonly Conflict[] }

export interface RestoreOutcome {
  readonly nodesRestored: number
  readonly staged: number
  readonly durationUs: number
  /** What was restored to, e.g. `version 3`. */
  readonly target: string
  /** Paths, as they were, of entries whose pending changes gave way; `undo` brings those back. */
  readonly displaced: readonly string[]
}

export interface UndoOutcome {
  /** Operations that are pending again, or that were taken back. */
  readonly restored: number
  /** Set where they were taken back, because they had displaced others. */
  readonly takenBack?: boolean
}

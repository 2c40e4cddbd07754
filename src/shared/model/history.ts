/** What was committed: versions, and the operations of each. */
import type { ChangeCounts, ChangeKind } from './change'
import type { FileType } from './entry'
import type { Micros, Version } from './moment'

export const OPERATION_KINDS = ['create', 'update', 'append', 'delete', 'rename'] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

/** One committed transaction. */
export interface LogEntry {
  readonly version: Version
  readonly committedAt: Micros
  readonly author: string
  readonly message: string
  readonly command: string
  readonly transactionId: string
  readonly operations: number
  readonly counts: ChangeCounts
  readonly bytesDelta: number
  readonly isHead: boolean
}

/** One operation as it was recorded in a version (or is staged, with `version` null). */
export interface OperationRecord {
  readonly version: Version | null
  /** Order within the transaction, from 0; the journal's sequence while pending. */
  readonly seq: number
  readonly operation: OperationKind
  readonly path: string
  readonly oldPath: string | null
  readonly nodeId: string
  readonly fileType: FileType
  readonly nodeVersion: number
  readonly size: number | null
  readonly sha256: string | null
  readonly at: Micros
}

/** One version of one entry, newest first in lists; `version` null is the pending one. */
export interface FileVersion {
  /** As it was then. */
  readonly path: string
  /** Where it was before, of `renamed`: by a move of its own, or of a directory above it. */
  readonly oldPath: string | null
  readonly version: Version | null
  readonly nodeVersion: number
  readonly change: ChangeKind
  readonly size: number | null
  readonly sha256: string | null
  readonly author: string | null
  readonly committedAt: Micros | null
  readonly message: string | null
}

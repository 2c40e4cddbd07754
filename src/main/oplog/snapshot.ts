/** The table at one Delta version. */
import type { Micros } from '../../shared/model'
import type { AddressedRow, OplogRow, RowAddress } from './row'

/** A live Parquet file of the table. Bounds are of the column part_id and may be wider than the truth. */
export interface DataFile {
  /** Decoded, relative to the table's folder. */
  readonly path: string
  readonly size: number
  readonly rows: number
  readonly modificationMs: number
  readonly minPartId: string | null
  readonly maxPartId: string | null
}

/** What rows a scan is about; conditions are joined by "and", an absent one holds for all. */
export interface ScanFilter {
  readonly partId?: string
  readonly nodeId?: string
  readonly nodeIds?: ReadonlySet<string>
  readonly operations?: readonly string[]
  /** txn_seq <= this. */
  readonly txnSeqUpTo?: number
  /** txn_seq > this. */
  readonly txnSeqAbove?: number
  /** Whether to read content, or of which rows (asked with content still null). Default false. */
  readonly content?: boolean | ((row: OplogRow) => boolean)
}

export declare class Snapshot {
  readonly deltaVersion: number
  readonly pondVersion: number
  readonly lastCommittedAt: Micros
  readonly lastTransactionId: string | null
  readonly foreign: { readonly deltaVersion: number; readonly reason: string } | null
  readonly files: readonly DataFile[]
  scan(filter?: ScanFilter): AsyncGenerator<readonly AddressedRow[]>
  contentOf(address: RowAddress): Promise<Uint8Array | null>
  hasTransaction(transactionId: string, aboveDeltaVersion: number): Promise<boolean>
}

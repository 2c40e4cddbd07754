/** The row of the oplog table in memory: one filesystem operation. Columns as docs/formats.md draws them. */
import type { Micros } from '../../../shared/model'

export interface OplogRow {
  readonly partId: string
  readonly nodeId: string
  readonly fileType: string
  readonly timestamp: Micros
  readonly version: number
  /** Null when the bytes are in a file of their own, or when the scan left content out. */
  readonly content: Uint8Array | null
  readonly sha256: string | null
  readonly size: number | null
  readonly minEventTime: Micros | null
  readonly maxEventTime: Micros | null
  /** JSON object text. */
  readonly extendedAttributes: string | null
  readonly txnSeq: number
  readonly operation: string
  readonly name: string | null
  readonly path: string | null
}

/** What the order of rows in a data file goes by. */
export type RowKey = Pick<OplogRow, 'partId' | 'nodeId' | 'version'>

/** A row that is made when it is written: where there are many, they need not be in memory together. */
export interface LaterRow extends RowKey {
  /** About how many bytes the row will take in memory. */
  readonly bytes: number
  /** The row with this key; the same each time. */
  make(): Promise<OplogRow>
}

/** Where a row is, so that its content can be fetched later: a live data file and a row of it. */
export interface RowAddress {
  /** Decoded path of the `add`, relative to the table. */
  readonly file: string
  readonly row: number
}

export type AddressedRow = OplogRow & { readonly address: RowAddress }

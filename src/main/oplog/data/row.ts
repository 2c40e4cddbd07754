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

/** Where a row is, so that its content can be fetched later: a live data file and a row of it. */
export interface RowAddress {
  /** Decoded path of the `add`, relative to the table. */
  readonly file: string
  readonly row: number
}

export type AddressedRow = OplogRow & { readonly address: RowAddress }

/** The oplog: a Delta table of filesystem operations, over `platform/storage`. */
export type { CommitInput, CommitResult, PondCommit } from './commit'
export type { Compaction, CompactOptions } from './compact'
export type { OplogWorld } from './log'
export type { AddressedRow, OplogRow, RowAddress } from './row'
export type { ScanFilter } from './scan'
export { Snapshot, type DataFile } from './snapshot'
export { OplogTable } from './table'
export { OPLOG_COLUMNS, OPLOG_TABLE, type OplogColumn } from './tables/oplog-table'

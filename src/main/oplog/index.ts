/** The oplog: a Delta table of filesystem operations, over `platform/storage`. */
export type { AddressedRow, OplogRow, RowAddress } from './row'
export { Snapshot, type DataFile, type ScanFilter } from './snapshot'
export { OplogTable, type CommitInput, type CommitResult, type Compaction, type OplogWorld, type PondCommit } from './table'

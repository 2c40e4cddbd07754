/** tinyfs kept in the oplog: committed views, the pending overlay, the journal and blobs. */
export type { AppliedOperation, NodeDifference, NodeEnd, Refusal } from './applied'
export { blobFiles, type BlobFile } from './blob-files'
export { blobPath, moveBlobs, OLD_BLOBS_FOLDER, type MovingBlob } from './blob-places'
export { Blobs } from './blobs'
export { dependencies, dependents } from './dependencies'
export { decodeEntries, ENTRIES_TABLE } from './directory'
export { changesOf, countChanges, differences, pathsOf, type Comparable } from './diff'
export { createJournal } from './journal'
export { compareInstants, instantOf, movesAbove, type MoveAbove } from './moves-above'
export { allRows, nodeRows, type NodeLead } from './node-rows'
export { parseAttributes, sameContent, type NodeState } from './node-state'
export {
  hasBlob,
  hasInlineContent,
  INLINE_LIMIT,
  ROOT_ID,
  TRANSACTIONS_ID,
  type Operation,
  type StagedContent,
} from './operation'
export { Overlay } from './overlay'
export { Pending } from './pending'
export { operationRows, transactionRows, type Transaction, type TransactionRows } from './rows'
export { salvageJournal, type Salvaged } from './salvage'
export { contentBytes, contentHash, seriesFacts, type SeriesFacts } from './series'
export { seriesParts, type SeriesPart } from './series-parts'
export { seriesContent, type SeriesContent } from './series-content'
export { StagingBackend, type OperationDraft, type PreparedContent } from './stage'
export { isNodeRow, View } from './view'

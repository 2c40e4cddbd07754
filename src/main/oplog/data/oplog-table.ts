/**
 * The oplog's table type: the columns of a row of the oplog and the field of `OplogRow` each one is.
 * Order of columns is order on disk.
 */
import type { OplogRow, RowKey } from './row'
import type { Column, TableType } from '../../tables'

type OplogColumnType = 'string' | 'long' | 'timestamp' | 'binary'

export interface OplogColumn extends Column {
  readonly type: OplogColumnType
  readonly field: keyof OplogRow
  /** Delta's `stats` carry minimum, maximum and null count of the column. */
  readonly statistics: boolean
  /** Null is damage. Declared nullable all the same: readers of Delta differ on anything else. */
  readonly required: boolean
}

function column(
  name: string,
  field: keyof OplogRow,
  type: OplogColumnType,
  options: { readonly statistics?: boolean; readonly required?: boolean } = {},
): OplogColumn {
  return {
    name,
    field,
    type,
    nullable: true,
    statistics: options.statistics ?? false,
    required: options.required ?? false,
  }
}

const KEY = { statistics: true, required: true }

export const OPLOG_COLUMNS: readonly OplogColumn[] = [
  column('part_id', 'partId', 'string', KEY),
  column('node_id', 'nodeId', 'string', KEY),
  column('file_type', 'fileType', 'string', KEY),
  column('timestamp', 'timestamp', 'timestamp', KEY),
  column('version', 'version', 'long', KEY),
  column('content', 'content', 'binary'),
  column('sha256', 'sha256', 'string'),
  column('size', 'size', 'long', { statistics: true }),
  column('min_event_time', 'minEventTime', 'long', { statistics: true }),
  column('max_event_time', 'maxEventTime', 'long', { statistics: true }),
  column('extended_attributes', 'extendedAttributes', 'string'),
  column('txn_seq', 'txnSeq', 'long', KEY),
  column('operation', 'operation', 'string', KEY),
  column('name', 'name', 'string'),
  column('path', 'path', 'string'),
]

export const OPLOG_TABLE: TableType = { name: 'oplog', columns: OPLOG_COLUMNS }

/** The order of rows within a data file: what makes a directory's rows lie together. */
export function compareRows(a: RowKey, b: RowKey): number {
  return compareText(a.partId, b.partId) || compareText(a.nodeId, b.nodeId) || a.version - b.version
}

/** Ids are ASCII, for which the order of UTF-16 units is the order of bytes. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Where a data file has its content, as its footer tells: how much there is, and what is read together. */
import type { ColumnChunk, FileMetaData, RowGroup } from 'hyparquet'
import type { RowRange } from './parquet-read'
import { OPLOG_COLUMNS } from './oplog-table'

const CONTENT = OPLOG_COLUMNS.find((column) => column.type === 'binary')!

/** Content read at once where a file says where its pages are. */
const STRETCH_BYTES = 256 * 1024
const STRETCH_ROWS = 4_096
/** Without that, a row group's content is read whole for any row of it, and kept if it is no more than this. */
const WHOLE_BYTES = 4 * 1024 * 1024

/** Bytes of one row's content, on average, before compression. */
export function averageContentBytes({ num_rows: rows, row_groups: groups }: FileMetaData): number {
  return Number(rows) === 0 ? 0 : groups.reduce((sum, group) => sum + contentBytes(group), 0) / Number(rows)
}

/** The rows whose content is read together with that of a row. */
export function stretchAt(metadata: FileMetaData, row: number): RowRange {
  let groupStart = 0
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows)
    if (row < groupEnd) {
      const bytes = contentBytes(group)
      if (contentChunk(group)?.offset_index_offset === undefined && bytes <= WHOLE_BYTES)
        return { rowStart: groupStart, rowEnd: groupEnd }
      const average = Math.max(1, bytes / (groupEnd - groupStart))
      const rows = Math.max(1, Math.min(STRETCH_ROWS, Math.floor(STRETCH_BYTES / average)))
      const rowStart = row - ((row - groupStart) % rows)
      return { rowStart, rowEnd: Math.min(groupEnd, rowStart + rows) }
    }
    groupStart = groupEnd
  }
  // No row of the file: reading it says so.
  return { rowStart: row, rowEnd: row + 1 }
}

function contentBytes(group: RowGroup): number {
  return Number(contentChunk(group)?.meta_data?.total_uncompressed_size ?? 0)
}

function contentChunk({ columns }: RowGroup): ColumnChunk | undefined {
  return columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === CONTENT.name)
}

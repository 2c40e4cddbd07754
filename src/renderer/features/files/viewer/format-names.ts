/** What people call the formats that read as tables. */
import type { TableFormat } from '../../../../shared/model'

export const TABLE_FORMAT_NAMES: Readonly<Record<TableFormat, string>> = {
  parquet: 'Parquet',
  csv: 'CSV',
  json: 'JSON',
  jsonl: 'JSON lines',
  arrow: 'Arrow',
  xlsx: 'Excel',
}

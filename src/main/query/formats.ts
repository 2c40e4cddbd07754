/** How a file reads as a table: told by its name first, then by its first bytes. */
import type { PlannedFormat, TableFormat } from '../../shared/model'
import type { TableFile } from './source'

const EXTENSIONS: Readonly<Record<string, TableFormat>> = {
  parquet: 'parquet',
  pq: 'parquet',
  csv: 'csv',
  tsv: 'csv',
  tab: 'csv',
  psv: 'csv',
  json: 'json',
  geojson: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  arrow: 'arrow',
  arrows: 'arrow',
  feather: 'arrow',
  xlsx: 'xlsx',
  xlsm: 'xlsx',
}
/** The second is of files whose footer is encrypted. */
const PARQUET_MAGICS = ['PAR1', 'PARE']
const COMPRESSIONS: Readonly<Record<string, string>> = { gz: 'gzip', gzip: 'gzip', zst: 'zstd', zstd: 'zstd' }

/**
 * The format in which a file of this name and with these first bytes reads as a table, null when it
 * does not look like one. A text file is only a table if its name says so.
 */
export function isTablePath(name: string, head: Uint8Array): TableFormat | null {
  if (PARQUET_MAGICS.includes(String.fromCharCode(...head.subarray(0, 4)))) return 'parquet'
  const format = formatOfName(name)
  return format === 'parquet' && head.length > 0 ? null : format
}

/** The format of a file whose name does not tell it. Parquet begins with its mark; everything else is text. */
export async function formatOfContent(file: Pick<TableFile, 'open'>): Promise<'parquet' | 'csv'> {
  const bytes = await file.open()
  try {
    const head = await bytes.read(0, 4)
    return PARQUET_MAGICS.includes(String.fromCharCode(...head)) ? 'parquet' : 'csv'
  } finally {
    await bytes.close()
  }
}

export function isTextFormat(format: TableFormat): format is PlannedFormat {
  return format !== 'parquet' && format !== 'arrow'
}

export function formatOfName(name: string): TableFormat | null {
  return EXTENSIONS[extensionOf(withoutCompression(name))] ?? null
}

/** What a reader must be told, because the host file's name does not show it. */
export function compressionOfName(name: string): string | null {
  return COMPRESSIONS[extensionOf(name)] ?? null
}

/** The separator that the name of a text table promises; null leaves it to DuckDB. */
export function delimiterOfName(name: string): string | null {
  const extension = extensionOf(withoutCompression(name))
  return extension === 'tsv' || extension === 'tab' ? '\\t' : extension === 'psv' ? '|' : null
}

function withoutCompression(name: string): string {
  return compressionOfName(name) === null ? name : name.slice(0, name.lastIndexOf('.'))
}

function extensionOf(name: string): string {
  const base = name.slice(name.lastIndexOf('/') + 1)
  const dot = base.lastIndexOf('.')
  return dot < 0 ? '' : base.slice(dot + 1).toLowerCase()
}

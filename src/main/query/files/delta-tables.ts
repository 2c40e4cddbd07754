/**
 * `delta('/folder')`: a Delta table that is stored in the pond, at the newest version that its own log has, as
 * a view over its live files. DuckDB's extension is not there, and would not see the pond's files.
 */
import { isPondError, PondError } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import { readDeltaTable, type DeltaTable } from '../../oplog'
import type { ReadableFile } from './path-tables'
import type { PondFiles } from './pond-files'
import { quoteName, quoteText } from '../engine/quote'
import type { Place } from '../sql/scan'
import type { QuerySource, TableFile } from '../source'

const DELTA_LOG = '_delta_log'

/** @throws query.not-a-table where the path is none; oplog.unsupported, oplog.corrupt-log; query.no-such-file */
export async function deltaTable(
  source: QuerySource,
  path: string,
  { files, place }: { readonly files: PondFiles; readonly place: Place | null },
): Promise<{ readonly sql: string; readonly files: readonly ReadableFile[] }> {
  const folder = path.replace(/(?<=.)\/+$/, '')
  const table = await readDeltaTable(await logOf(source, folder, place), folder)
  const readable: ReadableFile[] = []
  for (const file of table.files) {
    readable.push(...(await files.readable(source, `${folder}/${file.path}`, place)))
  }
  return { sql: selectOf(table, readable), files: readable }
}

async function logOf(
  source: QuerySource,
  folder: string,
  place: Place | null,
): Promise<{ readonly names: readonly string[]; read(name: string): Promise<Uint8Array> }> {
  const log = `${folder}/${DELTA_LOG}`
  const byName = new Map<string, TableFile>()
  try {
    const listed = await source.list(log)
    for (const { name, fileType } of listed) {
      if (!fileType.startsWith('file:')) continue
      const [file] = await source.tables(`${log}/${name}`)
      if (file !== undefined) byName.set(name, file)
    }
  } catch (error) {
    if (!isPondError(error) || !error.code.startsWith('tinyfs.')) throw error
    const message = `${quote(folder)} is no Delta table of the pond: it has no directory ${DELTA_LOG}`
    throw new PondError('query.not-a-table', message, { ...place, path: folder, candidates: [] }, error)
  }
  return {
    names: [...byName.keys()],
    read: async (name) => {
      const reader = await byName.get(name)!.open()
      try {
        return await reader.read(0, reader.size)
      } finally {
        await reader.close()
      }
    },
  }
}

/** One part for each file: what types its columns have is its own affair, and instants are in UTC. */
function selectOf({ columns, partitionColumns, files }: DeltaTable, readable: readonly ReadableFile[]): string {
  const partitions = new Set(partitionColumns)
  const own = columns.filter(({ name }) => !partitions.has(name))
  // Gives a file the columns that it lacks, of a type that any of its own is cast to or stays.
  const lacking = own.map(({ name, type }) => `NULL::${emptyType(type)} AS ${quoteName(name)}`)
  const none = `SELECT ${[...lacking, 'NULL AS "$none"'].join(', ')} WHERE false`
  const parts = files.map(({ partitionValues }, index) => {
    const rows = `SELECT * FROM read_parquet(${quoteText(readable[index]!.hostPath)}, hive_partitioning = false)`
    const values = columns.map(({ name, type }) =>
      partitions.has(name)
        ? `${partitionValue(partitionValues[name] ?? null, type)} AS ${quoteName(name)}`
        : `${ownValue(name, type)} AS ${quoteName(name)}`,
    )
    return `SELECT ${values.join(', ')} FROM (${rows} UNION ALL BY NAME ${none})`
  })
  if (parts.length > 0) return parts.join('\nUNION ALL\n')
  const empty = columns.map(({ name, type }) => `NULL::${duckdbTypeOf(type) ?? 'VARCHAR'} AS ${quoteName(name)}`)
  return `SELECT ${empty.join(', ')} WHERE false`
}

function ownValue(name: string, type: unknown): string {
  const column = quoteName(name)
  if (type === 'timestamp') return `make_timestamptz(epoch_us(${column}))`
  if (type === 'timestamp_ntz') return `make_timestamp(epoch_us(${column}))`
  const known = duckdbTypeOf(type)
  return known === null ? column : `${column}::${known}`
}

/** Nothing has a type until it is joined with something. */
function emptyType(type: unknown): string {
  if (type === 'timestamp' || type === 'timestamp_ntz') return 'TIMESTAMP'
  return duckdbTypeOf(type) ?? '"NULL"'
}

function partitionValue(value: string | null, type: unknown): string {
  const known = duckdbTypeOf(type) ?? 'VARCHAR'
  if (value === null || (value === '' && type !== 'string')) return `NULL::${known}`
  if (type === 'timestamp' && !/(Z|[+-]\d\d:?\d\d)$/.test(value)) return `${quoteText(`${value}+00`)}::TIMESTAMPTZ`
  return `${quoteText(value)}::${known}`
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  long: 'BIGINT',
  integer: 'INTEGER',
  short: 'SMALLINT',
  byte: 'TINYINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  binary: 'BLOB',
  date: 'DATE',
  timestamp: 'TIMESTAMPTZ',
  timestamp_ntz: 'TIMESTAMP',
}

/** Null for nested types, which stay as the file has them. */
function duckdbTypeOf(type: unknown): string | null {
  if (typeof type !== 'string') return null
  if (/^decimal\(\d+,\s*\d+\)$/.test(type)) return type
  return TYPES[type] ?? null
}

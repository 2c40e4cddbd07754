/**
 * Which rows of a table make one page: as many as asked for, and no more than fit into a bound of bytes.
 * A row that alone is larger is a page of its own, so that whoever asks for what follows always comes on.
 */
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api'
import { TypeId } from '../engine/duckdb-types'

/** Of values, as they are counted here: what a page has in memory, and on its way, is a small multiple. */
const PAGE_BYTES = 4 * 1024 * 1024
/** More than any value of a fixed size needs. */
const FIXED_BYTES = 16

/** Types whose values are of a fixed size, or names that are short. */
const BOUNDED: ReadonlySet<number> = new Set([
  TypeId.BOOLEAN,
  TypeId.TINYINT,
  TypeId.SMALLINT,
  TypeId.INTEGER,
  TypeId.BIGINT,
  TypeId.UTINYINT,
  TypeId.USMALLINT,
  TypeId.UINTEGER,
  TypeId.UBIGINT,
  TypeId.FLOAT,
  TypeId.DOUBLE,
  TypeId.DATE,
  TypeId.TIME,
  TypeId.TIME_NS,
  TypeId.TIMESTAMP,
  TypeId.TIMESTAMP_TZ,
  TypeId.TIMESTAMP_S,
  TypeId.TIMESTAMP_MS,
  TypeId.TIMESTAMP_NS,
  TypeId.INTERVAL,
  TypeId.DECIMAL,
])

export interface PageWindow {
  /** Qualified and quoted; its rowids count up from 0, and its columns are c0, c1, ... of these types. */
  readonly table: string
  readonly types: readonly DuckDBType[]
  /** Half-open. */
  readonly from: number
  readonly to: number
}

/** Where the page ends: between `from` and `to`, and beyond `from` unless they are the same. */
export async function endOfPage(reader: DuckDBConnection, window: PageWindow): Promise<number> {
  const { table, types, from, to } = window
  if (to <= from) return from
  const fixed = FIXED_BYTES * Math.max(types.length, 1)
  const sizes = types.flatMap((type, index) => sizeOf(type, `c${index}`) ?? [])
  if (sizes.length === 0) return Math.min(to, from + Math.max(1, Math.floor(PAGE_BYTES / fixed)))
  // A list, for a sum of a thousand terms is deeper than DuckDB parses.
  const size = `list_sum([${[String(fixed), ...sizes.map((each) => `coalesce(${each}, 0)`)].join(', ')}])`
  const found = await reader.runAndReadAll(
    `SELECT count(*) FROM (
       SELECT sum(size) OVER (ORDER BY row) AS total FROM (
         SELECT rowid AS row, ${size} AS size FROM ${table} WHERE rowid >= ${from} AND rowid < ${to}))
     WHERE total <= ${PAGE_BYTES}`,
  )
  return from + Math.max(1, Number(found.value(0, 0)))
}

/** SQL of the bytes of a value, null where its type bounds them. */
function sizeOf({ typeId }: DuckDBType, column: string): string | null {
  if (BOUNDED.has(typeId as number)) return null
  if ((typeId as number) === TypeId.BLOB) return `octet_length(${column})`
  return `strlen(${(typeId as number) === TypeId.VARCHAR ? column : `${column}::VARCHAR`})`
}

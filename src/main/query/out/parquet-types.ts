/**
 * What a result is cast to before it becomes Parquet, so that nothing is rounded on the way: DuckDB would
 * write integers of 128 bits as doubles, intervals in milliseconds, and times without their zone. What
 * Arrow has no twin for is text in Parquet, too, nested or not.
 */
import type { DuckDBType } from '@duckdb/node-api'
import { TypeId } from '../engine/duckdb-types'
import { partsOf } from './arrow-types'
import { quoteName } from '../engine/quote'

const EXACT: ReadonlySet<number> = new Set([
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
  TypeId.TIMESTAMP,
  TypeId.TIMESTAMP_TZ,
  TypeId.TIMESTAMP_S,
  TypeId.TIMESTAMP_MS,
  TypeId.TIMESTAMP_NS,
  TypeId.DATE,
  TypeId.TIME,
  TypeId.TIME_NS,
  TypeId.VARCHAR,
  TypeId.BLOB,
  TypeId.DECIMAL,
  TypeId.UUID,
  TypeId.SQLNULL,
])

/** The type, as SQL writes it, whose values Parquet holds exactly; undefined when the type itself is one. */
export function parquetType(type: DuckDBType): string | undefined {
  if (EXACT.has(type.typeId as number)) return undefined
  const parts = partsOf(type)
  const held = (inner: DuckDBType): string => parquetType(inner) ?? inner.toString()
  switch (parts?.kind) {
    case 'list':
      return changed(parts.item) ? `${held(parts.item)}[]` : undefined
    case 'array':
      return changed(parts.item) ? `${held(parts.item)}[${parts.length}]` : undefined
    case 'struct': {
      if (!parts.fields.some((field) => changed(field.type))) return undefined
      return `STRUCT(${parts.fields.map((field) => `${quoteName(field.name)} ${held(field.type)}`).join(', ')})`
    }
    case 'map':
      if (!changed(parts.key) && !changed(parts.value)) return undefined
      return `MAP(${held(parts.key)}, ${held(parts.value)})`
    default:
      return 'VARCHAR'
  }
}

/** What to write around a query whose columns Parquet does not all hold; two empty texts where it does. */
export function aroundQuery(columns: readonly { readonly name: string; readonly type: DuckDBType }[]): {
  readonly head: string
  readonly tail: string
} {
  const types = columns.map(({ type }) => parquetType(type))
  if (types.every((type) => type === undefined)) return { head: '', tail: '' }
  const list = columns.map(({ name }, index) => {
    const type = types[index]
    return `${type === undefined ? `c${index}` : `CAST(c${index} AS ${type})`} AS ${quoteName(name)}`
  })
  return { head: `SELECT ${list.join(', ')} FROM (\n`, tail: `\n) r(${columns.map((_, i) => `c${i}`).join(', ')})` }
}

function changed(type: DuckDBType): boolean {
  return parquetType(type) !== undefined
}

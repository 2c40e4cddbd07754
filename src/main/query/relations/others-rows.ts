/**
 * A data file that another engine wrote, as a part of the rows: each column is cast from the type that this
 * very file has. Where the types came from the first file of many, an instant without a zone was taken for
 * local time, or was read in another unit: Spark writes INT96, Trino milliseconds without a zone.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { OPLOG_COLUMNS } from '../../oplog'
import { duckdbType } from '../../tables'
import { quoteName, quoteText } from '../engine/quote'

/** A statement that gives the table's columns in their order. */
export async function othersRows(
  connection: DuckDBConnection,
  file: string,
  partition: Readonly<Record<string, string | null>>,
): Promise<string> {
  const source = `read_parquet(${quoteText(file)}, hive_partitioning = false)`
  const described = await connection.runAndReadAll(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${source})`)
  const there = new Set(described.getRows().map(([name]) => String(name)))
  const columns = OPLOG_COLUMNS.map(({ name, type }) => {
    const column = quoteName(name)
    if (!there.has(name)) {
      const value = partition[name] ?? null
      return `${value === null ? 'NULL' : quoteText(value)}::${duckdbType(type)} AS ${column}`
    }
    // Instants are in UTC, whether the file says so or not.
    if (type === 'timestamp') return `make_timestamptz(epoch_us(${column})) AS ${column}`
    return `${column}::${duckdbType(type)} AS ${column}`
  })
  return `SELECT ${columns.join(', ')} FROM ${source}`
}

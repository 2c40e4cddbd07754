/**
 * Columns that a misspelt one may have meant, where DuckDB suggests none: of a view, which every file and
 * relation of the pond is, when the column is written with its table before it.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { PondError } from '../../../shared/errors'
import { nearest } from '../../../shared/nearest'
import { columnsOf } from './comparisons'
import type { References } from '../sql/references'
import { quoteName } from '../engine/quote'
import { textOf } from '../sql/syntax-tree'

/** The same failure, with candidates if there are some. */
export async function withColumns(
  failure: PondError,
  { tables }: References,
  connection: DuckDBConnection,
): Promise<PondError> {
  const [, table, column] = /^Table "(.+)" does not have a column named "(.+)"$/.exec(failure.message) ?? []
  const known = failure.detail['candidates'] as readonly string[] | undefined
  if (table === undefined || column === undefined || (known !== undefined && known.length > 0)) return failure
  const meant = tables.find(({ node, name }) => (textOf(node['alias']) || name).toLowerCase() === table.toLowerCase())
  if (meant === undefined) return failure
  const path = [meant.schema, meant.name].filter((part) => part !== '').map(quoteName)
  // A suggestion is a courtesy: what has another name by now has none.
  const columns = await columnsOf(connection, `FROM ${path.join('.')}`).catch(() => [])
  const candidates = nearest(
    column,
    columns.map(({ name }) => name),
  )
  return new PondError(failure.code, failure.message, { ...failure.detail, candidates }, failure.cause)
}

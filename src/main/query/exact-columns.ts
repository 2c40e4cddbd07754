/**
 * Whether the text of a column survives the type that it is read as. DuckDB takes long integers as doubles
 * where a fraction stands beside them, and cuts instants to the microsecond; both are found in the text
 * here, before anything is written. Relies on the caller for a call that reads columns as they stand.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column } from '../../shared/model'
import { quoteName, quoteText } from './scan'

/** A value that its column's type would change. */
export interface Changed {
  readonly column: string
  readonly type: string
  /** Of the table, from 1, without the header. */
  readonly row: number
  readonly value: string
  /** No value of the column has a fraction: as text, all of them stay what they are. */
  readonly isAllIntegers: boolean
}

/** `text` names the columns to read as text and gives what stands after FROM. In the order of the columns. */
export async function changedValues(
  connection: DuckDBConnection,
  columns: readonly Column[],
  text: (names: readonly string[]) => string,
): Promise<readonly Changed[]> {
  const suspects = columns.flatMap((column) => {
    const changes = changesValue(column)
    return changes === null ? [] : [{ ...column, changes }]
  })
  if (suspects.length === 0) return []
  const from = text(suspects.map(({ name }) => name))
  const counts = suspects.map(({ name, changes }) => `bool_or(${changes}), bool_and(${integer(quoteName(name))})`)
  const [found = []] = (await connection.runAndReadAll(`SELECT ${counts.join(', ')} FROM ${from}`)).getRows()
  const changed: Changed[] = []
  for (const [index, { name, type, changes }] of suspects.entries()) {
    if (found[index * 2] !== true) continue
    const first = await connection.runAndReadAll(
      `SELECT row, value FROM (SELECT row_number() OVER () AS row, ${quoteName(name)} AS value, ${changes} AS changes
       FROM ${from}) WHERE changes ORDER BY row LIMIT 1`,
    )
    const [row, value] = first.getRows()[0]!
    changed.push({
      column: name,
      type,
      row: Number(row),
      value: String(value),
      isAllIntegers: found[index * 2 + 1] === true,
    })
  }
  return changed
}

/** SQL that is true for text that the type would change; null for types that keep all that they take. */
function changesValue({ name, type }: Column): string | null {
  const text = quoteName(name)
  // Seven digits or more of a second, of which those beyond the microsecond are not all zero.
  if (/^TIMESTAMP( |$)/.test(type)) return `regexp_matches(${text}, ':\\d{2}[.]\\d{6}0*[1-9]')`
  if (type !== 'DOUBLE' && type !== 'FLOAT') return null
  // A number of more than 38 digits has no exact type: it counts as changed.
  const back = `TRY_CAST(TRY_CAST(trim(${text}) AS ${type}) AS HUGEINT)`
  return `(${integer(text)} AND coalesce(TRY_CAST(trim(${text}) AS HUGEINT) <> ${back}, true))`
}

function integer(text: string): string {
  return `regexp_full_match(trim(${text}), ${quoteText('[+-]?\\d+')})`
}

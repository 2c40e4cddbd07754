/**
 * Parquet read so that a WHERE means what it says. DuckDB 1.5.6 hands conditions to its reader, and there
 *
 * - changes a constant into the type that the column has in a file, rounding it, where files of other types are united
 *   (duckdb/duckdb#24900): such files are read apart, in their order, and united behind the reader;
 * - believes the least and greatest value that other writers note of a column of fractions, which say nothing of NaN
 *   (duckdb/duckdb#25521): conditions on such columns stay with DuckDB.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteName, quoteText } from '../engine/quote'

const HEAD = 'read_parquet('
const UNITED = ', union_by_name = true, hive_partitioning = false)'

/** What stands after FROM for files that are united by name. */
export function unitedParquet(list: string): string {
  return `${HEAD}${list}${UNITED}`
}

/** The body of a view that reads Parquet, once more as it is to be. */
export async function soundReads(connection: DuckDBConnection, body: string): Promise<string> {
  if (!/\b(read_parquet|parquet_scan)\(/.test(body)) return body
  return withNaN(connection, await readApart(connection, body))
}

/** Lists of our own reads, which are lists of quoted host paths. */
const LISTS =
  /SELECT \* FROM read_parquet\(\[('(?:[^']|'')*'(?:, '(?:[^']|'')*')+)\], union_by_name = true, hive_partitioning = false\)/g

async function readApart(connection: DuckDBConnection, body: string): Promise<string> {
  let result = body
  for (const [whole, list] of body.matchAll(LISTS)) {
    const paths = [...list!.matchAll(/'((?:[^']|'')*)'/g)].map(([, path]) => path!.replaceAll("''", "'"))
    const types = await typesOf(connection, paths)
    const runs: string[][] = []
    let before: string | undefined
    for (const path of paths) {
      const type = types.get(path) ?? ''
      if (type === before) runs.at(-1)!.push(path)
      else runs.push([path])
      before = type
    }
    if (new Set(types.values()).size < 2) continue
    const reads = runs.map((run) => `SELECT * FROM ${unitedParquet(`[${run.map(quoteText).join(', ')}]`)}`)
    result = result.replace(whole, () => `SELECT * FROM (${reads.join('\nUNION ALL BY NAME\n')})`)
  }
  return result
}

/** Of each file, its columns of numbers and times with their types; those of text and bytes are not narrowed. */
async function typesOf(connection: DuckDBConnection, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await connection.runAndReadAll(
    `SELECT file_name, string_agg(lower(name) || chr(31) || concat_ws(' ', type, converted_type, logical_type, scale, precision), chr(30) ORDER BY lower(name))
     FROM parquet_schema([${[...new Set(paths)].map(quoteText).join(', ')}])
     WHERE type IS NOT NULL AND type <> 'BYTE_ARRAY' GROUP BY file_name`,
  )
  const all = found.getRows().map(([file, types]) => [String(file), String(types)] as const)
  // A column that is not there is NULL, and narrows nothing: only those of one name are compared.
  const known = new Map<string, Set<string>>()
  const columnsOf = (types: string): [string, string][] =>
    types.split('\u001e').map((column) => [column.slice(0, column.indexOf('\u001f')), column] as [string, string])
  for (const [, types] of all)
    for (const [name, column] of columnsOf(types)) known.set(name, (known.get(name) ?? new Set()).add(column))
  const mixed = new Set([...known].filter(([, kinds]) => kinds.size > 1).map(([name]) => name))
  return new Map(
    all.map(([file, types]) => [
      file,
      columnsOf(types)
        .filter(([name]) => mixed.has(name))
        .map(([, column]) => column)
        .join(', '),
    ]),
  )
}

/** The same numbers, NaN and the sign of zero included, which no statistics speak of. */
async function withNaN(connection: DuckDBConnection, body: string): Promise<string> {
  const described = await connection.runAndReadAll(`DESCRIBE ${body}`)
  const fractions = described.getRows().filter(([, type]) => type === 'DOUBLE' || type === 'FLOAT')
  if (fractions.length === 0) return body
  const names = fractions.map(([name]) => quoteName(String(name)))
  return `SELECT * REPLACE (${names.map((name) => `-(-${name}) AS ${name}`).join(', ')}) FROM (${body})`
}

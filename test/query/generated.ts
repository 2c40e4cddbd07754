/** Random work on tables in a pond, and random SQL over them: plain data that shrinks and prints. */
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { isPondError } from '../../src/shared/errors'
import type { TestPond } from './pond'

/** A row of every generated table; null where a value is missing. */
export type TableRow = readonly [k: number, v: number | null, s: string | null]

export type TableChange =
  | { readonly kind: 'csv' | 'parquet' | 'append'; readonly path: string; readonly rows: readonly TableRow[] }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }

const CSV = ['/t/a.csv', '/t/b.csv', '/t/deep/c.csv'] as const
const PARQUET = ['/t/a.parquet', '/t/deep/b.parquet'] as const
const SERIES = ['/flow', '/t/level.series'] as const
const ALL = [...CSV, ...PARQUET, ...SERIES] as const

const rows = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 5 }),
    fc.option(fc.integer({ min: -9, max: 99 }), { freq: 4 }),
    fc.option(fc.constantFrom('a', 'b b', 'é', "o'c", '1,5'), { freq: 4 }),
  ),
  { minLength: 1, maxLength: 6 },
)

const change: fc.Arbitrary<TableChange> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('csv'), path: fc.constantFrom(...CSV), rows }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('parquet'), path: fc.constantFrom(...PARQUET), rows }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('append'), path: fc.constantFrom(...SERIES), rows }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rename'), path: fc.constantFrom(...ALL), to: fc.constantFrom(...ALL) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove'), path: fc.constantFrom(...ALL) }) },
)

/** What is done before each commit of a history. */
export const tableHistory = fc.array(fc.array(change, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })

/** Does a change, where it is possible. */
export async function applyTableChange({ pond }: TestPond, change: TableChange): Promise<void> {
  try {
    switch (change.kind) {
      case 'csv':
      case 'parquet': {
        const bytes = change.kind === 'csv' ? csvOf(change.rows) : parquetOf(change.rows)
        const content = await pond.prepare([bytes])
        await pond.stage((fs) => fs.put(change.path, content, { replace: true, parents: true }))
        return
      }
      case 'append': {
        const content = await pond.prepare([parquetOf(change.rows)])
        const facts = { timestampColumn: 'k', rows: change.rows.length }
        const part = { content, facts, minEventTime: null, maxEventTime: null }
        await pond.stage((fs) => fs.append(change.path, part, { parents: true }))
        return
      }
      case 'rename':
        await pond.stage((fs) => fs.rename(change.path, change.to))
        return
      case 'remove':
        await pond.stage((fs) => fs.remove(change.path))
    }
  } catch (error) {
    // Not every random change is possible.
    if (!isPondError(error)) throw error
  }
}

function csvOf(rows: readonly TableRow[]): Uint8Array {
  const cell = (value: number | string | null): string => (value === null ? '' : `"${value}"`)
  return Buffer.from(`k,v,s\n${rows.map(([k, v, s]) => `${k},${v ?? ''},${cell(s)}\n`).join('')}`)
}

function parquetOf(rows: readonly TableRow[]): Uint8Array {
  const columnData = [
    { name: 'k', data: rows.map(([k]) => k), type: 'INT32' as const },
    { name: 'v', data: rows.map(([, v]) => v), type: 'INT32' as const, nullable: true },
    { name: 's', data: rows.map(([, , s]) => s), type: 'STRING' as const, nullable: true },
  ]
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

/** Relations whose rows do not depend on whether they are committed, without the columns that a commit assigns. */
const RELATIONS = [
  `(SELECT size AS k, size % 7 AS v, path AS s FROM pond.files WHERE file_type LIKE 'file:%')`,
  `(SELECT length(name) AS k, length(path) AS v, node_type AS s FROM directory_entries)`,
  `(SELECT version AS k, size AS v, operation || ' ' || path AS s FROM oplog_entries)`,
  `(SELECT size_before AS k, size_after AS v, operation || ' ' || path AS s FROM pond.operations)`,
  `(SELECT size AS k, length(sha256) AS v, change || ' ' || path AS s FROM pond.file_versions)`,
] as const
const FILES = [...ALL, '/t/*.csv', '/t/**/*.parquet', '/t/deep/*'] as const

/** Something with the columns k, v and s. */
const source = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...FILES).map((path) => `'${path}'`) },
  { weight: 2, arbitrary: fc.constantFrom(...RELATIONS) },
)
const condition = fc.constantFrom('k > 1', 'v IS NOT NULL', "s LIKE '%a%'", 'k % 2 = 0', 'true')
const aggregate = fc.constantFrom(
  'count(*)',
  'sum(v)',
  'min(s)',
  'count(DISTINCT s)',
  'max(k)',
  "string_agg(s, '|' ORDER BY s)",
)

/** Statements whose rows have one order. */
export const statement: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(source, condition).map(([from, where]) => `SELECT k, v, s FROM ${from} x WHERE ${where} ORDER BY ALL`),
  fc
    .tuple(source, aggregate, condition)
    .map(([from, what, where]) => `SELECT k, ${what} FROM ${from} x WHERE ${where} GROUP BY k ORDER BY ALL`),
  fc
    .tuple(source, source, fc.constantFrom('JOIN', 'LEFT JOIN', 'FULL JOIN', 'ANTI JOIN'))
    .map(([a, b, join]) => `SELECT a.k, a.v, a.s FROM ${a} a ${join} ${b} b USING (k) ORDER BY ALL LIMIT 200`),
  fc.tuple(source, source).map(([a, b]) => `(SELECT s FROM ${a} x UNION SELECT s FROM ${b} y) ORDER BY ALL`),
  fc
    .tuple(source, condition)
    .map(([from, where]) => `SELECT s, rank() OVER (ORDER BY k, v, s) FROM ${from} x WHERE ${where} ORDER BY ALL`),
)

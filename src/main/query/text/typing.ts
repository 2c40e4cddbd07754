/**
 * Types of the columns of a text table, decided from all its rows: values of its beginning say what a column may
 * be, DuckDB looks whether every row fits, and what does not fit says what it is instead. Rows are looked at in
 * the order of the file, so that threads and machines change nothing.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { columnSql } from './column-sql'
import { decide, type Decided, type Kind, type Rules, type Seen } from './column-kind'
import { quoteText } from '../scan'

export interface TypedColumn {
  /** SQL name of its text in `from`. */
  readonly sql: string
  readonly rules: Rules
  /** Of its first rows. */
  readonly sample: readonly Seen[]
  /** What somebody said it is. */
  readonly said: Kind | null
}

export interface Typed extends Decided {
  /** Of integers: some may have more digits than a double keeps. */
  readonly isLong: boolean
  /** Of a column that somebody said a type of: the first value that is none. */
  readonly misfit: Seen | null
}

const MOST_MISFITS = 20
const MOST_ROUNDS = 8
/** Any integer of so many is exact. */
const DIGITS_OF_DOUBLE = 15

export interface TypingContext {
  readonly connection: DuckDBConnection
  /** What stands after FROM. */
  readonly from: string
  /** Of times that have none. */
  readonly zone: string
}

export async function typeColumns(
  context: TypingContext,
  columns: readonly TypedColumn[],
): Promise<{ readonly rows: number; readonly typed: readonly Typed[] }> {
  const evidence = columns.map(({ sample }) => [...sample])
  const decideAll = (): Decided[] => columns.map((column, index) => decideOne(column, evidence[index]!))
  let decided = withProof(columns, evidence, decideAll())
  let waiting = new Set(columns.keys())
  let rows = 0
  const long = new Set<number>()
  const misfits = new Map<number, Seen>()
  for (let round = 0; waiting.size > 0 || round === 0; round++) {
    const counts = await countMisfits(context, columns, decided, waiting)
    rows = counts.rows
    for (const index of counts.long) long.add(index)
    const failing = counts.failing
    if (failing.length === 0) break
    const before = decided.map(({ kind, nulls }) => JSON.stringify([kind, nulls]))
    for (const index of failing) {
      const found = await findMisfits(context, columns[index]!, decided[index]!)
      if (columns[index]!.said !== null) misfits.set(index, found[0]!)
      else evidence[index]!.push(...found)
    }
    decided = withProof(columns, evidence, decideAll())
    for (const index of failing) {
      const { kind, nulls } = decided[index]!
      const isStuck = round >= MOST_ROUNDS || before[index] === JSON.stringify([kind, nulls])
      if (isStuck && columns[index]!.said === null) {
        const seen = evidence[index]!.at(-1)!
        decided[index] = {
          kind: { is: 'text' },
          nulls: [],
          why: { seen, reason: 'is not what the others are', option: '--types' },
          remarks: [],
        }
      }
    }
    waiting = new Set(
      [...decided.keys()].filter(
        (index) =>
          !misfits.has(index) && JSON.stringify([decided[index]!.kind, decided[index]!.nulls]) !== before[index],
      ),
    )
  }
  const typed = decided.map((each, index) => ({
    ...each,
    isLong: each.kind.is === 'integer' && long.has(index),
    misfit: misfits.get(index) ?? null,
  }))
  return {
    rows,
    typed: typed.map((each) => (each.kind.is === 'unclear-day' ? unclear(each, evidence[typed.indexOf(each)]!) : each)),
  }
}

function decideOne({ said, rules }: TypedColumn, evidence: readonly Seen[]): Decided {
  if (said === null) return decide(evidence, rules)
  const nulls = rules.nulls ?? ['']
  return { kind: said, nulls, why: null, remarks: [] }
}

/** A decimal comma that one column proves holds for the file. */
function withProof(
  columns: readonly TypedColumn[],
  evidence: readonly (readonly Seen[])[],
  decided: Decided[],
): Decided[] {
  const isProven = decided.some(({ kind }) => kind.is === 'fraction' && kind.decimal === ',')
  const isOpposed = decided.some(({ kind }) => kind.is === 'fraction' && kind.decimal === '.' && kind.group === ',')
  if (!isProven || isOpposed) return decided
  return columns.map((column, index) =>
    decideOne({ ...column, rules: { ...column.rules, provenDecimal: ',' } }, evidence[index]!),
  )
}

function unclear(typed: Typed, evidence: readonly Seen[]): Typed {
  const seen = evidence.find(({ text }) => !typed.nulls.includes(text))!
  const reason = 'may be day and month or month and day, and no value says which'
  return { ...typed, kind: { is: 'text' }, nulls: [], why: { seen, reason, option: '--timestamp-format' } }
}

/** SQL that is true for a value that is none. */
export function isNullSql(sql: string, nulls: readonly string[]): string {
  return nulls.length === 0 ? `${sql} IS NULL` : `(${sql} IS NULL OR ${sql} IN (${nulls.map(quoteText).join(', ')}))`
}

async function countMisfits(
  { connection, from, zone }: TypingContext,
  columns: readonly TypedColumn[],
  decided: readonly Decided[],
  waiting: ReadonlySet<number>,
): Promise<{ readonly rows: number; readonly failing: readonly number[]; readonly long: readonly number[] }> {
  const checked = [...waiting].filter((index) => decided[index]!.kind.is !== 'text')
  const counts = checked.map((index) => {
    const { sql } = columns[index]!
    const { kind, nulls } = decided[index]!
    return `count(*) FILTER (WHERE NOT (${isNullSql(sql, nulls)} OR coalesce(${columnSql(kind, sql, zone).fits}, false)))`
  })
  const integers = checked.filter((index) => decided[index]!.kind.is === 'integer')
  const lengths = integers.map((index) => `max(length(${columns[index]!.sql})) > ${DIGITS_OF_DOUBLE}`)
  const found = await connection.runAndReadAll(`SELECT ${['count(*)', ...counts, ...lengths].join(', ')} FROM ${from}`)
  const [row] = found.getRows()
  return {
    rows: Number(row![0]),
    failing: checked.filter((_, at) => Number(row![at + 1]) > 0),
    long: integers.filter((_, at) => row![1 + checked.length + at] === true),
  }
}

async function findMisfits(
  { connection, from, zone }: TypingContext,
  { sql }: TypedColumn,
  { kind, nulls }: Decided,
): Promise<readonly Seen[]> {
  const { fits } = columnSql(kind, 'value', zone)
  const found = await connection.runAndReadAll(
    `SELECT row, value FROM (SELECT row_number() OVER () AS row, ${sql} AS value FROM ${from})
     WHERE NOT (${isNullSql('value', nulls)} OR coalesce(${fits}, false)) ORDER BY row LIMIT ${MOST_MISFITS}`,
  )
  return found.getRows().map(([row, value]) => ({ row: Number(row), text: String(value) }))
}

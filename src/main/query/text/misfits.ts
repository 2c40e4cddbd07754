/**
 * Which values of a text table are not what their columns were decided to be. A table of usual width is looked at
 * column by column, in one pass; what DuckDB needs to plan that grows with the square of the columns, so a wide
 * table is turned to rows of one value each first, and columns that are the same kind share their check.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteText } from '../engine/quote'
import type { Decided, Seen } from './column-kind'
import { columnSql } from './column-sql'

export interface TypingContext {
  readonly connection: DuckDBConnection
  /** What stands after FROM. */
  readonly from: string
  /** Of times that have none. */
  readonly zone: string
}

/** Of a column: the SQL name of its text in `from`. */
export interface NamedText {
  readonly sql: string
}

export interface Misfits {
  readonly rows: number
  /** Indices of columns with values that do not fit. */
  readonly failing: readonly number[]
  /** Indices of columns of integers of which some may have more digits than a double keeps. */
  readonly long: readonly number[]
}

const MOST_MISFITS = 20
/** Any integer of so many is exact. */
const DIGITS_OF_DOUBLE = 15
/** Columns that are checked side by side, and kinds that are checked in one pass. */
const MOST_AT_ONCE = 64
/** Columns that are turned at once: DuckDB holds some 64 kB of each, in every thread. */
const MOST_TURNED = 1_024

/** SQL that is true for a value that is none. */
export function isNullSql(sql: string, nulls: readonly string[]): string {
  return nulls.length === 0 ? `${sql} IS NULL` : `(${sql} IS NULL OR ${sql} IN (${nulls.map(quoteText).join(', ')}))`
}

/** Looks at those columns that wait. @throws DuckDB's errors */
export async function countMisfits(
  context: TypingContext,
  columns: readonly NamedText[],
  decided: readonly Decided[],
  waiting: ReadonlySet<number>,
): Promise<Misfits> {
  const { connection, from, zone } = context
  const checked = [...waiting].filter((index) => decided[index]!.kind.is !== 'text')
  if (checked.length > MOST_AT_ONCE) return countTurned(context, columns, decided, checked)
  const counts = checked.map(
    (index) => `count(*) FILTER (WHERE ${misfitSql(decided[index]!, columns[index]!.sql, zone)})`,
  )
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

/** The first values of each of these columns that do not fit, in the order of rows. @throws DuckDB's errors */
export async function findMisfits(
  context: TypingContext,
  columns: readonly NamedText[],
  decided: readonly Decided[],
  failing: readonly number[],
): Promise<ReadonlyMap<number, readonly Seen[]>> {
  const { connection, from, zone } = context
  const found = new Map<number, readonly Seen[]>()
  if (failing.length > MOST_AT_ONCE) {
    for (const { text, misfit } of turned(context, columns, decided, failing)) {
      const read = await connection.runAndReadAll(
        `SELECT place, min(row, ${MOST_MISFITS}), min_by(value, row, ${MOST_MISFITS}) FROM ${text} WHERE ${misfit} GROUP BY place`,
      )
      for (const [index, rows, values] of read.getRowsJson() as [unknown, unknown[], unknown[]][])
        found.set(
          Number(index),
          rows.map((row, at) => ({ row: Number(row), text: String(values[at]) })),
        )
    }
    return found
  }
  for (const index of failing) {
    const read = await connection.runAndReadAll(
      `SELECT row, value FROM (SELECT row_number() OVER () AS row, ${columns[index]!.sql} AS value FROM ${from})
       WHERE ${misfitSql(decided[index]!, 'value', zone)} ORDER BY row LIMIT ${MOST_MISFITS}`,
    )
    found.set(
      index,
      read.getRows().map(([row, value]) => ({ row: Number(row), text: String(value) })),
    )
  }
  return found
}

function misfitSql({ kind, nulls }: Decided, value: string, zone: string): string {
  return `NOT (${isNullSql(value, nulls)} OR coalesce(${columnSql(kind, value, zone).fits}, false))`
}

async function countTurned(
  context: TypingContext,
  columns: readonly NamedText[],
  decided: readonly Decided[],
  checked: readonly number[],
): Promise<Misfits> {
  let rows = 0
  const [failing, long] = [new Set<number>(), new Set<number>()]
  for (const { text, misfit } of turned(context, columns, decided, checked)) {
    const found = await context.connection.runAndReadAll(
      `SELECT place, count(*), count(*) FILTER (WHERE ${misfit}), max(length(value)) FROM ${text} GROUP BY place`,
    )
    for (const [place, count, misfits, length] of found.getRows()) {
      const index = Number(place)
      rows = Number(count)
      if (Number(misfits) > 0) failing.add(index)
      if (decided[index]!.kind.is === 'integer' && Number(length) > DIGITS_OF_DOUBLE) long.add(index)
    }
  }
  return {
    rows,
    failing: checked.filter((index) => failing.has(index)),
    long: checked.filter((index) => long.has(index)),
  }
}

interface Turned {
  /** SQL of a table of `row`, `place` (the column's index), `check` and `value`. */
  readonly text: string
  /** SQL of what is true where `value` does not fit its column. */
  readonly misfit: string
}

/** Some columns as one column of values; all that are the same kind have the same check. */
function turned(
  { from, zone }: TypingContext,
  columns: readonly NamedText[],
  decided: readonly Decided[],
  indices: readonly number[],
): readonly Turned[] {
  const kinds = new Map<string, number[]>()
  for (const index of indices) {
    const misfit = misfitSql(decided[index]!, 'value', zone)
    const alike = kinds.get(misfit)
    if (alike === undefined) kinds.set(misfit, [index])
    else alike.push(index)
  }
  return passes([...kinds]).map((some) => {
    const places = some.flatMap(([, alike]) => alike)
    const checks = some.flatMap(([, alike], check) => alike.map(() => check))
    const texts = places.map((index) => columns[index]!.sql)
    const cases = some.map(([misfit], check) => `WHEN ${check} THEN ${misfit}`)
    return {
      text: `(SELECT row, unnest([${places.join(', ')}]) AS place, unnest([${checks.join(', ')}]) AS "check", unnest(texts) AS value
        FROM (SELECT row_number() OVER () AS row, [${texts.join(', ')}] AS texts FROM ${from}))`,
      misfit: some.length === 1 ? some[0]![0] : `CASE "check" ${cases.join(' ')} END`,
    }
  })
}

/** Kinds with their columns, parted so that no pass has too many of either. */
function passes(kinds: readonly (readonly [misfit: string, alike: readonly number[]])[]): (typeof kinds)[] {
  const found: [misfit: string, alike: readonly number[]][][] = []
  let room = 0
  for (const [misfit, alike] of kinds) {
    for (let at = 0; at < alike.length;) {
      if (room === 0 || found.at(-1)!.length === MOST_AT_ONCE) {
        found.push([])
        room = MOST_TURNED
      }
      const some = alike.slice(at, at + room)
      found.at(-1)!.push([misfit, some])
      at += some.length
      room -= some.length
    }
  }
  return found
}

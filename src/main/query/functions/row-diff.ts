/**
 * The SQL that compares the rows of one file at two moments. DuckDB does all of it: with a key a full
 * join, without one the counting of equal rows. Relies on the columns of both sides; columns are matched by
 * name, and one that a side does not have is NULL there.
 */
import { PondError } from '../../../shared/errors'
import type { Column } from '../../../shared/model'
import { nearest } from '../../../shared/nearest'
import { quoteName, quoteText } from '../engine/quote'

/** A file at one moment. */
export interface Side {
  /** SQL that can stand after FROM. */
  readonly table: string
  readonly columns: readonly Column[]
  /** What an error calls it. */
  readonly label: string
}

/** A column of some of the sides. */
export interface SharedColumn {
  readonly name: string
  /** Of the newest side that has it. */
  readonly type: string
  /** What values are cast to before they are compared; null where they can be compared as they are. */
  readonly comparedAs: string | null
}

/** Types of nested values that all sides' values fit, a field that a side lacks being NULL; by the types they unite. */
export type UnitedTypes = ReadonlyMap<string, string>

export interface RowDiff {
  readonly from: Side
  readonly to: Side
  readonly key: readonly string[] | undefined
  readonly united: UnitedTypes
}

/** Rows of `change` (added, deleted, modified) with each column as it was and as it is. */
export function rowDiffSql({ from, to, key, united }: RowDiff): string {
  const columns = sharedColumns([from, to], united)
  if (key !== undefined) return keyedDiff(from, to, columns, keyOf(key, columns, [from, to]))
  const kept = columns.flatMap(({ name }, index) => [
    `CASE WHEN n < 0 THEN c${index} END AS ${quoteName(`from_${name}`)}`,
    `CASE WHEN n > 0 THEN c${index} END AS ${quoteName(`to_${name}`)}`,
  ])
  return `SELECT CASE WHEN n < 0 THEN 'deleted' ELSE 'added' END AS change, ${kept.join(', ')}
    FROM ${countedDiff(from, to, columns)}`
}

/** The columns of all sides, those of the last one first. */
export function sharedColumns(sides: readonly Side[], united: UnitedTypes): SharedColumn[] {
  return [...typesByColumn(sides).values()].map(({ name, types }) => ({
    name,
    type: types[0]!,
    comparedAs: areComparable(types) ? null : (united.get(unionOf(types)) ?? 'VARCHAR'),
  }))
}

/** Queries whose one column has the type that unites those of nested columns which changed. */
export function unionsOf(sides: readonly Side[]): string[] {
  const all = [...typesByColumn(sides).values()].map(({ types }) => types)
  const nested = all.filter((types) => !areComparable(types) && types.every((type) => NESTED.test(type)))
  return [...new Set(nested.map(unionOf))]
}

function unionOf(types: readonly string[]): string {
  return [...new Set(types)].map((type) => `SELECT CAST(NULL AS ${type}) AS x`).join(' UNION ALL ')
}

function typesByColumn(
  sides: readonly Side[],
): ReadonlyMap<string, { readonly name: string; readonly types: readonly string[] }> {
  const types = new Map<string, { readonly name: string; readonly types: string[] }>()
  for (const { columns } of sides.toReversed()) {
    for (const { name, type } of columns) {
      const known = types.get(name.toLowerCase())
      if (known === undefined) types.set(name.toLowerCase(), { name, types: [type] })
      else known.types.push(type)
    }
  }
  return types
}

/** The columns that tell rows apart, by number. @throws query.failed */
export function keyOf(key: readonly string[], columns: readonly SharedColumn[], sides: readonly Side[]): number[] {
  if (key.length === 0) throw new PondError('query.failed', 'the key names no column', { candidates: [] })
  return key.map((name) => {
    const index = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase())
    const lacking = sides.find((side) => !side.columns.some((each) => each.name.toLowerCase() === name.toLowerCase()))
    if (index >= 0 && lacking === undefined) return index
    const names = (lacking ?? sides[0]!).columns.map((column) => column.name)
    const near = nearest(name, names)
    const candidates = near.length > 0 ? near : names
    const where = (lacking ?? sides[0]!).label
    throw new PondError('query.failed', `the key names "${name}", which is no column of ${where}`, { candidates })
  })
}

/** The rows of a side under the names `c0`, `c1`, ...; in the type of all sides where `isShared`. */
function numbered({ table, columns: own }: Side, columns: readonly SharedColumn[], isShared: boolean): string {
  const list = columns.map(({ name, type, comparedAs }, index) => {
    const found = own.find((column) => column.name.toLowerCase() === name.toLowerCase())
    const target = isShared ? comparedAs : null
    if (found === undefined) return `CAST(NULL AS ${target ?? type}) AS c${index}`
    const value = quoteName(found.name)
    return `${target === null ? value : `CAST(${value} AS ${target})`} AS c${index}`
  })
  return `SELECT ${list.join(', ')} FROM ${table}`
}

/** Rows that one side has more often than the other, once for each time, with `n` below or above zero. */
export function countedDiff(from: Side, to: Side, columns: readonly SharedColumn[]): string {
  const names = columns.map((_column, index) => `c${index}`).join(', ')
  return `(SELECT ${names}, n, unnest(range(CAST(abs(n) AS BIGINT))) AS copy FROM (
      SELECT ${names}, sum(side) AS n FROM (
        SELECT *, -1 AS side FROM (${numbered(from, columns, true)})
        UNION ALL SELECT *, 1 AS side FROM (${numbered(to, columns, true)})
      ) GROUP BY ${names} HAVING sum(side) <> 0))`
}

export interface Join {
  readonly from: Side
  readonly to: Side
  readonly columns: readonly SharedColumn[]
  readonly key: readonly number[]
  /** Columns that differ in type come as text. */
  readonly isShared: boolean
}

/**
 * Both sides brought together by a key, as a query of `f_here` and `t_here` (true where that side has a row) and
 * of `f0`, `t0`, `f1`, `t1`, ...; only what differs. A row that was met by two of the other side is an error: which of
 * them it became cannot be known. The joined rows are kept, so that each side is read once and they can be counted.
 */
export function joinedDiff({ from, to, columns, key, isShared }: Join): string {
  const both = columns.map((_column, index) => `f.c${index} AS f${index}, t.c${index} AS t${index}`)
  const side = (each: Side): string => `(SELECT *, true AS here FROM (${numbered(each, columns, isShared)}))`
  const compared = (f: string, operator: string, t: string, index: number): string => {
    const { comparedAs } = columns[index]!
    return comparedAs === null
      ? `${f} ${operator} ${t}`
      : `CAST(${f} AS ${comparedAs}) ${operator} CAST(${t} AS ${comparedAs})`
  }
  const on = key.map((index) => compared(`f.c${index}`, 'IS NOT DISTINCT FROM', `t.c${index}`, index))
  const differs = columns.flatMap((_column, index) =>
    key.includes(index) ? [] : [compared(`f${index}`, 'IS DISTINCT FROM', `t${index}`, index)],
  )
  const names = key.map((index) => columns[index]!.name).join(', ')
  const ambiguous = ({ label }: Side): string =>
    `error(${quoteText(`the key (${names}) does not tell the rows of ${label} apart: name more columns, or leave the key out`)})`
  return `WITH joined AS MATERIALIZED (
      SELECT f.here AS f_here, t.here AS t_here, ${both.join(', ')}
      FROM ${side(from)} f FULL JOIN ${side(to)} t ON ${on.join(' AND ')}
    )
    SELECT * FROM joined WHERE (${['f_here IS NULL', 't_here IS NULL', ...differs].join(' OR ')})
    AND (SELECT CASE WHEN count(f_here) <> (SELECT count(*) FROM ${from.table}) THEN ${ambiguous(to)}
      WHEN count(t_here) <> (SELECT count(*) FROM ${to.table}) THEN ${ambiguous(from)} ELSE true END FROM joined)`
}

function keyedDiff(from: Side, to: Side, columns: readonly SharedColumn[], key: readonly number[]): string {
  const kept = columns.flatMap(({ name }, index) => [
    `f${index} AS ${quoteName(`from_${name}`)}`,
    `t${index} AS ${quoteName(`to_${name}`)}`,
  ])
  return `SELECT CASE WHEN f_here IS NULL THEN 'added' WHEN t_here IS NULL THEN 'deleted' ELSE 'modified' END AS change,
      ${kept.join(', ')}
    FROM (${joinedDiff({ from, to, columns, key, isShared: false })})`
}

const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL\([\d, ]*\))$/
const TIMES = /^(DATE|TIMESTAMP[^()[\]]*)$/
const NESTED = /^(STRUCT|MAP)\(|\]$/

/** DuckDB compares values of these types as they are; of others it would try to make the text a number. */
function areComparable(types: readonly string[]): boolean {
  return [NUMBERS, TIMES].some((group) => types.every((type) => group.test(type))) || new Set(types).size === 1
}

/**
 * The SQL of a change feed: the rows that each version of a file brought and took, as Delta's change data
 * feed has them. One step for each version in which the content changed; applied in their order to the rows
 * at the beginning, the steps give the rows at the end.
 */
import type { Micros } from '../../../shared/model'
import {
  countedDiff,
  joinedDiff,
  keyOf,
  sharedColumns,
  type SharedColumn,
  type Side,
  type UnitedTypes,
} from './row-diff'
import { quoteName } from '../engine/quote'

export interface Step {
  readonly from: Side
  readonly to: Side
  /** Null for what is pending. */
  readonly version: number | null
  readonly committedAt: Micros | null
}

const OWN_COLUMNS = ['_version', '_committed_at', '_change_type']

/**
 * `_version`, `_committed_at`, `_change_type` (insert, delete; with a key also update_preimage and
 * update_postimage), then the columns of the file. @throws query.failed for a key that names no column
 */
export function changeFeedSql(steps: readonly Step[], key: readonly string[] | undefined, united: UnitedTypes): string {
  const sides = steps.flatMap(({ from, to }) => [from, to])
  const columns = sharedColumns(sides, united)
  const numbers = key === undefined ? undefined : keyOf(key, columns, sides)
  return steps.map((step) => stepSql(step, columns, numbers)).join('\nUNION ALL\n')
}

function stepSql(step: Step, columns: readonly SharedColumn[], key: readonly number[] | undefined): string {
  const own = [`CAST(${step.version ?? 'NULL'} AS BIGINT) AS _version`, `${instant(step.committedAt)} AS _committed_at`]
  const named = columns.map(({ name }, index) => `c${index} AS ${quoteName(freeName(name))}`)
  const list = [...own, 'kind AS _change_type', ...named].join(', ')
  const rows = key === undefined ? countedRows(step, columns) : keyedRows(step, columns, key)
  return `SELECT ${list} FROM (${rows})`
}

function countedRows({ from, to }: Step, columns: readonly SharedColumn[]): string {
  return `SELECT *, CASE WHEN n < 0 THEN 'delete' ELSE 'insert' END AS kind FROM ${countedDiff(from, to, columns)}`
}

function keyedRows({ from, to }: Step, columns: readonly SharedColumn[], key: readonly number[]): string {
  const values = columns.map(
    (_column, index) =>
      `CASE WHEN kind IN ('delete', 'update_preimage') THEN f${index} ELSE t${index} END AS c${index}`,
  )
  return `SELECT kind, ${values.join(', ')} FROM (
      SELECT *, unnest(CASE WHEN f_here IS NULL THEN ['insert'] WHEN t_here IS NULL THEN ['delete']
        ELSE ['update_preimage', 'update_postimage'] END) AS kind
      FROM (${joinedDiff({ from, to, columns, key, isShared: true })}))`
}

/** A column of the file that is called like one of ours gives way. */
function freeName(name: string): string {
  return OWN_COLUMNS.includes(name.toLowerCase()) ? `${name}_1` : name
}

/** Exact to the microsecond. */
function instant(time: Micros | null): string {
  if (time === null) return 'CAST(NULL AS TIMESTAMPTZ)'
  return `(TIMESTAMPTZ '1970-01-01 00:00:00+00' + to_microseconds(${time}))`
}

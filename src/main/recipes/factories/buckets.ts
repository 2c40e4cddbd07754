/**
 * Buckets of time in SQL, cut by the clock of a zone. A width of a day and more is counted in the days of that clock, which
 * may have 23 or 25 hours; of a shorter one, what the clock shows twice is two buckets. A bucket is called by its first
 * instant, in UTC.
 */
import type { Micros } from '../../../shared/model'
import { toExactTime } from '../../../shared/time'
import type { Zone } from '../../../shared/zones'
import { lines, name } from './sql-text'

const DAY: Micros = 86_400_000_000

export interface Cut {
  readonly width: Micros
  /** On the clock of the zone. */
  readonly origin: Micros
  readonly zone: Zone
}

export interface Grouping {
  /** What stands after FROM. */
  readonly from: string
  /** Of type TIMESTAMP. */
  readonly time: string
  /** What the bucket's first instant is called, and its type. */
  readonly start: { readonly name: string; readonly type: string }
  /** Aggregates with their names. */
  readonly values: readonly { readonly sql: string; readonly as: string }[]
}

/** One row for each bucket that has rows, in their order. */
export function bucketsSql(grouping: Grouping, cut: Cut): string {
  const { start } = grouping
  const rows = cut.zone.isUtc ? plainBuckets(grouping, cut) : zonedBuckets(grouping, cut)
  return `${rows}\nORDER BY ${name(start.name)}`
}

/** Where the bucket of a width begins, on the clock of the zone. */
export function bucketStart(local: string, { width, origin }: Pick<Cut, 'width' | 'origin'>): string {
  return `time_bucket(to_microseconds(${width}), ${local}, ${instant(origin)})`
}

/** The buckets as rows in no order, with what the clock of the zone shows at the beginning of each. */
export function bucketRows(grouping: Grouping, cut: Cut, localName: string): string {
  if (!cut.zone.isUtc) return zonedBuckets(grouping, cut, localName)
  return `SELECT ${name(grouping.start.name)}::TIMESTAMP AS ${name(localName)}, *\nFROM (\n${indented(plainBuckets(grouping, cut))}\n)`
}

function plainBuckets({ from, time, start, values }: Grouping, cut: Cut): string {
  const first = `${cast(bucketStart(time, cut), start.type)} AS ${name(start.name)}`
  return `SELECT\n${lines([first, ...values.map(named)])}\nFROM ${from}\nGROUP BY 1`
}

function zonedBuckets({ from, time, start, values }: Grouping, cut: Cut, localName?: string): string {
  const { zone } = cut
  const local = localName === undefined ? [] : [`"$local" AS ${name(localName)}`]
  const list = values.map(({ as }) => name(as))
  const timed = `${from} AS "$rows" ASOF JOIN "$zone" ON ${time} >= "$from"`
  const shown = bucketStart(`${time} + "$offset"`, cut)
  if (cut.width < DAY) {
    const first = `CASE
    WHEN "$local" - "$offset" >= "$from" THEN "$local" - "$offset"
    WHEN "$local" - "$before" < "$from" THEN "$local" - "$before"
    ELSE "$from"
  END`
    return `WITH ${zoneTable(zone)}
SELECT\n${lines([`${cast(`(${first})`, start.type)} AS ${name(start.name)}`, ...local, ...values.map(named)])}
FROM (SELECT *, ${shown} AS "$local" FROM ${timed})
GROUP BY 1, "$local"`
  }
  return `WITH ${zoneTable(zone)}
SELECT\n${lines([`${cast('greatest("$from", "$local" - "$offset")', start.type)} AS ${name(start.name)}`, ...local, ...list])}
FROM (
  SELECT\n${lines([`${shown} AS "$local"`, ...values.map(named)], '    ')}
  FROM ${timed}
  GROUP BY 1
) ASOF JOIN "$zone" ON "$local" < "$last"`
}

/** Each period of the clock with the one before it, and the time that the clock shows at its end. */
function zoneTable({ periods }: Zone): string {
  const rows = periods.map(({ from, until, offset }, i) => {
    const before = periods[i - 1]?.offset ?? offset
    const values = [instant(from), `to_microseconds(${offset})`, `to_microseconds(${before})`, instant(until + offset)]
    return `  (${values.join(', ')})`
  })
  return `"$zone"("$from", "$offset", "$before", "$last") AS (VALUES\n${rows.join(',\n')}\n)`
}

function named({ sql, as }: Grouping['values'][number]): string {
  return `${sql} AS ${name(as)}`
}

function cast(sql: string, type: string): string {
  return type === 'TIMESTAMP' ? sql : `${sql}::${type}`
}

export function instant(at: Micros): string {
  if (at === Infinity) return `TIMESTAMP 'infinity'`
  if (at === -Infinity) return `TIMESTAMP '-infinity'`
  return `TIMESTAMP '${toExactTime(at).slice(0, -1).replace('T', ' ').replace(/\.0+$/, '')}'`
}

export function indented(sql: string, by = '  '): string {
  return sql.replaceAll(/^/gm, by)
}

/** With which record a table begins, below titles and the like. */
import type { CsvRecord } from './csv-records'
import { looksLikeHeader } from './header'
import { hasTypedColumn, isRemark, isTrailing, isTyped } from './record-looks'

/** Lines that may stand above a table. */
const MOST_ABOVE = 200

/** The record with which the table begins. What is above it must not look like a table itself. */
export function startOf(records: readonly CsvRecord[], width: number): number {
  const isToa5 = records[0]!.fields[0]!.text === 'TOA5' && records.length > 3
  if (isToa5) return 1
  const most = Math.min(records.length, MOST_ABOVE)
  for (let start = 0; start < most; start++) {
    if (records[start]!.fields.length !== width && !isTrailing(records[start]!.fields, width)) continue
    const next = records.slice(start + 1, start + 11)
    const fitting = next.filter(({ fields }) => fields.length === width || isTrailing(fields, width)).length
    if (next.length > 0 && fitting < next.length * 0.6) continue
    if (isTabular(records.slice(0, start))) return 0
    return blockOf(records, start)
  }
  // No width holds for long: it begins where lines begin to be divided.
  for (let start = 0; start < most; start++) {
    const next = records.slice(start, start + 11)
    if (records[start]!.fields.length > 1 && next.filter(({ fields }) => fields.length > 1).length >= next.length * 0.8)
      return blockOf(records, start)
  }
  return 0
}

/**
 * The first of the lines that stand together with the start of a table and are divided, too: their values do not
 * fit, and they are no title. A line alone above text is not known to be one either.
 */
function blockOf(records: readonly CsvRecord[], start: number): number {
  let first = start
  while (first > 0 && records[first - 1]!.fields.length > 1 && records[first - 1]!.line === records[first]!.line - 1)
    first--
  if (first < start || start === 0) return first
  const isJoined = records[start - 1]!.line === records[start]!.line - 1
  // A title stands above names; above rows, it is the name of something.
  const isNamed =
    hasTypedColumn(records.slice(start + 1)) && looksLikeHeader(records.slice(start), records[start]!.fields.length)
  return isJoined && !isNamed && !isRemark(records[start - 1]) ? 0 : start
}

/** Lines that are a table of another width, with a column of numbers or times: not to be passed over. */
function isTabular(above: readonly CsvRecord[]): boolean {
  if (above.length < 5) return false
  const width = commonWidth(above)
  if (width < 2) return false
  const rows = above.filter(({ fields }) => fields.length === width)
  if (rows.length < above.length * 0.8) return false
  return rows[0]!.fields.some((_, column) => rows.slice(1).every(({ fields }) => isTyped(fields[column]!.text)))
}

/** Of the later records, as above the table there may be others. */
export function commonWidth(records: readonly CsvRecord[]): number {
  const counts = new Map<number, number>()
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1)
  return [...counts].reduce((best, each) =>
    each[1] > best[1] || (each[1] === best[1] && each[0] > best[0]) ? each : best,
  )[0]
}

/** What a record of delimited text looks like by itself, whatever it turns out to be. */
import type { CsvRecord } from './csv-records'
import { hasShortYear, isTimeOfDay, timeValue } from './times'

export function isTrailing(fields: CsvRecord['fields'], width: number): boolean {
  const last = fields.at(-1)
  return fields.length === width + 1 && last!.text === '' && !last!.isQuoted
}

export function isDivided({ fields }: CsvRecord): boolean {
  return fields.length > 1
}

/** A line that begins with #, which is no table's. */
export function isRemark(record: CsvRecord | undefined): boolean {
  return record !== undefined && record.fields[0]!.text.startsWith('#') && !record.fields[0]!.isQuoted
}

export function hasTypedColumn(rows: readonly CsvRecord[]): boolean {
  return (
    rows.length > 0 &&
    rows[0]!.fields.some((_, column) => rows.some(({ fields }) => isTyped(fields[column]?.text ?? '')))
  )
}

export function isTyped(text: string): boolean {
  const value = text.trim()
  return (
    /^[+-]?(\d[\d.,]*|[.,]\d+)([eE][+-]?\d+)?$/.test(value) ||
    timeValue(value) !== null ||
    hasShortYear(value) ||
    isTimeOfDay(value) ||
    /^(true|false)$/i.test(value)
  )
}

export const NOTHING = /^(na|n\/a|#n\/a|nan|null|none|-+|)$/i

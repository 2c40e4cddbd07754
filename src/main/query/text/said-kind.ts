/** What was said of the columns of a text: types, and formats of their times. */
import { PondError } from '../../../shared/errors'
import type { ReadingOptions } from '../../../shared/model'
import type { Kind, Seen } from './column-kind'
import { formatPattern } from './column-sql'
import { isEpoch, isNamedForTimes } from './epochs'

/** What was said of a column: its type, or formats of which one fits a value of it. */
export function saidKind(name: string, sample: readonly Seen[], said: ReadingOptions): Kind | null {
  const type = said.types?.[name]
  const formats = said.timestampFormats
  const isTime = type === undefined || /^(TIMESTAMP|DATE)/i.test(type)
  if (formats !== undefined && isTime) {
    const meant = type === undefined ? meantFormats(name, formats) : formats
    const namedZone = namedZoneOf(name, said)
    const zone = namedZone === undefined ? {} : { namedZone }
    if (type !== undefined || fitsFormat(sample, meant)) return { is: 'formatted', formats: meant, ...zone }
  }
  return type === undefined ? null : { is: 'said', type }
}

/** An offset such as `-05:00` that a column is named with, as loggers do, where no zone was said. */
export function namedZoneOf(column: string, { timezone }: ReadingOptions): string | undefined {
  const found = /(?<![A-Za-z])(?:GMT|UTC) ?([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)/.exec(column)
  if (timezone !== undefined || found === null) return undefined
  const [, sign, hours, minutes = '00'] = found
  const isOffset = Number(hours) <= 15 && Number(minutes) <= 59
  return isOffset ? `${sign!}${hours!.padStart(2, '0')}:${minutes}` : undefined
}

/** Those that may be meant of a column of which nobody said that it has times. */
export function meantFormats(name: string, formats: readonly string[]): readonly string[] {
  return isNamedForTimes(name) ? formats : formats.filter((format) => !isEpoch(format))
}

/** A number since 1970 is one in a column that somebody means. @throws query.bad-reading where none is meant */
export function mustBeMeant(kinds: readonly (Kind | null)[], { timestampFormats }: ReadingOptions): void {
  const epoch = timestampFormats?.find(isEpoch)
  if (epoch === undefined || kinds.some((kind) => kind?.is === 'formatted')) return
  const message = `any number may be a time of the format ${epoch}: --types says which column has them, such as --types at=TIMESTAMP`
  throw new PondError('query.bad-reading', message, { option: 'types', format: epoch })
}

function fitsFormat(sample: readonly Seen[], formats: readonly string[]): boolean {
  const fits = fitting(formats)
  const values = sample.map(({ text }) => text.trim()).filter((text) => text !== '')
  const count = values.filter(fits).length
  return count > 0 && count >= values.length / 2
}

/** Whether a text has one of the formats. @throws query.bad-reading */
export function fitting(formats: readonly string[]): (text: string) => boolean {
  const patterns = formats.map((format) => new RegExp(`^${formatPattern(format)}$`))
  return (text) => patterns.some((pattern) => pattern.test(text))
}

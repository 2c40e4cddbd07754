/** The SQL of a column of text: whether a value fits what the column is, and what it becomes. */
import { PondError } from '../../../shared/errors'
import { quoteText } from '../engine/quote'
import type { Kind } from './column-kind'
import { epochPattern, epochSql, isEpoch } from './epochs'
import { canonicalOf, patternOf, strptimeOf, TIME_OF_DAY, type TimeForm } from './times'

/** A day or a month, as patterns of forms have them. */
const NUMBER = '([0-9]{1,2})'

export interface ColumnSql {
  /** DuckDB's name. */
  readonly type: string
  /** True or false of a text that is neither NULL nor one of the null texts. */
  readonly fits: string
  /** Of the same. */
  readonly value: string
}

/** @param zone of times that have none; `UTC` leaves them what they are @param x SQL of the text */
export function columnSql(kind: Kind, x: string, zone: string): ColumnSql {
  const trimmed = `trim(${x})`
  switch (kind.is) {
    case 'text':
    case 'nothing':
      return { type: 'VARCHAR', fits: kind.is === 'text' ? 'true' : 'false', value: x }
    case 'blank':
      return { type: 'VARCHAR', fits: `${trimmed} = ''`, value: x }
    case 'boolean':
      return {
        type: 'BOOLEAN',
        fits: `lower(${trimmed}) IN ('true', 'false')`,
        value: `CAST(${trimmed} AS BOOLEAN)`,
      }
    case 'integer':
      return integer(kind, x, trimmed)
    case 'fraction':
      return fraction(kind, trimmed)
    case 'time-of-day':
      return { type: 'TIME', fits: full(trimmed, TIME_OF_DAY), value: `CAST(${trimmed} AS TIME)` }
    case 'times':
      return times(kind, trimmed, kind.namedZone ?? zone)
    case 'unclear-day': {
      // What says which number is the day does not fit: it is brought back, and decides.
      const small = '(0?[1-9]|1[0-2])'
      const patterns = kind.forms.map((form) => {
        const pattern = patternOf(form)
        return form.date === 'dmy' ? pattern.replace(NUMBER, small).replace(NUMBER, small) : pattern
      })
      return { type: 'VARCHAR', fits: full(trimmed, `(?:${patterns.join('|')})`), value: x }
    }
    case 'formatted':
      return formatted(kind.formats, trimmed, kind.namedZone ?? zone)
    case 'said':
      return said(kind.type, x, zone)
  }
}

function integer({ group, hasMinusZero }: Extract<Kind, { is: 'integer' }>, x: string, trimmed: string): ColumnSql {
  if (group !== '') {
    const bare = `replace(${trimmed}, ${quoteText(group)}, '')`
    const pattern = `[+-]?([0-9]+|[0-9]{1,3}(${escaped(group)}[0-9]{3})+)`
    return {
      type: 'BIGINT',
      fits: `(${full(trimmed, pattern)} AND TRY_CAST(${bare} AS BIGINT) IS NOT NULL)`,
      value: `CAST(${bare} AS BIGINT)`,
    }
  }
  // What DuckDB writes back as it was read is an integer and nothing else; the pattern is for the few that differ.
  const cast = `TRY_CAST(${x} AS BIGINT)`
  // A sign that is lost is said: the first such value is brought back.
  const pattern = full(trimmed, hasMinusZero ? '[+-]?(0|[1-9][0-9]*)' : '[+]?0|[+-]?[1-9][0-9]*')
  const isPhone = full(trimmed, '[+][0-9]{7,}')
  return {
    type: 'BIGINT',
    fits: `CASE WHEN CAST(${cast} AS VARCHAR) = ${x} THEN true ELSE ${cast} IS NOT NULL AND ${pattern} AND NOT ${isPhone} END`,
    value: `CAST(${x} AS BIGINT)`,
  }
}

function fraction({ decimal, group }: Extract<Kind, { is: 'fraction' }>, trimmed: string): ColumnSql {
  const isPlain = decimal === '.' && group === ''
  const ungrouped = group === '' ? trimmed : `replace(${trimmed}, ${quoteText(group)}, '')`
  const bare = decimal === ',' ? `replace(${ungrouped}, ',', '.')` : ungrouped
  const mark = decimal === ',' ? ',' : '[.]'
  const digits = group === '' ? '[0-9]+' : `(?:[0-9]+|[0-9]{1,3}(?:${escaped(group)}[0-9]{3})+)`
  const pattern = `[+-]?(?:${digits}(?:${mark}[0-9]*)?|${mark}[0-9]+)(?:[eE][+-]?[0-9]+)?`
  const words = isPlain ? '|(?i:[+-]?inf(?:inity)?|nan)' : ''
  const exact = `coalesce(TRY_CAST(TRY_CAST(${bare} AS DOUBLE) AS HUGEINT) = TRY_CAST(${bare} AS HUGEINT), false)`
  const isLong = `length(${bare}) > 15`
  const number = `TRY_CAST(${bare} AS DOUBLE)`
  const isFinite = `NOT isinf(${number}) OR ${full(bare, '(?i:[+-]?inf(?:inity)?)')}`
  const isKept = `${number} <> 0 OR NOT regexp_matches(${bare}, '^[^eE]*[1-9]')`
  const isLongFraction = full(bare, '[+-]?0*[1-9][0-9]{15,}[.][0-9]*[1-9][0-9]*')
  const isLongWhole = full(bare, '[+-]?0*[1-9][0-9]{15,}[.]0*')
  const long = `CASE WHEN ${full(bare, '[+-]?[0-9]+')} THEN ${exact} ELSE (${isFinite}) AND (${isKept}) AND NOT ${isLongFraction} AND (NOT ${isLongWhole} OR ${exact}) END`
  const notGreat = `(CASE WHEN ${isLong} OR contains(lower(${bare}), 'e') THEN ${long} ELSE true END)`
  return {
    type: 'DOUBLE',
    fits: `(${full(trimmed, `(?:${pattern}${words})`)} AND TRY_CAST(${bare} AS DOUBLE) IS NOT NULL AND ${notGreat})`,
    value: `CAST(${bare} AS DOUBLE)`,
  }
}

function times({ forms, zones, hasNanos }: Extract<Kind, { is: 'times' }>, x: string, zone: string): ColumnSql {
  const isDays = forms.every(({ time }) => time === null)
  const isZoned = !isDays && (zones !== 'none' || zone !== 'UTC')
  const type = isDays ? 'DATE' : hasNanos ? 'TIMESTAMP_NS' : isZoned ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP'
  // Instants that are finer than microseconds have no type with a zone: they are kept in UTC.
  const nanos = hasNanos ? '' : noNanos(x)
  const fits = forms.map(
    (form) => `(${full(x, patternOf(form))} AND ${timeValueSql(form, x, { type, zone }, true)} IS NOT NULL)`,
  )
  const [first] = forms
  const one = forms.length === 1 || forms.every((form) => isCastable(form) && form.zone === first!.zone)
  const value = one
    ? timeValueSql(forms.every(isCastable) ? first! : forms[0]!, x, { type, zone }, false)
    : `CASE ${forms.map((form) => `WHEN ${full(x, patternOf(form))} THEN ${timeValueSql(form, x, { type, zone }, false)}`).join(' ')} END`
  return { type, fits: `((${fits.join(' OR ')})${nanos})`, value }
}

/** A seventh digit would be cut: such a value is brought back. */
function noNanos(x: string): string {
  return ` AND NOT regexp_matches(${x}, '[.,][0-9]{6}0*[1-9]')`
}

/** A form that a cast reads rightly as it stands. */
function isCastable({ date, separator, join, time, isCompactTime, mark, isHalf, isLoose, zone }: TimeForm): boolean {
  if (date !== 'ymd' || separator === '.' || isHalf || isCompactTime || mark === ',' || isLoose) return false
  if (time === null) return true
  return (join === 'T' || join === ' ') && (zone === null || ((zone === 'Z' || zone === 'offset') && time !== 'hm'))
}

function timeValueSql(
  form: TimeForm,
  x: string,
  { type, zone }: { readonly type: string; readonly zone: string },
  isTry: boolean,
): string {
  const cast = isTry ? 'TRY_CAST' : 'CAST'
  const pattern = quoteText(`^${patternOf(form)}$`)
  const text = isCastable(form) ? x : `regexp_replace(${x}, ${pattern}, ${quoteText(canonicalOf(form))})`
  const format = strptimeOf(form)
  const isZoned = form.zone !== null
  const parsed = format === null ? null : `${isTry ? 'try_strptime' : 'strptime'}(${text}, ${quoteText(format)})`
  if (type === 'DATE') return parsed === null ? `${cast}(${text} AS DATE)` : `CAST(${parsed} AS DATE)`
  if (type === 'TIMESTAMP_NS') {
    const ns =
      parsed === null
        ? `${cast}(${text} AS TIMESTAMP_NS)`
        : `CAST(${isZoned ? `timezone('UTC', ${parsed})` : parsed} AS TIMESTAMP_NS)`
    return isZoned ? ns : localNanos(ns, zone)
  }
  if (isZoned) return parsed ?? `${cast}(${text} AS TIMESTAMPTZ)`
  const stamp = parsed ?? `${cast}(${text} AS TIMESTAMP)`
  return type === 'TIMESTAMP' ? stamp : local(stamp, zone)
}

/** In UTC, of a local time: as far from it as the zone is then, with all digits. */
function localNanos(ns: string, zone: string): string {
  if (zone === 'UTC') return ns
  const micros = `CAST(${ns} AS TIMESTAMP)`
  return `make_timestamp_ns(epoch_ns(${ns}) + (epoch_us(${local(micros, zone)}) - epoch_us(${micros})) * 1000)`
}

/** An instant of a local time. */
export function local(timestamp: string, zone: string): string {
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone)
  if (offset === null) return `timezone(${quoteText(zone)}, ${timestamp})`
  const seconds = (Number(offset[2]) * 60 + Number(offset[3] ?? 0)) * 60 * (offset[1] === '-' ? 1 : -1)
  return `timezone('UTC', ${timestamp} + to_seconds(${seconds}))`
}

function formatted(formats: readonly string[], x: string, zone: string): ColumnSql {
  const readings = formats.map((format) => {
    const isZoned = format.includes('%z') || isEpoch(format)
    const text = format.includes('%z') ? `regexp_replace(${x}, '(Z|z|UTC|GMT)$', '+00')` : x
    return { format, isZoned, pattern: formatPattern(format), text }
  })
  const hasClock = formats.some((format) => isEpoch(format) || /%[HIMSfgpznXTc]/.test(format))
  const isNanos = formats.some((format) => format === 'epoch_ns' || format.includes('%n'))
  const isZoned = hasClock && (readings.some((each) => each.isZoned) || zone !== 'UTC')
  const type = !hasClock ? 'DATE' : isNanos ? 'TIMESTAMP_NS' : isZoned ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP'
  const value = ({ format, text, isZoned: own }: (typeof readings)[number], isTry: boolean): string => {
    if (isEpoch(format)) return epochSql(format, text, isNanos ? 'TIMESTAMP_NS' : 'TIMESTAMP WITH TIME ZONE')
    const parsed = `${isTry ? 'try_strptime' : 'strptime'}(${text}, ${quoteText(format)})`
    if (type === 'TIMESTAMP_NS')
      return own ? `CAST(${parsed} AS ${type})` : localNanos(`CAST(${parsed} AS ${type})`, zone)
    if (type === 'DATE') return `CAST(${parsed} AS ${type})`
    return type === 'TIMESTAMP' || own ? parsed : local(parsed, zone)
  }
  const fits = readings.map((each) => `(${full(x, each.pattern)} AND ${value(each, true)} IS NOT NULL)`)
  const cases = readings.map(
    (each) => `WHEN ${full(x, each.pattern)} AND ${value(each, true)} IS NOT NULL THEN ${value(each, true)}`,
  )
  return {
    type,
    fits: `(${fits.join(' OR ')})`,
    value: readings.length === 1 ? value(readings[0]!, false) : `CASE ${cases.join(' ')} END`,
  }
}

const SPECIFIERS: Readonly<Record<string, string>> = {
  Y: '[0-9]{4}',
  y: '[0-9]{2}',
  m: '[0-9]{1,2}',
  d: '[0-9]{1,2}',
  H: '[0-9]{1,2}',
  I: '[0-9]{1,2}',
  M: '[0-9]{1,2}',
  S: '[0-9]{1,2}',
  f: '[0-9]{1,6}',
  g: '[0-9]{1,3}',
  n: '[0-9]{1,9}',
  j: '[0-9]{1,3}',
  b: '[A-Za-z]{3}',
  B: '[A-Za-z]+',
  a: '[A-Za-z]{3}',
  A: '[A-Za-z]+',
  p: '[AaPp][Mm]',
  z: '(?:[Zz]|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)',
  '-d': '[0-9]{1,2}',
  '-m': '[0-9]{1,2}',
  '-H': '[0-9]{1,2}',
  '-I': '[0-9]{1,2}',
  '-M': '[0-9]{1,2}',
  '-S': '[0-9]{1,2}',
  '-y': '[0-9]{1,2}',
  '-j': '[0-9]{1,3}',
  '%': '%',
}

/** The pattern of a format: strptime takes two digits for a year of four, and we do not. @throws query.bad-reading */
export function formatPattern(format: string): string {
  if (isEpoch(format)) return epochPattern(format)
  let pattern = ''
  for (let at = 0; at < format.length; at++) {
    if (format[at] !== '%') {
      pattern += escaped(format[at]!)
      continue
    }
    const length = format[at + 1] === '-' ? 2 : 1
    const specifier = format.slice(at + 1, at + 1 + length)
    const known = SPECIFIERS[specifier]
    if (known === undefined) {
      const message = `"%${specifier}" is no part of a timestamp format: expected such as %d/%m/%Y %H:%M:%S, or epoch`
      throw new PondError('query.bad-reading', message, { format })
    }
    pattern += known
    at += length
  }
  if (!/%-?[Yymdjb]/.test(format)) {
    const message = `"${format}" is no timestamp format: expected one as strptime has it, such as %d/%m/%Y %H:%M:%S`
    throw new PondError('query.bad-reading', message, { format })
  }
  return pattern
}

function said(type: string, x: string, zone: string): ColumnSql {
  const upper = type.toUpperCase()
  if (upper === 'VARCHAR' || upper === 'TEXT' || upper === 'STRING') return { type: 'VARCHAR', fits: 'true', value: x }
  const trimmed = `trim(${x})`
  // DuckDB rounds a fraction to an integer; who asked for integers did not ask for that.
  const isInteger = /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^INT[1248]?$|^LONG$|^SHORT$/.test(upper)
  const whole = isInteger ? ` AND ${full(trimmed, '[+-]?[0-9]+')}` : ''
  if (upper.startsWith('TIMESTAMP')) {
    const zoned = `regexp_matches(${trimmed}, '([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$') AND regexp_matches(${trimmed}, ':')`
    const shaped = full(
      trimmed,
      '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)? ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?)?',
    )
    const isZonedType = upper === 'TIMESTAMPTZ' || upper.includes('WITH TIME ZONE')
    const instant = `CASE WHEN ${zoned} THEN TRY_CAST(${trimmed} AS TIMESTAMPTZ) ELSE ${local(`TRY_CAST(${trimmed} AS TIMESTAMP)`, zone)} END`
    const value = isZonedType
      ? instant
      : upper === 'TIMESTAMP_NS'
        ? `TRY_CAST(${trimmed} AS TIMESTAMP_NS)`
        : `CAST(timezone('UTC', ${instant}) AS ${type})`
    return { type, fits: `(${shaped} AND ${value} IS NOT NULL)`, value }
  }
  // Nor did who asked for a fraction ask for infinity, or for nothing.
  const isFraction = /^(DOUBLE|FLOAT[48]?|REAL)$/.test(upper)
  const cast = `TRY_CAST(${trimmed} AS ${type})`
  const kept = isFraction
    ? ` AND (NOT isinf(${cast}) OR ${full(trimmed, '(?i:[+-]?inf(?:inity)?)')}) AND (${cast} <> 0 OR NOT regexp_matches(${trimmed}, '^[^eE]*[1-9]'))`
    : ''
  return { type, fits: `(${cast} IS NOT NULL${whole}${kept})`, value: `CAST(${trimmed} AS ${type})` }
}

function full(x: string, pattern: string): string {
  return `regexp_full_match(${x}, ${quoteText(pattern)})`
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}

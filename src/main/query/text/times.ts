/**
 * What times look like in text. A form is one way to write them, told from a value by patterns that this
 * process and DuckDB understand alike; from it follows the SQL that reads such a value, which depends on
 * neither the machine's zone nor its language.
 */
export interface TimeForm {
  /** `dmy` and `mdy` have years of four digits; `mon` is a month by name. */
  readonly date: 'ymd' | 'dmy' | 'mdy' | 'compact' | 'd-mon-y' | 'mon-d-y' | 'y-mon-d'
  /** Between the parts of the date. */
  readonly separator: string
  /** Between date and time: `T`, `t`, a space, or a comma and a space. */
  readonly join: string
  readonly time: null | 'hm' | 'hms' | 'hmsf'
  /** Without colons. */
  readonly isCompactTime: boolean
  /** Before a fraction; empty where there is none. */
  readonly mark: string
  /** With AM or PM. */
  readonly isHalf: boolean
  /** Several spaces before the time, one before the zone, or a small z: what a cast does not take. */
  readonly isLoose: boolean
  /** `word` is UTC or GMT. */
  readonly zone: null | 'Z' | 'offset' | 'word'
}

export interface TimeValue {
  readonly form: TimeForm
  /** The two numbers beside the year; which is the day may be for the column to say. */
  readonly first: number
  readonly second: number
  /** 24:00, which is the beginning of the day after. */
  readonly isEndOfDay: boolean
  /** The fraction goes beyond microseconds. */
  readonly hasNanos: boolean
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH = MONTHS.map((name) => [...name].map((c) => `[${c.toUpperCase()}${c}]`).join('')).join('|')
/** More letters, and a dot where it is cut. */
const REST_OF_MONTH = '[a-z]*[.]?'
const WEEKDAY = '(?:[A-Za-z]{3,9},? )?'

type DateKind = TimeForm['date']
/** In an order in which the first that fits is meant. Groups: y, m, d, and what stands between them. */
const DATES: readonly { readonly kind: DateKind; readonly pattern: RegExp }[] = [
  { kind: 'ymd', pattern: /^(?<y>\d{4})(?<separator>[-/.])(?<m>\d{1,2})\k<separator>(?<d>\d{1,2})(?!\d)/ },
  { kind: 'dmy', pattern: /^(?<m>\d{1,2})(?<separator>[-/.])(?<d>\d{1,2})\k<separator>(?<y>\d{4})(?!\d)/ },
  { kind: 'compact', pattern: /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})(?=[Tt ])/ },
  {
    kind: 'd-mon-y',
    pattern: new RegExp(
      `^${WEEKDAY}(?<d>\\d{1,2})(?<separator>[-/ ])(?<m>${MONTH})${REST_OF_MONTH}\\k<separator>(?<y>\\d{4})(?!\\d)`,
    ),
  },
  {
    kind: 'mon-d-y',
    pattern: new RegExp(`^${WEEKDAY}(?<m>${MONTH})${REST_OF_MONTH}(?<separator> )(?<d>\\d{1,2}),? (?<y>\\d{4})(?!\\d)`),
  },
  {
    kind: 'y-mon-d',
    pattern: new RegExp(
      `^(?<y>\\d{4})(?<separator>[-/ ])(?<m>${MONTH})${REST_OF_MONTH}\\k<separator>(?<d>\\d{1,2})(?!\\d)`,
    ),
  },
]
const CLOCK =
  /^(?<h>\d{1,2}):(?<min>\d{2})(?::(?<s>\d{2})(?:(?<mark>[.,])(?<f>\d{1,9}))?)?(?<half> ?[AaPp][Mm])?(?<zone> ?(?:[Zz]|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$/
const COMPACT_CLOCK =
  /^(?<h>\d{2})(?<min>\d{2})(?:(?<s>\d{2})(?:(?<mark>[.,])(?<f>\d{1,9}))?)?(?<zone>(?:[Zz]|[+-]\d{2}(?::?\d{2})?))?$/
const JOIN = /^(?:[Tt]|, +| +)/
const SHORT_YEAR = /^\d{1,2}([-/.])\d{1,2}\1\d{2}(?: +\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?)?$/

const SHORT_NAMED = new RegExp(
  `^${WEEKDAY}\\d{1,2}([-/ ])(?:${MONTH})${REST_OF_MONTH}\\1\\d{2}(?: +\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?: ?[AaPp][Mm])?)?$`,
)

/** A value as a time. Of two numbers beside the year either may be the day: `dmy` stands for both. Null for all else. */
export function timeValue(text: string): TimeValue | null {
  for (const { kind, pattern } of DATES) {
    const found = pattern.exec(text)
    if (found !== null) return withClock(kind, found.groups!, text.slice(found[0].length))
  }
  return null
}

/** Whether it is a date with a year of two digits, which nobody can read for sure. */
export function hasShortYear(text: string): boolean {
  return SHORT_YEAR.test(text) || SHORT_NAMED.test(text)
}

/** `hh:mm`, `hh:mm:ss` and fractions, of one day. */
export function isTimeOfDay(text: string): boolean {
  return /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$/.test(text)
}
export const TIME_OF_DAY = '([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?'

type Groups = Readonly<Record<string, string | undefined>>

function withClock(kind: DateKind, date: Groups, rest: string): TimeValue | null {
  const month = date['m']!
  const first = /\d/.test(month) ? Number(month) : 1 + MONTHS.indexOf(month.toLowerCase())
  const [year, second] = [Number(date['y']), Number(date['d'])]
  const isEither = kind === 'dmy'
  if (!isDay(year, first, second) && !(isEither && isDay(year, second, first))) return null
  const separator = date['separator'] ?? ''
  const dateForm = {
    date: kind,
    separator,
    isCompactTime: false,
    mark: '',
    isHalf: false,
    isLoose: false,
    zone: null,
    join: '',
  }
  if (rest === '') {
    return { form: { ...dateForm, time: null }, first, second, isEndOfDay: false, hasNanos: false }
  }
  const join = JOIN.exec(rest)?.[0]
  if (join === undefined) return null
  const clockText = rest.slice(join.length)
  const clock = CLOCK.exec(clockText)
  // Digits alone behind a space are another value.
  const compact = clock === null && (kind === 'compact' || /t/i.test(join)) ? COMPACT_CLOCK.exec(clockText) : null
  const groups = (clock ?? compact)?.groups as Groups | undefined
  if (groups === undefined) return null
  const { h, min, s, mark, f, half, zone } = groups
  const [hour, minute, seconds] = [Number(h), Number(min), Number(s ?? 0)]
  const isEndOfDay = hour === 24
  if (minute > 59 || seconds > 59 || hour > 24) return null
  if (isEndOfDay && (minute > 0 || seconds > 0 || Number(f ?? 0) > 0)) return null
  if (half !== undefined && (hour < 1 || hour > 12)) return null
  const form: TimeForm = {
    ...dateForm,
    join: join.startsWith(',') ? ', ' : join.trim() === '' ? ' ' : join,
    time: s === undefined ? 'hm' : f === undefined ? 'hms' : 'hmsf',
    isCompactTime: clock === null,
    mark: mark ?? '',
    isHalf: half !== undefined,
    isLoose: / {2}/.test(join) || /^ [Zz+-]|z$/.test(zone ?? ''),
    zone: zone === undefined ? null : zoneOf(zone.trim()),
  }
  if (form.zone === 'offset' && !isOffset(zone!.trim())) return null
  return { form, first, second, isEndOfDay, hasNanos: f !== undefined && /[1-9]/.test(f.slice(6)) }
}

function zoneOf(zone: string): TimeForm['zone'] {
  return /^[Zz]$/.test(zone) ? 'Z' : /^[A-Z]/.test(zone) ? 'word' : 'offset'
}

function isOffset(zone: string): boolean {
  const [, hours, minutes = '00'] = /^[+-](\d{2}):?(\d{2})?$/.exec(zone)!
  return Number(hours) <= 15 && Number(minutes) <= 59
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}

/** The pattern of a form for DuckDB. Groups: the date's three as they stand, hour, minute, second, fraction, half, offset. */
export function patternOf(form: TimeForm): string {
  return `${datePattern(form)}${clockPattern(form)}`
}

function datePattern({ date, separator }: TimeForm): string {
  const sep = separator === '.' ? '[.]' : separator
  const [two, four, month] = ['([0-9]{1,2})', '([0-9]{4})', `(${MONTH})${REST_OF_MONTH}`]
  switch (date) {
    case 'ymd':
      return four + sep + two + sep + two
    case 'dmy':
    case 'mdy':
      return two + sep + two + sep + four
    case 'compact':
      return `${four}([0-9]{2})([0-9]{2})`
    case 'd-mon-y':
      return WEEKDAY + two + sep + month + sep + four
    case 'mon-d-y':
      return `${WEEKDAY}${month} ${two},? ${four}`
    case 'y-mon-d':
      return four + sep + month + sep + two
  }
}

function clockPattern({ join, time, isCompactTime, mark, isHalf, isLoose, zone }: TimeForm): string {
  if (time === null) return ''
  const colon = isCompactTime ? '' : ':'
  const between = join === ' ' ? (isLoose ? ' +' : ' ') : join === ', ' ? ', +' : join
  const space = isLoose ? ' ?' : ''
  const hour = isCompactTime ? '([0-9]{2})' : '([0-9]{1,2})'
  const seconds = time === 'hm' ? '()' : `${colon}([0-9]{2})`
  const fraction = time === 'hmsf' ? `[${mark}]([0-9]{1,9})` : '()'
  const half = isHalf ? ' ?([AaPp][Mm])' : '()'
  const zones = {
    Z: `${space}${isLoose ? '[Zz]' : 'Z'}()`,
    word: ' ?(?:UTC|GMT)()',
    offset: `${space}([+-][0-9]{2}(?::?[0-9]{2})?)`,
  }
  return between + hour + colon + '([0-9]{2})' + seconds + fraction + half + (zone === null ? '()' : zones[zone])
}

/** What the groups of the pattern become, for a cast or for `strptimeOf`. */
export function canonicalOf(form: TimeForm): string {
  const { date, time, isHalf, zone } = form
  const order = {
    ymd: '\\1-\\2-\\3',
    compact: '\\1-\\2-\\3',
    dmy: '\\3-\\2-\\1',
    mdy: '\\3-\\1-\\2',
    'd-mon-y': '\\3-\\2-\\1',
    'mon-d-y': '\\3-\\1-\\2',
    'y-mon-d': '\\1-\\2-\\3',
  }
  if (time === null) return order[date]
  const clock = ` \\4:\\5:${time === 'hm' ? '00' : '\\6'}${time === 'hmsf' ? '.\\7' : ''}${isHalf ? ' \\8' : ''}`
  return `${order[date]}${clock}${zone === null ? '' : zone === 'offset' ? '\\9' : '+00'}`
}

/** The format of the canonical text where a cast does not take it; null where one does. */
export function strptimeOf({ date, time, isHalf, zone }: TimeForm): string | null {
  const isNamed = date.includes('mon')
  if (!isNamed && !isHalf) return null
  const day = `%Y-${isNamed ? '%b' : '%m'}-%d`
  if (time === null) return day
  return `${day} ${isHalf ? '%I' : '%H'}:%M:%S${time === 'hmsf' ? '.%f' : ''}${isHalf ? ' %p' : ''}${zone === null ? '' : '%z'}`
}

/** As people write it, for messages: `dd/mm/yyyy hh:mm`. */
export function spelling({ date, separator, join, time, isCompactTime, mark, isHalf, zone }: TimeForm): string {
  const dates = {
    ymd: ['yyyy', 'mm', 'dd'],
    compact: ['yyyy', 'mm', 'dd'],
    dmy: ['dd', 'mm', 'yyyy'],
    mdy: ['mm', 'dd', 'yyyy'],
    'd-mon-y': ['dd', 'Mon', 'yyyy'],
    'mon-d-y': ['Mon', 'dd', 'yyyy'],
    'y-mon-d': ['yyyy', 'Mon', 'dd'],
  }
  const day = dates[date].join(separator)
  if (time === null) return day
  const colon = isCompactTime ? '' : ':'
  const clock = `hh${colon}mm${time === 'hm' ? '' : `${colon}ss`}${time === 'hmsf' ? `${mark}f` : ''}${isHalf ? ' AM' : ''}`
  return `${day}${join}${clock}${zone === null ? '' : zone === 'Z' ? 'Z' : zone === 'word' ? ' UTC' : '+zz'}`
}

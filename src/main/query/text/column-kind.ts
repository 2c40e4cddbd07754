/**
 * What a column of text is, decided from values of it: the one place where that is decided. DuckDB then looks
 * whether all values fit, and brings those that do not here again, until all do.
 */
import { isExact, isRobbed } from './kept-digits'
import { hasShortYear, isTimeOfDay, timeValue, type TimeForm } from './times'

/** A value with its row, from 1, without the header. */
export interface Seen {
  readonly row: number
  readonly text: string
}

export type Zones = 'none' | 'some' | 'all'

export type Kind =
  | { readonly is: 'text' }
  | { readonly is: 'nothing' }
  /** Texts without a character, or of spaces alone. */
  | { readonly is: 'blank' }
  | { readonly is: 'boolean' }
  /** `group` stands between thousands, empty where nothing does. A zero with a sign loses it. */
  | { readonly is: 'integer'; readonly group: string; readonly hasMinusZero?: true }
  | { readonly is: 'fraction'; readonly decimal: '.' | ','; readonly group: string }
  | {
      readonly is: 'times'
      readonly forms: readonly TimeForm[]
      readonly zones: Zones
      readonly hasNanos: boolean
      /** That the column's name has, of times without one. */
      readonly namedZone?: string
    }
  /** Dates of which nobody can say yet whether the day or the month comes first. */
  | { readonly is: 'unclear-day'; readonly forms: readonly TimeForm[] }
  | { readonly is: 'time-of-day' }
  /** As somebody said: one of these formats, or a type of DuckDB's. */
  | { readonly is: 'formatted'; readonly formats: readonly string[]; readonly namedZone?: string }
  | { readonly is: 'said'; readonly type: string }

/** Why a column is text although most of it is something else. */
export interface Why {
  readonly seen: Seen
  readonly reason: string
  readonly option: string | null
}

export interface Decided {
  readonly kind: Kind
  /** Texts that are no value in this column. */
  readonly nulls: readonly string[]
  readonly why: Why | null
  /** Something remarkable, of the first value that shows it. */
  readonly remarks: readonly { readonly seen: Seen; readonly text: string }[]
}

export interface Rules {
  /** Null texts that were said; else those that are usual count where the rest is no text. */
  readonly nulls: readonly string[] | null
  readonly decimal: '.' | ',' | null
  /** A mark that other columns of the file prove. */
  readonly provenDecimal: ',' | null
  /** An offset that the column's name has. */
  readonly namedZone?: string | undefined
  /** What the source says of the values: JSON tells numbers from texts. */
  readonly only: 'any' | 'numbers' | 'times'
}

/** What people and programs write where there is nothing. */
const NO_VALUE = new Set(['', 'na', 'n/a', '#n/a', 'null', 'none', 'nil', '-', '--', '---', '.', '?', 'missing', '\\n'])
/** Of Campbell's loggers; NaN and nan are what programs write for a double that is none. */
const NO_READING = 'NAN'
const NO_TIME = new Set(['0000-00-00', '0000-00-00 00:00:00', '0000-00-00t00:00:00', '00:00:00 00-00-0000'])

const INTEGER = /^[+-]?\d+$/
const LEADING_ZERO = /^[+-]?0\d/
const PHONE = /^\+\d{7,}$/
const POINT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const NOT_FINITE = /^([+-]?inf(inity)?|nan)$/i
const LEAP_SECOND = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:60/
const GREATEST = 2n ** 63n - 1n

/** Rows in their order. @throws nothing: what nobody can read is text */
export function decide(values: readonly Seen[], rules: Rules): Decided {
  const seen = values.map(({ row, text }) => ({ row, text: text.trim() }))
  if (seen.length === 0) return plain({ is: 'nothing' })
  if (rules.only === 'numbers') return decideOnlyNumbers(seen, rules)
  const isNull = (text: string, times: boolean): boolean =>
    rules.nulls === null
      ? NO_VALUE.has(text.toLowerCase()) || text === NO_READING || (times && NO_TIME.has(text.toLowerCase()))
      : rules.nulls.includes(text) || text === ''
  const filled = seen.filter(({ text }) => !isNull(text, true))
  // Words alone may be values: NA is Namibia, too.
  if (filled.length === 0) return plain(seen.every(({ text }) => text === '') ? { is: 'blank' } : { is: 'text' })
  const nulls = [...new Set(values.filter(({ text }) => isNull(text.trim(), true)).map(({ text }) => text))]
  const decided = decideFilled(filled, rules, nulls)
  const isTimes = decided.kind.is === 'times' || decided.kind.is === 'unclear-day'
  if (isTimes || decided.kind.is === 'text') return decided.kind.is === 'text' ? { ...decided, nulls: [] } : decided
  const others = seen.filter(({ text }) => !isNull(text, false))
  return others.length === filled.length ? decided : decideFilled(others, rules, nulls)
}

/** Of JSON, which has a word of its own for no value: other texts are none only where somebody said so. */
function decideOnlyNumbers(seen: readonly Seen[], rules: Rules): Decided {
  const nulls = (rules.nulls ?? []).filter((word) => seen.some(({ text }) => text === word))
  const filled = seen.filter(({ text }) => !nulls.includes(text))
  return filled.length === 0 ? { ...plain({ is: 'nothing' }), nulls } : decideFilled(filled, rules, nulls)
}

function decideFilled(seen: readonly Seen[], rules: Rules, nulls: readonly string[]): Decided {
  const all = (test: (text: string) => boolean): boolean => seen.every(({ text }) => test(text))
  const as = (kind: Kind, remarks: Decided['remarks'] = []): Decided => ({ kind, nulls, why: null, remarks })
  if (rules.only !== 'numbers') {
    const times = decideTimes(seen, rules.namedZone)
    if (times !== null) return { ...times, nulls: times.kind.is === 'text' ? [] : nulls }
    if (rules.only === 'any' && all(isTimeOfDay)) return as({ is: 'time-of-day' })
  }
  if (rules.only !== 'times') {
    if (all((text) => /^(true|false)$/i.test(text))) return as({ is: 'boolean' })
    const numbers = decideNumbers(seen, rules)
    if (numbers !== null) return { ...numbers, nulls: numbers.kind.is === 'text' ? [] : nulls }
  }
  return { ...plain({ is: 'text' }), why: exception(seen, rules) }
}

function decideNumbers(seen: readonly Seen[], { decimal, provenDecimal }: Rules): Decided | null {
  const of = (kind: Kind): Decided => plain(kind)
  const all = (test: (text: string) => boolean): boolean => seen.every(({ text }) => test(text))
  if (all((text) => INTEGER.test(text))) return decideIntegers(seen)
  const isPoint = all((text) => POINT.test(text) || NOT_FINITE.test(text))
  if (isPoint && decimal !== ',') {
    const isThousands = provenDecimal === ',' && all((text) => /^[+-]?\d{1,3}(\.\d{3})*$/.test(text))
    if (isThousands) {
      return text(seen[0]!, 'may be a fraction or thousands, as other columns have decimal commas', '--decimal')
    }
    const great = seen.find(({ text }) => isTooGreat(text))
    if (great !== undefined) return text(great, 'is greater than any number that is kept', '--null')
    const small = seen.find(({ text }) => Number(text) === 0 && /^[^eE]*[1-9]/.test(text))
    if (small !== undefined) return text(small, 'is smaller than any number that is kept', '--null')
    const inexact = seen.find(({ text }) => isRobbed(text) || (INTEGER.test(text) && !isExact(text)))
    if (inexact !== undefined) return text(inexact, 'has more digits than a fraction keeps', null)
    return of({ is: 'fraction', decimal: '.', group: '' })
  }
  const commas = decideMarked(seen, {
    decimal: ',',
    group: "[. \u00a0\u202f']",
    isSaid: decimal === ',',
    isProven: provenDecimal === ',',
  })
  const points = decideMarked(seen, {
    decimal: '.',
    group: "[, \u00a0\u202f']",
    isSaid: decimal === '.',
    isProven: false,
  })
  if (decimal === ',') return commas === 'unclear' ? null : commas
  if (decimal === '.') return points === 'unclear' ? null : points
  if (commas === 'unclear' && points !== null) {
    return text(seen[0]!, 'may be a fraction or thousands', '--decimal')
  }
  if (points !== null && points !== 'unclear') return points
  return commas === 'unclear' ? null : commas
}

/** Numbers with a mark that is no point alone, or between thousands. `unclear`: they may be of the other mark as well. */
function decideMarked(
  seen: readonly Seen[],
  {
    decimal,
    group,
    isSaid,
    isProven,
  }: { readonly decimal: '.' | ','; readonly group: string; readonly isSaid: boolean; readonly isProven: boolean },
): Decided | 'unclear' | null {
  const mark = decimal === '.' ? '\\.' : ','
  const grouped = new RegExp(
    `^[+-]?(?:\\d{1,3}(?<group>${group})\\d{3}(?:\\k<group>\\d{3})*|\\d+)(?<fraction>${mark}\\d*)?(?:[eE][+-]?\\d+)?$`,
  )
  const matches = seen.map(({ text }) => grouped.exec(text))
  if (matches.some((each) => each === null)) return null
  const found = matches.map((each) => ({
    text: each![0],
    grouping: each!.groups!['group'],
    fraction: each!.groups!['fraction'],
  }))
  const groups = new Set(found.flatMap(({ grouping }) => grouping ?? []))
  if (groups.size > 1) return null
  const [between = ''] = groups
  const hasFraction = found.some(({ fraction }) => fraction !== undefined)
  const other = decimal === ',' ? '.' : ','
  if (!isSaid && !isProven) {
    // Proof is what the other mark cannot mean: other than three digits behind it, two groups, or both marks.
    const isProof = found.some(({ text, grouping, fraction }) => {
      if (fraction !== undefined)
        return decimal === '.' ? grouping !== undefined : grouping !== undefined || !/^,\d{3}$/.test(fraction)
      return grouping === other && /[.,]\d{3}[.,]/.test(text)
    })
    const isOther = between !== '' && between !== other
    if (!isProof && !isOther) return 'unclear'
  }
  const plainNumbers = seen.map(({ row, text }) => ({
    row,
    text: text.replaceAll(between === '' ? /(?!)/g : new RegExp(`[${between}]`, 'g'), '').replace(decimal, '.'),
  }))
  const inexact = plainNumbers.find(({ text }) => isRobbed(text) || (INTEGER.test(text) && !isExact(text)))
  if (inexact !== undefined) return text(inexact, 'has more digits than a fraction keeps', null)
  if (hasFraction) return plain({ is: 'fraction', decimal, group: between })
  return plain({ is: 'integer', group: between })
}

function decideIntegers(seen: readonly Seen[]): Decided {
  const zero = seen.find(({ text }) => LEADING_ZERO.test(text))
  if (zero !== undefined) return text(zero, 'begins with a zero, which a number would lose', '--types')
  const phone = seen.find(({ text }) => PHONE.test(text))
  if (phone !== undefined) return text(phone, 'begins with a plus, which a number would lose', '--types')
  const long = seen.find(({ text }) => text.length > 18 && !fitsBigint(text))
  if (long !== undefined) return text(long, 'has more digits than 64 bits hold', '--types')
  const signed = seen.find(({ text }) => text === '-0')
  if (signed === undefined) return plain({ is: 'integer', group: '' })
  const remarks = [{ seen: signed, text: 'is read as 0' }]
  return { ...plain({ is: 'integer', group: '', hasMinusZero: true }), remarks }
}

function decideTimes(seen: readonly Seen[], namedZone: string | undefined): Decided | null {
  const found = seen.map(({ text }) => timeValue(text))
  if (found.some((each) => each === null)) {
    const short = seen.find(({ text }) => hasShortYear(text))
    const isDates = seen.every(({ text }, index) => found[index] !== null || hasShortYear(text))
    return short !== undefined && isDates ? text(short, 'has a year of two digits', '--timestamp-format') : null
  }
  const times = found.map((each) => each!)
  const remarks: { seen: Seen; text: string }[] = []
  const end = times.findIndex(({ isEndOfDay }) => isEndOfDay)
  if (end >= 0) remarks.push({ seen: seen[end]!, text: 'is read as the beginning of the next day' })
  const either = times.flatMap((time, index) => (time.form.date === 'dmy' ? [{ ...time, seen: seen[index]! }] : []))
  const dayFirst = either.find(({ first }) => first > 12)
  const monthFirst = either.find(({ second }) => second > 12)
  if (dayFirst !== undefined && monthFirst !== undefined) {
    const later = dayFirst.seen.row > monthFirst.seen.row ? dayFirst : monthFirst
    const other = later === dayFirst ? monthFirst : dayFirst
    return text(
      later.seen,
      `has day and month the other way round than ${other.seen.text} in row ${other.seen.row}`,
      '--timestamp-format',
    )
  }
  const isUnclear = either.length > 0 && dayFirst === undefined && monthFirst === undefined
  const date = monthFirst === undefined ? 'dmy' : 'mdy'
  const forms = distinct(times.map(({ form }) => (form.date === 'dmy' ? { ...form, date } : form)))
  if (isUnclear && either.some(({ first, second }) => first !== second)) return plain({ is: 'unclear-day', forms })
  const zoned = times.filter(({ form }) => form.zone !== null).length
  const zones: Zones = zoned === 0 ? 'none' : zoned === times.length ? 'all' : 'some'
  const hasNanos = times.some((time) => time.hasNanos)
  const odd = seen[times.findIndex((time) => time.hasNanos && (time.form.date.includes('mon') || time.form.isHalf))]
  if (odd !== undefined) return text(odd, 'is finer than microseconds in a form that has none', null)
  const named = zones === 'none' && forms.some(({ time }) => time !== null) ? namedZone : undefined
  const zone = named === undefined ? {} : { namedZone: named }
  return { ...plain({ is: 'times', forms, zones, hasNanos, ...zone }), remarks }
}

/** Which value keeps a column from being what nearly all the rest of it is. */
function exception(seen: readonly Seen[], rules: Rules): Why | null {
  const leap = seen.find(({ text }) => LEAP_SECOND.test(text))
  if (leap !== undefined && seen.every(({ text }) => LEAP_SECOND.test(text) || timeValue(text) !== null)) {
    return { seen: leap, reason: 'is a leap second, which no type of time holds', option: '--null' }
  }
  const number = (value: string): boolean => POINT.test(value) || /^[+-]?\d[\d.,]*$/.test(value)
  const kinds: readonly (readonly [string, (value: string) => boolean])[] = [
    ...(rules.only === 'times' ? [] : [['number', number] as const]),
    ['time', (value: string) => timeValue(value) !== null || hasShortYear(value) || isTimeOfDay(value)],
  ]
  for (const [name, test] of kinds) {
    const odd = seen.filter(({ text }) => !test(text))
    if (odd.length === 0 || odd.length > seen.length * 0.1 + 1 || seen.length - odd.length < 2) continue
    return { seen: odd[0]!, reason: `is no ${name}, as the others are`, option: '--null' }
  }
  return null
}

function plain(kind: Kind): Decided {
  return { kind, nulls: [], why: null, remarks: [] }
}

function text(seen: Seen, reason: string, option: string | null): Decided {
  return { kind: { is: 'text' }, nulls: [], why: { seen, reason, option }, remarks: [] }
}

function fitsBigint(text: string): boolean {
  const value = BigInt(text.replace('+', ''))
  return value <= GREATEST && value >= -GREATEST - 1n
}

function isTooGreat(text: string): boolean {
  return !NOT_FINITE.test(text) && !Number.isFinite(Number(text))
}

function distinct(forms: readonly TimeForm[]): readonly TimeForm[] {
  return [...new Map(forms.map((form) => [JSON.stringify(form), form])).values()]
}

/** How a text is read, in words: what was decided, and what may be said instead. */
import { displayName } from '../../../ui/format'
import type { Reading, ReadingOptions, SheetName, WireError } from '../../../../shared/model'

export interface Choice {
  readonly value: string
  readonly label: string
}

/** The choice that leaves it to what the bytes say. */
export const FIND_OUT = 'auto'

const DELIMITERS: readonly Choice[] = [
  { value: ',', label: 'Comma' },
  { value: ';', label: 'Semicolon' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar' },
  { value: ' ', label: 'Spaces' },
]
const QUOTES: readonly Choice[] = [
  { value: '"', label: 'Double quote' },
  { value: "'", label: 'Single quote' },
  { value: '', label: 'None' },
]
const DECIMALS: readonly Choice[] = [
  { value: '.', label: 'Point, 3.14' },
  { value: ',', label: 'Comma, 3,14' },
]
const HEADERS: readonly Choice[] = [
  { value: 'true', label: 'The first line has names' },
  { value: 'false', label: 'No names' },
]
const BAD_LINES: readonly Choice[] = [
  { value: 'refuse', label: 'Refuse the file' },
  { value: 'skip', label: 'Leave them out' },
  { value: 'fill', label: 'Fill missing values' },
]
const ENCODINGS: readonly Choice[] = [
  'utf-8',
  'windows-1252',
  'iso-8859-2',
  'windows-1250',
  'windows-1251',
  'utf-16le',
  'utf-16be',
  'shift_jis',
  'gbk',
].map((value) => ({ value, label: value }))

/** Types that a column may be told to have. */
export const TYPES = [
  'VARCHAR',
  'BIGINT',
  'DOUBLE',
  'DECIMAL(18,3)',
  'BOOLEAN',
  'DATE',
  'TIME',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE',
] as const

export type Field = 'delimiter' | 'header' | 'quote' | 'decimal' | 'encoding' | 'badLines'

export const FIELDS: Readonly<Record<Field, { readonly label: string; readonly choices: readonly Choice[] }>> = {
  delimiter: { label: 'Between values', choices: DELIMITERS },
  header: { label: 'Header', choices: HEADERS },
  quote: { label: 'Quotes', choices: QUOTES },
  decimal: { label: 'Decimal mark', choices: DECIMALS },
  encoding: { label: 'Encoding', choices: ENCODINGS },
  badLines: { label: 'Lines of another width', choices: BAD_LINES },
}

/** What a field may be: left to the bytes, with what they say, or said. */
export function choicesOf(field: Field, reading: Reading | null, said: string | undefined): readonly Choice[] {
  const { choices } = FIELDS[field]
  const decided = decidedOf(field, reading)
  const known = choices.find(({ value }) => value === decided)?.label ?? decided
  const auto = { value: FIND_OUT, label: foundOut(said, known) }
  const own = said === undefined || choices.some(({ value }) => value === said) ? [] : [{ value: said, label: said }]
  return [auto, ...choices, ...own]
}

/** What a workbook has, as its reading or the refusal to read it says; null where neither does. */
export function sheetsOf(reading: Reading | null, failure: WireError | null): readonly SheetName[] | null {
  const named = failure?.detail['sheets'] as readonly SheetName[] | undefined
  return reading?.sheet?.sheets ?? named ?? null
}

/** The sheet that is read: the first that is not hidden, or said; also one that the workbook has not, which was said. */
export function sheetChoices(
  sheets: readonly SheetName[],
  reading: Reading | null,
  said: string | undefined,
): readonly Choice[] {
  const own = said === undefined || sheets.some(({ name }) => name === said) ? [] : [{ value: said, label: said }]
  // A sheet may be called as the choice of none is.
  return [
    { value: SHEET_OF_NONE, label: foundOut(said, reading?.sheet?.name) },
    ...sheets.map(({ name, isHidden }) => ({
      value: sheetValue(name),
      label: `${displayName(name)}${isHidden ? ' (hidden)' : ''}`,
    })),
    ...own.map(({ value, label }) => ({ value: sheetValue(value), label: displayName(label) })),
  ]
}

const SHEET_OF_NONE = ''

export const sheetValue = (name: string | undefined): string => (name === undefined ? SHEET_OF_NONE : `=${name}`)
export const sheetSaid = (value: string): string | undefined => (value === SHEET_OF_NONE ? undefined : value.slice(1))

/** How a choice is called that is left to the file, with what it says. */
export function foundOut(said: string | undefined, found: string | null | undefined): string {
  return said !== undefined || found == null ? 'Find out' : `Found out: ${displayName(found)}`
}

function decidedOf(field: Field, reading: Reading | null): string | null {
  if (reading === null) return null
  switch (field) {
    case 'header':
      return reading.hasHeader === null ? null : String(reading.hasHeader)
    case 'badLines':
      return 'refuse'
    default:
      return reading[field]
  }
}

export function saidOf(field: Field, said: ReadingOptions): string | undefined {
  const value = said[field]
  return value === undefined ? undefined : String(value)
}

/** The options with one of them said, or left to the bytes again. */
export function withSaid(said: ReadingOptions, key: keyof ReadingOptions, value: unknown): ReadingOptions {
  const { [key]: _, ...rest } = said
  return value === undefined ? rest : { ...rest, [key]: value }
}

export function withField(said: ReadingOptions, field: Field, value: string): ReadingOptions {
  if (value === FIND_OUT) return withSaid(said, field, undefined)
  return withSaid(said, field, field === 'header' ? value === 'true' : value)
}

export function withType(said: ReadingOptions, column: string, type: string | null): ReadingOptions {
  const { [column]: _, ...rest } = said.types ?? {}
  const types = type === null ? rest : { ...rest, [column]: type }
  return withSaid(said, 'types', Object.keys(types).length === 0 ? undefined : types)
}

export const isSaid = (said: ReadingOptions): boolean => Object.keys(said).length > 0

export const sameSaid = (a: ReadingOptions, b: ReadingOptions): boolean => spelled(a) === spelled(b)

const spelled = (said: ReadingOptions): string =>
  JSON.stringify(Object.entries(said).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/**
 * How delimited text is written, found in its beginning: the delimiter, quotes, what stands above the table and
 * below its header. Nothing is decided by chance: where two readings are equally good, the order of this file says
 * which is taken, and all that was passed over is told.
 */
import type { ReadingNote, ReadingOptions } from '../../../shared/model'
import { linesOf, recordsOf, type CsvRecord, type Dialect } from './csv-records'
import { isTimeOfDay, timeValue, hasShortYear } from './times'

export interface FoundDialect {
  readonly dialect: Dialect
  /** Lines above the first record of data, the header among them. */
  readonly skip: number
  /** Lines above the header, or above the data where there is none. */
  readonly above: number
  readonly hasHeader: boolean
  /** Where the header is; null where there is none. */
  readonly headerLine: number | null
  /** As written; of the data where there is no header. */
  readonly names: readonly string[] | null
  readonly width: number
  readonly notes: readonly ReadingNote[]
}

const DELIMITERS = ['\t', ';', ',', '|'] as const
/** A character that text does not have. */
const UNUSED = '\u0001'
/** Lines that may stand above a table. */
const MOST_ABOVE = 200
const SAMPLE_RECORDS = 1_000

interface Head {
  readonly text: string
  /** There is more of the file. */
  readonly isCut: boolean
}

interface Candidate {
  readonly dialect: Dialect
  readonly records: readonly CsvRecord[]
  readonly start: number
  readonly width: number
  /** Of the records from the start on, how many have the width. */
  readonly share: number
}

/** @param promised delimiter that the name promises */
export function findDialect(head: Head, promised: string | null, said: ReadingOptions): FoundDialect {
  const lines = linesOf(head.text, head.isCut)
  const notes: ReadingNote[] = []
  const separator =
    said.skip === undefined && said.delimiter === undefined
      ? /^"?sep=(.)"?[;,\t|]*$/i.exec(lines[0] ?? '')?.[1]
      : undefined
  if (separator !== undefined) notes.push({ message: `the line "sep=${separator}" names the delimiter`, line: 1 })
  const first = said.skip ?? (separator === undefined ? 0 : 1)
  const body = lines.slice(first).join('\n')
  const delimiter = said.delimiter ?? separator ?? promised
  const comment = said.comment ?? ''
  const isHashed = said.comment === undefined && said.skip === undefined && hasRemarksWithin(lines.slice(first))
  const parse = (dialect: Dialect): readonly CsvRecord[] =>
    withoutRemarks(recordsOf(body, dialect, { line: first + 1, isCut: head.isCut }), isHashed).slice(0, SAMPLE_RECORDS)
  const quotes = said.quote === undefined ? quotesOf(body) : [said.quote]
  const fixed = said.skip !== undefined || separator !== undefined
  const candidates = quotes.flatMap((quote) =>
    (delimiter === null || delimiter === undefined ? [...DELIMITERS, ' '] : [delimiter]).flatMap((each) => {
      const escapes =
        said.escape === undefined ? [quote, ...(/\\["']/.test(body) && quote !== '' ? ['\\'] : [])] : [said.escape]
      return escapes.map((escape) => {
        const dialect = { delimiter: each, quote, escape, comment }
        const records = parse(dialect)
        const found = candidateOf(dialect, records, { fixed, isSaid: each === delimiter })
        return found ?? (fixed || head.isCut ? null : endingTable(dialect, records))
      })
    }),
  )
  const best = candidates.reduce<Candidate | null>(
    (found, each) => (each !== null && (found === null || scoreOf(each) > scoreOf(found)) ? each : found),
    null,
  )
  const chosen = best ?? single(said, comment, parse)
  const divisible = best === null ? chosen.records.find(({ fields }) => /[,;\t|]/.test(fields[0]!.text)) : undefined
  if (divisible !== undefined) {
    notes.push({
      message: 'no delimiter divides most lines alike: each line is one value (--delim and --skip say otherwise)',
      line: divisible.line,
    })
  }
  return withHeader(chosen, { lines, first, said, notes, isSeparated: separator !== undefined, isHashed })
}

function hasRemarksWithin(lines: readonly string[]): boolean {
  const table = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'))
  const isAbove = table > 0 && lines.slice(0, table).some((line) => line.startsWith('#'))
  return isAbove && lines.slice(table).some((line) => line.startsWith('#'))
}

/** Records that have something; remarks stay above the table, where the last of them may name the columns. */
function withoutRemarks(records: readonly CsvRecord[], isHashed: boolean): readonly CsvRecord[] {
  const filled = records.filter(({ isBlank }) => !isBlank)
  if (!isHashed) return filled
  const table = filled.findIndex((record) => !isRemark(record))
  return filled.filter((record, index) => index < table || !isRemark(record))
}

/** Text of which no line has two values is one column; the delimiter is what nothing has. */
function single(said: ReadingOptions, comment: string, parse: (dialect: Dialect) => readonly CsvRecord[]): Candidate {
  const quote = said.quote ?? '"'
  const base = { quote, escape: said.escape ?? quote, comment }
  const text = { ...base, delimiter: said.delimiter ?? ',' }
  const all = parse(text)
  const hasMarks = all.some(isDivided)
  const other = [...DELIMITERS, UNUSED].find((delimiter) =>
    parse({ ...base, delimiter }).every(({ fields }) => fields.length === 1),
  )
  const dialect = hasMarks && said.delimiter === undefined ? { ...base, delimiter: other ?? UNUSED } : text
  const records = parse(dialect)
  return { dialect, records, start: 0, width: records[0]?.fields.length ?? 1, share: 1 }
}

function quotesOf(text: string): readonly string[] {
  const isDouble = text.includes('"')
  const isSingle = /(^|[\n\t;,|])'[^'\n]*'([\n\t;,|]|$)/.test(text)
  return isDouble || !isSingle ? ['"'] : ['"', "'"]
}

/** Null where the text is no table in this dialect. */
function candidateOf(
  dialect: Dialect,
  records: readonly CsvRecord[],
  { fixed, isSaid }: { readonly fixed: boolean; readonly isSaid: boolean },
): Candidate | null {
  if (records.length === 0) return null
  const unremarked = records.filter((record) => !isRemark(record))
  const width = commonWidth(unremarked.length === 0 ? records : unremarked)
  if (isSaid && width < 2) return { dialect, records, start: 0, width: records[0]!.fields.length, share: 1 }
  if (width < 2) return null
  const start = fixed ? 0 : startOf(records, width)
  const rest = records.slice(start)
  const own = rest[0]!.fields.length
  const share = rest.filter(({ fields }) => fields.length === own || isTrailing(fields, own)).length / rest.length
  if (isSaid) return { dialect, records, start, width: own, share }
  if (own < 2 && start > 0) return null
  // Decimal commas below one name.
  const isNumber = ({ fields }: CsvRecord): boolean =>
    fields.length < 3 && fields.every(({ text }) => /^[+-]?\d+$/.test(text))
  if (own < 2 && dialect.delimiter === ',' && rest.slice(1).every(isNumber)) return null
  // A time has a space in it, and the name above it has none.
  const isFirst = start === 0 || isRemark(records[start - 1])
  if (dialect.delimiter === ' ' && !(isFirst && isSpacedTable(rest, share))) return null
  // A few lines may be wrong; text with commas in it is no table.
  const others = rest.filter(({ fields }) => fields.length !== own && !isTrailing(fields, own)).length
  const divided = rest.filter(({ fields }) => fields.length > 1).length
  const isTable =
    rest.length === 1
      ? start === 0
      : others === 0 ||
        divided >= rest.length * 0.8 ||
        (others <= rest.length * 0.34 && (rest.length >= 4 || hasTypedColumn(rest.slice(1).filter(isDivided))))
  return isTable ? { dialect, records, start, width: own, share } : null
}

/**
 * A short table below more lines than it has itself, none of which is divided: it ends the text, and a line of texts
 * names its numbers and times. Null where there is none.
 */
function endingTable(dialect: Dialect, records: readonly CsvRecord[]): Candidate | null {
  const width = records.at(-1)?.fields.length ?? 0
  if (width < 2 || dialect.delimiter === ' ') return null
  let start = records.length - 1
  while (start > 0 && records[start - 1]!.fields.length === width) start--
  const above = records[start - 1]
  if (above === undefined || (isDivided(above) && above.line === records[start]!.line - 1)) return null
  const [header, ...rows] = records.slice(start)
  const isNamed = header!.fields.every(({ text }) => !isTyped(text)) && hasTypedColumn(rows)
  return isNamed ? { dialect, records, start, width, share: 1 } : null
}

function isDivided({ fields }: CsvRecord): boolean {
  return fields.length > 1
}

function isTrailing(fields: CsvRecord['fields'], width: number): boolean {
  const last = fields.at(-1)
  return fields.length === width + 1 && last!.text === '' && !last!.isQuoted
}

function scoreOf({ records, start, width, share, dialect }: Candidate): number {
  const misquoted = records.slice(start).filter(({ isMisquoted }) => isMisquoted).length
  const covered = (records.length - start) / records.length
  // Lines that fit count most, then what stands above; more columns only tell what is otherwise equal.
  return (
    share * 1_000 +
    covered * 300 -
    (misquoted / records.length) * 2_000 +
    Math.min(width, 50) / 50 -
    (dialect.quote === "'" ? 0.5 : 0) -
    (dialect.delimiter === ' ' ? 400 : 0) +
    typedShare(records.slice(start + 1)) * 200
  )
}

/** Of the values, how many are numbers and times: what is cut in the right places has more of them. */
function typedShare(records: readonly CsvRecord[]): number {
  let [typed, all] = [0, 0]
  for (const { fields } of records.slice(0, 50)) {
    for (const { text } of fields) {
      all++
      if (isTyped(text) || text === '') typed++
    }
  }
  return all === 0 ? 0 : typed / all
}

function isSpacedTable(records: readonly CsvRecord[], share: number): boolean {
  if (share < 1 || records.length < 2) return false
  // Remarks above it may name the columns.
  const rows = records.slice(1).filter((record) => !isRemark(record))
  if (rows.length === 0) return false
  const typed = rows[0]!.fields.map((_, column) => rows.every(({ fields }) => isTyped(fields[column]!.text)))
  return typed.filter(Boolean).length * 2 >= typed.length
}

/** Of the later records, as above the table there may be others. */
function commonWidth(records: readonly CsvRecord[]): number {
  const counts = new Map<number, number>()
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1)
  return [...counts].reduce((best, each) =>
    each[1] > best[1] || (each[1] === best[1] && each[0] > best[0]) ? each : best,
  )[0]
}

/** The record with which the table begins. What is above it must not look like a table itself. */
function startOf(records: readonly CsvRecord[], width: number): number {
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

function hasTypedColumn(rows: readonly CsvRecord[]): boolean {
  return (
    rows.length > 0 &&
    rows[0]!.fields.some((_, column) => rows.some(({ fields }) => isTyped(fields[column]?.text ?? '')))
  )
}

/** A line that begins with #, which is no table's. */
function isRemark(record: CsvRecord | undefined): boolean {
  return record !== undefined && record.fields[0]!.text.startsWith('#') && !record.fields[0]!.isQuoted
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

const NOTHING = /^(na|n\/a|#n\/a|nan|null|none|-+|)$/i

function withHeader(
  { dialect, records, start, width }: Candidate,
  context: {
    readonly lines: readonly string[]
    readonly first: number
    readonly said: ReadingOptions
    readonly notes: ReadingNote[]
    readonly isSeparated: boolean
    /** Remarks stand between rows, too. */
    readonly isHashed: boolean
  },
): FoundDialect {
  const { lines, first, said, notes, isSeparated, isHashed } = context
  // Lines that begin with # above the table are remarks, unless the last of them names the columns.
  let begin = start
  let names: readonly string[] | null = null
  let headerLine: number | null = null
  if (said.skip === undefined)
    while (isRemark(records[begin]) && records[begin + 1] !== undefined && !isBareHash(records[begin]!)) begin++
  // Of two such lines of the table's width the first names the columns, and the other has their units.
  const isPair = [begin - 1, begin - 2].every(
    (at) => at >= start && isRemark(records[at]) && records[at]!.fields.length === width && width > 1,
  )
  const units = isPair ? records[begin - 1]! : null
  const remark = records[begin - (isPair ? 2 : 1)]
  const data = records.slice(begin)
  const isNamedByRemark =
    said.header === undefined &&
    isRemark(remark) &&
    remark!.fields.length === width &&
    data.length > 0 &&
    (!looksLikeHeader(data, width) || data[0]!.fields.filter(({ text }) => isTyped(text)).length * 2 > width)
  if (isNamedByRemark) {
    names = remark!.fields.map(({ text }, index) => (index === 0 ? text.replace(/^#\s*/, '') : text))
    headerLine = remark!.line
    const message = 'the columns are named by the last line that begins with #'
    notes.push({ message: isPair ? message.replace('last', 'last but one') : message, line: remark!.line })
    if (units !== null) notes.push(leftOutBelow(units))
  }
  const hasHeader = names !== null || (data.length > 0 && (said.header ?? looksLikeHeader(data, width)))
  if (hasHeader && names === null) {
    names = data[0]!.fields.map(({ text }) => text)
    headerLine = data[0]!.line
  }
  const rows = hasHeader && !isNamedByRemark ? data.slice(1) : data
  const belowHeader = hasHeader && said.header === undefined ? unitsBelow(records[0]!, rows, width) : 0
  for (const each of rows.slice(0, belowHeader)) {
    notes.push(leftOutBelow(each))
  }
  const firstRow = rows[belowHeader]
  const dataLine = firstRow?.line ?? (headerLine === null ? lines.length + 1 : headerLine + 1)
  const above = (headerLine ?? dataLine) - 1
  const spanned = headerLine !== null && rows.length === 0 ? lines.length : dataLine - 1
  const said0 = first - (isSeparated ? 1 : 0)
  const remarked = lines.slice(first, above)
  if (said0 > 0) notes.push({ message: `${count(said0, 'line')} skipped, as was said` })
  if (remarked.some((line) => line.trim() !== '')) {
    const from = first + 1
    const what = remarked
      .find((line) => line.trim() !== '')!
      .trim()
      .slice(0, 60)
    const where = above === from ? `line ${from}` : `lines ${from} to ${above}`
    const isRemarks = remarked.every((line) => line.trim() === '' || line.startsWith('#'))
    notes.push({
      message: `${where} above the table left out: ${what}`,
      line: from,
      ...(isRemarks ? {} : { isLoss: true }),
    })
  }
  if (!hasHeader && data.length > 0 && said.header === undefined) {
    notes.push({
      message: 'no line names the columns: they are called column0 and so on (--header, if the first one does)',
    })
  }
  return {
    dialect: isHashed ? { ...dialect, comment: '#' } : dialect,
    skip: Math.max(0, spanned),
    above: Math.max(0, above),
    hasHeader,
    headerLine,
    names,
    width: names === null ? width : Math.max(names.length, 1),
    notes,
  }
}

function leftOutBelow({ fields, line }: CsvRecord): ReadingNote {
  const text = fields.map((field) => field.text).join(', ')
  return { message: `left out below the header: ${text.slice(0, 80)}`, line, isLoss: true }
}

function isBareHash({ fields }: CsvRecord): boolean {
  return fields[0]!.text === '#' && fields.length > 1
}

function looksLikeHeader(records: readonly CsvRecord[], width: number): boolean {
  const [header, ...rows] = records
  if (header!.fields.length > width && !isTrailing(header!.fields, width)) return false
  const cells = header!.fields.map(({ text }) => text.trim())
  const isText = (text: string): boolean => !isTyped(text) && !NOTHING.test(text)
  if (rows.length === 0) return cells.every((cell) => !isTyped(cell)) && cells.some(isText)
  const filled = (column: number): readonly string[] =>
    rows.map(({ fields }) => fields[column]?.text.trim() ?? '').filter((text) => !NOTHING.test(text))
  const columns = cells.map((cell, column) => {
    const below = filled(column)
    const typed = below.filter(isTyped).length
    // Units may stand below the header.
    const isBelowUnits = below.length > 2 && !isTyped(below[0]!) && typed === below.length - 1
    return {
      cell,
      isTyped: below.length > 0 && (typed >= below.length * 0.8 || isBelowUnits),
      isRepeated: below.includes(cell),
      isEmpty: below.length === 0,
    }
  })
  if (columns.some(({ cell, isTyped: typed }) => typed && isText(cell))) return true
  // Numbers where the column has numbers are data; so is a word that comes again.
  if (columns.some(({ cell, isTyped: typed }) => typed && isTyped(cell))) return false
  if (columns.some(({ cell, isRepeated }) => isRepeated && cell !== '')) return false
  const named = cells.filter((cell) => cell !== '')
  return named.length > 0 && new Set(named).size === named.length && named.every((cell) => !isTyped(cell))
}

/** Lines with units or the like: below the header, without a number where all other lines have one. */
function unitsBelow(first: CsvRecord, rows: readonly CsvRecord[], width: number): number {
  const isToa5 = first.fields[0]!.text === 'TOA5'
  const most = isToa5 ? 2 : 1
  for (let count = most; count > 0; count--) {
    const [units, data] = [rows.slice(0, count), rows.slice(count)]
    if (data.length < (isToa5 ? 1 : 2) || units.length < count) continue
    const typed = Array.from({ length: width }, (_, column) => {
      const below = data.map(({ fields }) => fields[column]?.text.trim() ?? '').filter((text) => !NOTHING.test(text))
      return below.length > 0 && below.every(isTyped)
    })
    if (!typed.includes(true)) continue
    const isUnits = units.every(({ fields }) => {
      const cells = fields.map(({ text }) => text.trim())
      return (
        cells.every((cell, column) => !typed[column] || !isTyped(cell)) &&
        cells.some((cell, column) => typed[column] && cell !== '' && !NOTHING.test(cell))
      )
    })
    if (isUnits || isToa5) return count
  }
  return 0
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/**
 * How delimited text is written, found in its beginning: the delimiter, quotes, what stands above the table and
 * below its header. Nothing is decided by chance: where two readings are equally good, the order of this file says
 * which is taken, and all that was passed over is told.
 */
import type { ReadingNote, ReadingOptions } from '../../../shared/model'
import { linesOf, recordsOf, type CsvRecord, type Dialect } from './csv-records'
import { withHeader, type FoundDialect, type TableRecords } from './header'
import { hasTypedColumn, isDivided, isRemark, isTrailing, isTyped } from './record-looks'
import { commonWidth, startOf } from './table-start'

const DELIMITERS = ['\t', ';', ',', '|'] as const
/** A character that text does not have. */
const UNUSED = '\u0001'
const SAMPLE_RECORDS = 1_000

interface Head {
  readonly text: string
  /** There is more of the file. */
  readonly isCut: boolean
}

interface Candidate extends TableRecords {
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
  const isKept = promised !== null && body.includes(promised)
  const delimiter = said.delimiter ?? separator ?? (isKept ? promised : undefined)
  const comment = said.comment ?? ''
  const isHashed = said.comment === undefined && said.skip === undefined && hasRemarksWithin(lines.slice(first))
  const parse = (dialect: Dialect): readonly CsvRecord[] =>
    withoutRemarks(recordsOf(body, dialect, { line: first + 1, isCut: head.isCut }), isHashed).slice(0, SAMPLE_RECORDS)
  const quotes = said.quote === undefined ? quotesOf(body) : [said.quote]
  const fixed = said.skip !== undefined || separator !== undefined
  const candidates = quotes.flatMap((quote) =>
    (delimiter === undefined ? [...DELIMITERS, ' '] : [delimiter]).flatMap((each) => {
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
  if (promised !== null && best !== null && delimiter === undefined) {
    const [was, is] = [promised, best.dialect.delimiter].map(spelled)
    const message = `its name promises that ${was} divides the values, and none is there: ${is} does (--delim says otherwise)`
    notes.push({ message, line: best.records[best.start]!.line })
  }
  const divisible = best === null ? chosen.records.find(({ fields }) => /[,;\t|]/.test(fields[0]!.text)) : undefined
  if (divisible !== undefined) {
    notes.push({
      message: 'no delimiter divides most lines alike: each line is one value (--delim and --skip say otherwise)',
      line: divisible.line,
    })
  }
  return withHeader(chosen, { lines, first, said, notes, isSeparated: separator !== undefined, isHashed })
}

const spelled = (delimiter: string): string => (delimiter === '\t' ? 'a tab' : JSON.stringify(delimiter))

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

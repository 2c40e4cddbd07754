/** Finds the header of a table in delimited text: the line that names the columns, and the lines above that are no rows. */
import type { ReadingNote, ReadingOptions } from '../../../shared/model'
import type { CsvRecord, Dialect } from './csv-records'
import { isRemark, isTrailing, isTyped, NOTHING } from './record-looks'

/** Records of a text, and with which of them the table begins. */
export interface TableRecords {
  readonly dialect: Dialect
  readonly records: readonly CsvRecord[]
  readonly start: number
  readonly width: number
}

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

export function withHeader(
  { dialect, records, start, width }: TableRecords,
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

export function looksLikeHeader(records: readonly CsvRecord[], width: number): boolean {
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

/**
 * Types of lists and objects within JSON: as DuckDB finds them, but with texts for times, and for numbers of which a
 * double would make others.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { ReadingNote } from '../../../shared/model'
import { quoteText } from '../engine/quote'

const DIGITS_OF_DOUBLE = 15
/** Some integers of so many digits do not fit. */
const DIGITS_OF_BIGINT = 19
export const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/
export const TEXTS = /^(VARCHAR|DATE|TIME|TIMESTAMP.*|UUID|TIME WITH TIME ZONE)$/

/** A number somewhere in JSON, with or without the quotes that it was put into. */
const SPELT = String.raw`[:\[,]\s*"?(-?[0-9.]+[eE][+-]?[0-9]{3,}|-?0[.]0{300}[0-9]*)`

interface Nested {
  readonly type: string
  /** Column that it becomes. */
  readonly name: string
  /** JSONPath of the value in what `objects` has. */
  readonly path: string
  /** SQL of rows with a column `json`. */
  readonly objects: string
  readonly notes: ReadingNote[]
}

export async function nestedType(
  connection: DuckDBConnection,
  { type, name, path, objects, notes }: Nested,
): Promise<string> {
  if (type === 'BOOLEAN' || type === 'JSON') return type
  const isHuge = /^U?HUGEINT$/
  const isNumber = (leaf: string): boolean => leaf === 'DOUBLE' || isHuge.test(leaf)
  const texts = leaves(type, (leaf) => (TEXTS.test(leaf) ? 'VARCHAR' : leaf))
  if (leaves(texts, (leaf) => (isNumber(leaf) ? '' : leaf)) === texts) return texts
  const digits = (count: number): string => `'[:\\[,]\\s*(-?[0-9]{${count},})\\s*[,\\]}]'`
  // One that a fraction would rob of digits was put into quotes.
  const robbed = `'[:\\[,]\\s*"(-?[0-9]{${DIGITS_OF_DOUBLE + 1},}[.][0-9]*)"\\s*[,\\]}]'`
  const found = await connection.runAndReadAll(
    `SELECT any_value(coalesce(nullif(regexp_extract(text, ${digits(DIGITS_OF_DOUBLE + 1)}, 1), ''), nullif(regexp_extract(text, ${robbed}, 1), ''))),
       coalesce(bool_or(regexp_matches(text, ${digits(DIGITS_OF_BIGINT)})), false),
       any_value(list_extract(list_filter(regexp_extract_all(text, ${quoteText(SPELT)}, 1), lambda n:
         coalesce(isinf(TRY_CAST(n AS DOUBLE)) OR (TRY_CAST(n AS DOUBLE) = 0 AND regexp_matches(n, '^-?[0-9.]*[1-9]')), false)), 1))
     FROM (SELECT CAST(json_extract(json, ${quoteText(path)}) AS VARCHAR) AS text FROM ${objects})`,
  )
  const [[long, isBeyond, extreme] = []] = found.getRows()
  // Negative numbers beside positive ones make DuckDB take more than 64 bits, whatever they are.
  const numbers = leaves(texts, (leaf) => (isHuge.test(leaf) ? (isBeyond === true ? 'VARCHAR' : 'BIGINT') : leaf))
  if (long === null && extreme === null) return numbers
  const spelt = leaves(numbers, (leaf) => (leaf === 'DOUBLE' ? 'VARCHAR' : leaf))
  if (spelt !== texts) {
    const why =
      long === null
        ? `${String(extreme)} is ${Number(extreme) === 0 ? 'smaller' : 'greater'} than any number that is kept`
        : `${String(long)} has more digits than a number keeps`
    notes.push({ message: `${name}: numbers in it are text: ${why}`, column: name })
  }
  return spelt
}

/** The spelling of a type with its leaves changed; names of fields, quoted or not, stay. */
function leaves(type: string, change: (leaf: string) => string): string {
  const nested = /^(STRUCT|MAP)\((.*)\)$/s.exec(type)
  if (type.endsWith('[]')) return `${leaves(type.slice(0, -2), change)}[]`
  if (nested === null) return change(type)
  const parts = splitAtCommas(nested[2]!)
  if (nested[1] === 'MAP') return `MAP(${parts.map((part) => leaves(part.trim(), change)).join(', ')})`
  const fields = parts.map((part) => {
    const [, name, of] = /^\s*("(?:[^"]|"")*"|\S+) (.*)$/s.exec(part)!
    return `${name!} ${leaves(of!, change)}`
  })
  return `STRUCT(${fields.join(', ')})`
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = []
  let [depth, from, isQuoted] = [0, 0, false]
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '(') depth++
    else if (character === ')') depth--
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}

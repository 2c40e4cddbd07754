/**
 * From JSON to its plan. DuckDB says what the rows are made of, looking at all of them; texts and numbers are then
 * read as they are spelt and decided like those of CSV, so that both formats make the same of the same value.
 * Within lists and objects nothing becomes a time, and no number becomes another.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Reading, ReadingColumn, ReadingNote, ReadingOptions } from '../../../shared/model'
import { compressionOfName } from '../formats'
import { quoteName, quoteText } from '../scan'
import type { Kind, Rules, Seen } from './column-kind'
import { FILES, MOST_COLUMNS, rawJson, type Plan, type PlannedColumn } from './plan'
import { columnNotes, misfitOf, noColumn, saidKind, shownColumn, unreadable } from './read-csv'
import { typeColumns, type TypedColumn } from './typing'

export interface JsonFacts {
  readonly name: string
  readonly format: 'json' | 'jsonl'
  readonly encoding: string
  readonly hasByteOrderMark: boolean
  readonly needsCopy: boolean
  readonly said: ReadingOptions
  readonly notes: readonly ReadingNote[]
}

const SAMPLE_ROWS = 1_000
const DIGITS_OF_DOUBLE = 15
/** Some integers of so many digits do not fit. */
const DIGITS_OF_BIGINT = 19
const NUMBERS = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL.*)$/
const TEXTS = /^(VARCHAR|DATE|TIME|TIMESTAMP.*|UUID|TIME WITH TIME ZONE)$/

/** @throws DuckDB's errors, query.unreadable-file */
export async function planJson(facts: JsonFacts, connection: DuckDBConnection, hostPath: string): Promise<Plan> {
  const { name, format, said, needsCopy } = facts
  const compression = needsCopy ? null : compressionOfName(name)
  const packed = compression === null ? '' : `, compression = ${quoteText(compression)}`
  const at = (sql: string): string => sql.replace(FILES, () => quoteText(hostPath))
  const layout = format === 'jsonl' ? ", format = 'newline_delimited'" : ''
  const objects = `read_json_objects(${quoteText(hostPath)}${layout}${packed})`
  const [first] = (await connection.runAndReadAll(`SELECT json_type(json) FROM ${objects} LIMIT 1`)).getRows()
  const isBare = first !== undefined && first[0] !== 'OBJECT'
  const auto = at(rawJson({ format, columns: [], isBare: true, packed }))
  const found = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${auto}`))
    .getRows()
    .map(([column, type]) => ({ name: String(column), type: String(type) }))
  if (found.length > MOST_COLUMNS) {
    const reason = `its objects have ${found.length} keys, and at most ${MOST_COLUMNS} are read as columns`
    throw unreadable(name, reason, { expected: MOST_COLUMNS, found: found.length })
  }
  if (found.some(({ name: key, type }) => key.includes('\0') || type.includes('\0')))
    throw unreadable(name, 'a key of its objects has a NUL character, with which nothing in SQL can be called')
  const zone = said.timezone ?? 'UTC'
  const reading: Reading = {
    format,
    encoding: facts.encoding,
    hasByteOrderMark: facts.hasByteOrderMark,
    delimiter: null,
    quote: null,
    escape: null,
    hasHeader: null,
    skipped: null,
    comment: null,
    decimal: null,
    lineEnds: null,
    timezone: zone,
    columns: [],
    rows: 0,
    leftOut: { count: 0, lines: [] },
    notes: [],
    said,
  }
  const base = {
    reading,
    needsCopy,
    skip: 0,
    width: Math.max(found.length, 1),
    longest: 0,
    isBareJson: isBare,
    rowLine: null,
  }
  if (isBare) {
    const [count] = (await connection.runAndReadAll(`SELECT count(*) FROM ${auto}`)).getRows()
    const columns = found.map(({ name: key, type }) => ({
      name: key,
      key,
      kind: null,
      nulls: [],
      jsonType: type,
      isLong: false,
      why: null,
    }))
    return { ...base, columns, reading: { ...reading, columns: found, rows: Number(count![0]), notes: facts.notes } }
  }
  const keys = await keysOf(
    connection,
    objects,
    found.map((column) => column.name),
  )
  refuseTwins(name, keys)
  const unknown = Object.keys(said.types ?? {}).find((column) => !keys.includes(column))
  if (unknown !== undefined) throw noColumn(name, unknown, keys)
  const notes: ReadingNote[] = [...facts.notes]
  const drafts: PlannedColumn[] = []
  for (const [index, { type }] of found.entries()) {
    const key = keys[index]!
    const isScalar = NUMBERS.test(type) || TEXTS.test(type)
    const jsonType =
      isScalar || said.types?.[key] !== undefined
        ? 'VARCHAR'
        : await nestedType(connection, { type, key, objects, notes })
    drafts.push({ name: key, key, kind: null, nulls: [], jsonType, isLong: false, why: null })
  }
  const from = at(rawJson({ format, columns: drafts, isBare: false, packed }))
  const scalars = drafts.flatMap((draft, index) =>
    draft.jsonType === 'VARCHAR' ? [{ draft, type: found[index]!.type }] : [],
  )
  const samples = await sampleOf(
    connection,
    from,
    scalars.map(({ draft }) => draft.key),
  )
  const columns = scalars.map(({ draft, type }, index): TypedColumn => {
    const rules: Rules = {
      nulls: said.nulls ?? null,
      decimal: null,
      provenDecimal: null,
      only: NUMBERS.test(type) ? 'numbers' : 'times',
    }
    return {
      sql: quoteName(draft.key),
      rules,
      sample: samples[index]!,
      said: saidKind(draft.key, samples[index]!, said),
    }
  })
  const { rows, typed } = await typeColumns({ connection, from, zone }, columns)
  const isLines = format === 'jsonl'
  const atRow = (row: number): { readonly line?: number } => (isLines ? { line: row } : {})
  const shown: ReadingColumn[] = []
  const planned = drafts.map((draft, index) => {
    const scalar = scalars.findIndex((each) => each.draft === draft)
    if (scalar < 0) {
      shown.push({
        name: draft.name,
        type: draft.jsonType === found[index]!.type ? found[index]!.type : draft.jsonType,
      })
      return draft
    }
    const each = typed[scalar]!
    if (each.misfit !== null) throw misfitOf(name, draft.name, each, atRow)
    // An empty text is one; it is none of a time or a number.
    notes.push(...columnNotes(draft.name, each, { at: atRow, rows }))
    shown.push(shownColumn(draft.name, each, zone))
    return { ...draft, kind: each.kind as Kind, nulls: each.nulls, isLong: each.isLong, why: each.why }
  })
  return { ...base, columns: planned, reading: { ...reading, columns: shown, rows, notes } }
}

/** DuckDB calls the second of two keys that differ by case otherwise than it is written. */
async function keysOf(
  connection: DuckDBConnection,
  objects: string,
  names: readonly string[],
): Promise<readonly string[]> {
  if (!names.some((name) => /_\d+$/.test(name))) return names
  const found = await connection.runAndReadAll(
    `SELECT DISTINCT key FROM (SELECT unnest(json_keys(json)) AS key FROM ${objects}) WHERE lower(key) IN (SELECT unnest([${names.map((name) => `lower(${quoteText(name)})`).join(', ')}]) UNION ALL SELECT unnest([${names.map((name) => `lower(${quoteText(name.replace(/_\d+$/, ''))})`).join(', ')}]))`,
  )
  const keys = new Set(found.getRows().map(([key]) => String(key)))
  return names.map((name) => {
    if (keys.has(name)) return name
    return name.replace(/_\d+$/, '')
  })
}

function refuseTwins(name: string, keys: readonly string[]): void {
  const seen = new Map<string, string>()
  for (const key of keys) {
    const other = seen.get(key.toLowerCase())
    if (other !== undefined)
      throw unreadable(name, `it has the keys "${other}" and "${key}", which SQL does not tell apart`, {
        keys: [other, key],
      })
    seen.set(key.toLowerCase(), key)
  }
}

async function sampleOf(
  connection: DuckDBConnection,
  from: string,
  keys: readonly string[],
): Promise<readonly (readonly Seen[])[]> {
  if (keys.length === 0) return []
  const found = await connection.runAndReadAll(
    `SELECT ${keys.map(quoteName).join(', ')} FROM ${from} LIMIT ${SAMPLE_ROWS}`,
  )
  const rows = found.getRows()
  return keys.map((_, column) =>
    rows.flatMap((row, index) => (row[column] === null ? [] : [{ row: index + 1, text: String(row[column]) }])),
  )
}

/** The type of lists and objects, of which times stay text, and numbers that a double would change, too. */
async function nestedType(
  connection: DuckDBConnection,
  {
    type,
    key,
    objects,
    notes,
  }: { readonly type: string; readonly key: string; readonly objects: string; readonly notes: ReadingNote[] },
): Promise<string> {
  if (type === 'BOOLEAN' || type === 'JSON') return type
  const isHuge = /^U?HUGEINT$/
  const isNumber = (leaf: string): boolean => leaf === 'DOUBLE' || isHuge.test(leaf)
  const texts = leaves(type, (leaf) => (TEXTS.test(leaf) ? 'VARCHAR' : leaf))
  if (leaves(texts, (leaf) => (isNumber(leaf) ? '' : leaf)) === texts) return texts
  const path = quoteText(`$.${JSON.stringify(key)}`)
  const digits = (count: number): string => `'[:\\[,]\\s*(-?[0-9]{${count},})\\s*[,\\]}]'`
  const found = await connection.runAndReadAll(
    `SELECT any_value(nullif(regexp_extract(text, ${digits(DIGITS_OF_DOUBLE + 1)}, 1), '')),
       coalesce(bool_or(regexp_matches(text, ${digits(DIGITS_OF_BIGINT)})), false)
     FROM (SELECT CAST(json_extract(json, ${path}) AS VARCHAR) AS text FROM ${objects})`,
  )
  const [[long, isBeyond] = []] = found.getRows()
  // Negative numbers beside positive ones make DuckDB take more than 64 bits, whatever they are.
  const numbers = leaves(texts, (leaf) => (isHuge.test(leaf) ? (isBeyond === true ? 'VARCHAR' : 'BIGINT') : leaf))
  if (long === null) return numbers
  const spelt = leaves(numbers, (leaf) => (leaf === 'DOUBLE' ? 'VARCHAR' : leaf))
  if (spelt !== texts) {
    notes.push({
      message: `${key}: numbers in it are text: ${String(long)} has more digits than a number keeps`,
      column: key,
    })
  }
  return spelt
}

/** The spelling of a type with its leaves changed; names of fields, quoted or not, stay. */
export function leaves(type: string, change: (leaf: string) => string): string {
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

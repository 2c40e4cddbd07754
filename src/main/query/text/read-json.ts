/**
 * From JSON to its plan. DuckDB says what the rows are made of, looking at all of them; texts and numbers are then
 * read as they are spelt and decided like those of CSV, so that both formats make the same of the same value.
 * Within lists and objects nothing becomes a time, and no number becomes another.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Reading, ReadingColumn, ReadingNote, ReadingOptions } from '../../../shared/model'
import { compressionOfName } from '../formats'
import { quoteName, quoteText } from '../engine/quote'
import type { Kind, Rules, Seen } from './column-kind'
import { nestedType, NUMBERS, TEXTS } from './json-types'
import { FILES, MOST_COLUMNS, objectsOf, rawJson, rawSql, type Plan, type PlannedColumn } from './plan'
import { columnNotes, shownColumn } from './column-notes'
import { misfitOf, noColumn, unreadable } from './refusals'
import { mustBeMeant, namedZoneOf, saidKind } from './said-kind'
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

/** Where rows are read from. */
export interface JsonPlaces {
  /** Host path of what DuckDB reads: the file, or its copy. */
  readonly values: string
  /** Of the file, where DuckDB reads it, too: it tells of which types numbers are that the copy has as texts. */
  readonly types: string
}

/** @throws DuckDB's errors, query.unreadable-file */
export async function planJson(facts: JsonFacts, connection: DuckDBConnection, places: JsonPlaces): Promise<Plan> {
  const { name, format, said, needsCopy } = facts
  const compression = compressionOfName(name)
  const packed = (path: string): string =>
    compression === null || (needsCopy && path === places.values) ? '' : `, compression = ${quoteText(compression)}`
  const objectsIn = (path: string): string => objectsOf(format, packed(path)).replace(FILES, () => quoteText(path))
  const objects = objectsIn(places.values)
  const base = draftOf(facts)
  const context = { connection, base, facts, from: (plan: Plan) => inFile(rawSql(plan, name), places.values) }
  const kinds = await connection.runAndReadAll(
    `SELECT coalesce(first(kind), 'OBJECT'), coalesce(bool_and(kind IN ('DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT', 'NULL')), false)
     FROM (SELECT json_type(json) AS kind FROM ${objectsIn(places.types)})`,
  )
  const [[first, isNumbers] = []] = kinds.getRows()
  const isBare = first !== 'OBJECT'
  if (isBare && isNumbers === true) return numbersAlone(context)
  const auto = inFile(rawJson({ format, columns: [], isBare: true, packed: packed(places.types) }), places.types)
  const found = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${auto}`))
    .getRows()
    .map(([column, type]) => ({ name: String(column), type: String(type) }))
  if (found.length > MOST_COLUMNS) {
    const reason = `its objects have ${found.length} keys, and at most ${MOST_COLUMNS} are read as columns`
    throw unreadable(name, reason, { expected: MOST_COLUMNS, found: found.length })
  }
  if (found.some(({ name: key, type }) => key.includes('\0') || type.includes('\0')))
    throw unreadable(name, 'a key of its objects has a NUL character, with which nothing in SQL can be called')
  const notes: ReadingNote[] = [...facts.notes]
  if (isBare) return valuesAlone(context, { ...found[0]!, objects, notes })
  const keys = await keysOf(
    connection,
    objects,
    found.map((column) => column.name),
  )
  refuseTwins(name, keys)
  const unknown = Object.keys(said.types ?? {}).find((column) => !keys.includes(column))
  if (unknown !== undefined) throw noColumn(name, unknown, keys)
  const drafts: PlannedColumn[] = []
  for (const [index, { type }] of found.entries()) {
    const key = keys[index]!
    const isScalar = NUMBERS.test(type) || TEXTS.test(type)
    const jsonType =
      isScalar || said.types?.[key] !== undefined
        ? 'VARCHAR'
        : await nestedType(connection, { type, name: key, path: `$.${JSON.stringify(key)}`, objects, notes })
    drafts.push({ name: key, key, kind: null, nulls: [], jsonType, isLong: false, why: null })
  }
  const from = context.from({ ...base, isBareJson: false, columns: drafts })
  await mustRead(connection, from, drafts)
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
      namedZone: namedZoneOf(draft.key, said),
      only: NUMBERS.test(type) ? 'numbers' : 'times',
    }
    return {
      sql: quoteName(draft.key),
      rules,
      sample: samples[index]!,
      said: saidKind(draft.key, samples[index]!, said),
    }
  })
  mustBeMeant(
    columns.map((column) => column.said),
    said,
  )
  const zone = base.reading.timezone
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
  return { ...base, isBareJson: false, columns: planned, reading: { ...base.reading, columns: shown, rows, notes } }
}

interface Context {
  readonly connection: DuckDBConnection
  readonly facts: JsonFacts
  /** Without columns. */
  readonly base: Plan
  /** What stands after FROM for the text of a plan's columns. */
  from(plan: Plan): string
}

/** Numbers that are in no object: spelt as they are, and decided like those of CSV. */
async function numbersAlone({ connection, base, facts, from }: Context): Promise<Plan> {
  const { name, said, format } = facts
  const zone = base.reading.timezone
  const draft = { name: 'json', key: 'json', kind: null, nulls: [], jsonType: 'VARCHAR', isLong: false, why: null }
  const plan: Plan = { ...base, isBareJson: true, columns: [draft] }
  const [sample] = await sampleOf(connection, from(plan), ['json'])
  const rules: Rules = { nulls: said.nulls ?? null, decimal: null, provenDecimal: null, only: 'numbers' }
  const column = { sql: 'json', rules, sample: sample!, said: saidKind('json', sample!, said) }
  const { rows, typed } = await typeColumns({ connection, from: from(plan), zone }, [column])
  const [each] = typed
  const at = (row: number): { readonly line?: number } => (format === 'jsonl' ? { line: row } : {})
  if (each!.misfit !== null) throw misfitOf(name, 'json', each!, at)
  const notes = [...facts.notes, ...columnNotes('json', each!, { at, rows })]
  const planned = { ...draft, kind: each!.kind, nulls: each!.nulls, isLong: each!.isLong, why: each!.why }
  const columns = [shownColumn('json', each!, zone)]
  return { ...plan, columns: [planned], reading: { ...base.reading, columns, rows, notes } }
}

/** Other values that are in no object, as DuckDB has them, but for numbers in lists that it would change. */
async function valuesAlone(
  { connection, base, from }: Context,
  {
    name: key,
    type,
    objects,
    notes,
  }: { readonly name: string; readonly type: string; readonly objects: string; readonly notes: ReadingNote[] },
): Promise<Plan> {
  const isScalar = NUMBERS.test(type) || TEXTS.test(type)
  const jsonType = isScalar ? type : await nestedType(connection, { type, name: key, path: '$', objects, notes })
  const column = { name: key, key, kind: null, nulls: [], jsonType, isLong: false, why: null }
  const plan: Plan = { ...base, isBareJson: true, columns: [column] }
  const [count] = (
    await connection.runAndReadAll(`SELECT count(*), count(${quoteName(key)}) FROM ${from(plan)}`)
  ).getRows()
  const columns = [{ name: key, type: jsonType }]
  return { ...plan, reading: { ...base.reading, columns, rows: Number(count![0]), notes } }
}

function draftOf({ format, encoding, hasByteOrderMark, needsCopy, said }: JsonFacts): Plan {
  const reading: Reading = {
    format,
    encoding,
    hasByteOrderMark,
    delimiter: null,
    quote: null,
    escape: null,
    hasHeader: null,
    skipped: null,
    comment: null,
    decimal: null,
    lineEnds: null,
    timezone: said.timezone ?? 'UTC',
    columns: [],
    rows: 0,
    leftOut: { count: 0, lines: [] },
    notes: [],
    said,
  }
  return { reading, columns: [], needsCopy, skip: 0, width: 1, longest: 0, isBareJson: false, rowLine: null }
}

/** Reads what nobody looks at before it is asked for. @throws DuckDB's errors */
async function mustRead(connection: DuckDBConnection, from: string, columns: readonly PlannedColumn[]): Promise<void> {
  const nested = columns.filter(({ jsonType }) => jsonType !== 'VARCHAR')
  if (nested.length === 0) return
  await connection.run(`SELECT ${nested.map(({ key }) => `count(${quoteName(key)})`).join(', ')} FROM ${from}`)
}

function inFile(sql: string, hostPath: string): string {
  return sql.replace(FILES, () => quoteText(hostPath))
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

/**
 * Parquet whose values SQL holds whole. DuckDB 1.5.6 cuts nanoseconds of an instant with a zone, and of one in 96 bits,
 * to microseconds, and makes DOUBLE of decimals beyond 38 digits, all without a word. Such a column is refused before a
 * statement reads it; instants are read where each of them is a whole microsecond, as their values are looked at, once
 * for each content.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { parquetScan, type FileMetaData, type SchemaElement } from 'hyparquet'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { readParquetShape } from '../../tables'
import type { Engine } from '../engine/engine'
import { notReadable, stopIf } from '../engine/failure'
import { quoteText } from '../engine/quote'
import type { Place } from '../sql/scan'
import type { TableBytes } from '../source'
import type { ReadableFile } from './path-tables'

/** Of this check: another number makes all reasons anew. */
const RULES = 1
const MOST_DIGITS = 38
const MOST_IN_MEMORY = 10_000

/** Why a file is not read, as the end of a sentence about it; null where nothing would be lost. */
type Reason = string | null

interface Reading {
  readonly engine: Engine
  readonly connection: DuckDBConnection
  readonly signal: AbortSignal | undefined
  readonly place: Place | null
}

const known = new WeakMap<Engine, Map<string, Reason>>()

/** Of files that are read as Parquet. @throws query.unreadable-file, query.cancelled */
export async function mustBeExact(files: readonly ReadableFile[], reading: Reading): Promise<void> {
  const { engine, signal, place } = reading
  const reasons = known.get(engine) ?? new Map<string, Reason>()
  known.set(engine, reasons)
  const asked = files.filter((file) => !reasons.has(hashOf(file)))
  const doubtful = await doubtfulPaths(
    asked.map(({ hostPath }) => hostPath),
    reading,
  )
  for (const file of files) {
    stopIf(signal)
    const hash = hashOf(file)
    const reason = reasons.get(hash) ?? (doubtful.has(file.hostPath) ? await reasonFor(engine, file, signal) : null)
    if (hash !== '') reasons.set(hash, reason)
    if (reasons.size > MOST_IN_MEMORY) reasons.delete(reasons.keys().next().value!)
    if (reason !== null) throw notReadable(file.file.path, reason, { place, cause: null })
  }
}

/** Empty where nobody knows it. */
function hashOf({ file, part }: ReadableFile): string {
  return part?.sha256 ?? file.sha256
}

/** Files with a column of a type that DuckDB may not hold, by their footers. One that has none fails when it is read. */
async function doubtfulPaths(
  hostPaths: readonly string[],
  { connection, signal }: Pick<Reading, 'connection' | 'signal'>,
): Promise<ReadonlySet<string>> {
  const paths = [...new Set(hostPaths)]
  if (paths.length === 0) return new Set()
  try {
    const found = await connection.runAndReadAll(
      `SELECT DISTINCT file_name FROM parquet_schema([${paths.map(quoteText).join(', ')}])
       WHERE type = 'INT96' OR logical_type LIKE 'TimestampType(isAdjustedToUTC=1,%NANOS=NanoSeconds%'
         OR (precision > ${MOST_DIGITS} AND (converted_type = 'DECIMAL' OR logical_type LIKE 'DecimalType(%'))`,
    )
    return new Set(found.getRows().map(([path]) => String(path)))
  } catch {
    stopIf(signal)
    if (paths.length === 1) return new Set()
    const doubtful = new Set<string>()
    for (const path of paths) for (const each of await doubtfulPaths([path], { connection, signal })) doubtful.add(each)
    return doubtful
  }
}

const keptReason = z.strictObject({ reason: z.string().nullable() })

async function reasonFor(engine: Engine, readable: ReadableFile, signal: AbortSignal | undefined): Promise<Reason> {
  const hash = hashOf(readable)
  const name = `readings/parquet-${sha256Of(`${RULES} ${hash}`)}.json`
  const kept = hash === '' ? null : await engine.readCached(name)
  if (kept !== null) {
    const [sum, body] = [kept.slice(0, 64), kept.slice(65)]
    if (sha256Of(hash + body) === sum) return keptReason.parse(JSON.parse(body)).reason
  }
  const { file, part } = readable
  const bytes = await (part === undefined ? file.open() : part.open())
  try {
    const reason = await reasonOf(bytes, signal)
    const body = JSON.stringify({ reason })
    if (hash !== '') await engine.writeCached(name, `${sha256Of(hash + body)}\n${body}`)
    return reason
  } finally {
    await bytes.close()
  }
}

async function reasonOf(bytes: TableBytes, signal: AbortSignal | undefined): Promise<Reason> {
  const shape = await readParquetShape(bytes)
  // What is damaged or encrypted fails when it is read.
  if ('problem' in shape) return null
  const { metadata } = shape
  for (const { name, leaves } of columnsOf(metadata.schema)) {
    const wide = leaves.find(({ precision }) => (precision ?? 0) > MOST_DIGITS)
    if (wide !== undefined)
      return `its column "${name}" is of a type that SQL does not have: decimal(${wide.precision}, ${wide.scale ?? 0}), which is more than ${MOST_DIGITS} digits (written as text, it is read whole)`
    const cut = leaves.find(isCut)
    if (cut === undefined) continue
    try {
      const found = await firstFine(bytes, { metadata, column: name }, signal)
      if (found !== null) return tooFine(name, cut, found)
    } catch (error) {
      stopIf(signal)
      const why = error instanceof Error ? error.message : String(error)
      return `whether the nanoseconds of its column "${name}" are whole microseconds, as SQL has them, cannot be told: ${why}`
    }
  }
  return null
}

function tooFine(name: string, { type }: SchemaElement, { row, nanos }: FineAt): string {
  const [sqlType, help] =
    type === 'INT96'
      ? ['TIMESTAMP', 'written as 64 bits without a zone, nanoseconds are read whole']
      : ['TIMESTAMP WITH TIME ZONE', 'written without a zone, nanoseconds are read whole']
  return `row ${row} of its column "${name}" has no place in SQL: its ${nanos} nanoseconds are finer than the microseconds of ${sqlType} (${help})`
}

/** Each column of the table with what it has of values, however deep. */
function columnsOf(schema: readonly SchemaElement[]): { readonly name: string; readonly leaves: SchemaElement[] }[] {
  let at = 1
  const take = (leaves: SchemaElement[]): void => {
    const element = schema[at++]!
    const children = element.num_children ?? 0
    if (children === 0) leaves.push(element)
    for (let child = 0; child < children; child++) take(leaves)
  }
  return Array.from({ length: schema[0]?.num_children ?? 0 }, () => {
    const { name } = schema[at]!
    const leaves: SchemaElement[] = []
    take(leaves)
    return { name, leaves }
  })
}

function isCut({ type, logical_type: logical }: SchemaElement): boolean {
  return type === 'INT96' || (logical?.type === 'TIMESTAMP' && logical.unit === 'NANOS' && logical.isAdjustedToUTC)
}

interface FineAt {
  /** From 1. */
  readonly row: number
  readonly nanos: bigint
}

/** An instant that is no whole microsecond, among values of other types. */
class Fine {
  constructor(readonly nanos: bigint) {}
}

/** One row group at a time. A dictionary may have values that no row has, so that rows are looked at. */
async function firstFine(
  bytes: TableBytes,
  { metadata, column }: { readonly metadata: FileMetaData; readonly column: string },
  signal: AbortSignal | undefined,
): Promise<FineAt | null> {
  let isAny = false
  const instants = {
    timestampFromNanoseconds: (nanos: bigint) => {
      if (nanos % 1_000n === 0n) return null
      isAny = true
      return new Fine(nanos)
    },
  }
  const { compressors } = await import('hyparquet-compressors')
  // Nanoseconds without a zone, which are read whole, are plain numbers here.
  const schema = metadata.schema.map((element) => {
    const { logical_type: logical, ...plain } = element
    return logical?.type === 'TIMESTAMP' && logical.unit === 'NANOS' && !logical.isAdjustedToUTC ? plain : element
  })
  let rowStart = 0
  for (const group of metadata.row_groups) {
    const scan = await parquetScan({
      file: {
        byteLength: bytes.size,
        slice: async (start, end = bytes.size) => {
          const read = await bytes.read(start, end - start)
          return new Uint8Array(read).buffer
        },
      },
      metadata: { ...metadata, schema, row_groups: [group], num_rows: group.num_rows },
      columns: [column],
      compressors,
      parsers: instants,
      utf8: false,
      geoparquet: false,
    })
    const rows = Number(group.num_rows)
    const values = rows === 0 ? [] : await scan.readColumn({ column, rowStart: 0, rowEnd: rows })
    stopIf(signal)
    if (isAny)
      for (let row = 0; row < values.length; row++) {
        const fine = fineIn(values[row])
        if (fine !== null) return { row: rowStart + row + 1, nanos: fine.nanos }
      }
    rowStart += rows
  }
  return null
}

function fineIn(value: unknown): Fine | null {
  if (value instanceof Fine) return value
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return null
  for (const each of Object.values(value)) {
    const found = fineIn(each)
    if (found !== null) return found
  }
  return null
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

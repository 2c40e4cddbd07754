/**
 * When the rows of a Parquet file happened: which column says so, and its least and greatest instant in
 * microseconds. Taken from the statistics of row groups where a writer that counts exactly wrote them,
 * else by reading the column, batch by batch.
 */
import { DataType, TimeUnit, type Data } from 'apache-arrow'
import type { Micros } from '../../shared/model'
import type { ByteSource, ParquetColumn, ParquetShape } from './parquet-content'
import { readBatches } from './parquet-reader'

/** Names that are tried where no column is named, in this order. */
export const EVENT_TIME_COLUMNS = ['timestamp', 'Timestamp', 'event_time', 'time', 'ts', 'datetime'] as const

export interface EventTimes {
  readonly column: string
  /** Null where no row has one. */
  readonly min: Micros | null
  readonly max: Micros | null
}

export interface NoEventTimes {
  /** What is wrong, as the end of a sentence about the file. */
  readonly problem: string
  readonly columns: readonly string[]
}

/**
 * Instants of a column that is named, or of the first that fits. Finer instants are widened to the
 * microsecond, and those beyond what a number holds to its bounds, so that no row is outside the range.
 */
export async function readEventTimes(
  source: ByteSource,
  shape: ParquetShape,
  { path, column }: { readonly path: string; readonly column?: string | undefined },
): Promise<EventTimes | NoEventTimes> {
  const found = findEventColumn(shape, column)
  if ('problem' in found) return found
  const range = statisticsOf(shape, found) ?? (await scan(source, shape, { path, column: found.name }))
  return { column: found.name, min: range && clamp(range.min), max: range && clamp(range.max) }
}

/** The named column if it holds instants or days, else the first of `EVENT_TIME_COLUMNS` that does. */
function findEventColumn(shape: ParquetShape, named?: string): ParquetColumn | NoEventTimes {
  const columns = shape.columns.map(({ name }) => name)
  if (named !== undefined) {
    const column = shape.columns.find(({ name }) => name === named)
    if (column === undefined) return { problem: `it has no column ${named}: it has ${columns.join(', ')}`, columns }
    return unitOf(column) === null ? noTimes(named, columns) : column
  }
  for (const name of EVENT_TIME_COLUMNS) {
    const column = shape.columns.find((each) => each.name === name)
    if (column !== undefined && unitOf(column) !== null) return column
  }
  const namesake = EVENT_TIME_COLUMNS.find((name) => columns.includes(name))
  if (namesake !== undefined) return noTimes(namesake, columns)
  const wanted = EVENT_TIME_COLUMNS.join(', ')
  const problem = `none of ${wanted} is among its columns ${columns.join(', ')} (--timestamp-column says which it is)`
  return { problem, columns }
}

function noTimes(column: string, columns: readonly string[]): NoEventTimes {
  const help = '--timestamp-column names another, and of text --timestamp-format says how it is written'
  return { problem: `its column ${column} holds neither timestamps nor dates (${help})`, columns }
}

type Unit = 'MILLIS' | 'MICROS' | 'NANOS' | 'DAYS' | 'INT96'
interface Range {
  readonly min: bigint
  readonly max: bigint
}

function unitOf({ leaf }: ParquetColumn): Unit | null {
  if (leaf === null || leaf.repetition_type === 'REPEATED') return null
  const { type, converted_type: converted, logical_type: logical } = leaf
  if (type === 'INT96') return 'INT96'
  if (type === 'INT32') return converted === 'DATE' || logical?.type === 'DATE' ? 'DAYS' : null
  if (type !== 'INT64') return null
  if (logical?.type === 'TIMESTAMP') return logical.unit
  if (converted === 'TIMESTAMP_MILLIS') return 'MILLIS'
  return converted === 'TIMESTAMP_MICROS' ? 'MICROS' : null
}

/** Those who write exact bounds of 64-bit instants; others' are advice, and reading the column is the answer. */
const EXACT_WRITERS = /^(DuckPond|DuckDB|parquet-rs|parquet-cpp-arrow|hyparquet)\b/

/** Null where statistics do not tell, or cannot be relied on. */
function statisticsOf({ metadata, rowGroups }: ParquetShape, column: ParquetColumn): Range | null {
  const unit = unitOf(column)
  if (unit === null || unit === 'INT96' || !EXACT_WRITERS.test(metadata.created_by ?? '')) return null
  let range: Range | null = null
  for (const [index, group] of metadata.row_groups.entries()) {
    const rows = rowGroups[index]?.rows ?? 0
    if (rows === 0) continue
    const chunk = group.columns.find(({ meta_data: meta }) => {
      const path = meta?.path_in_schema
      return path?.length === 1 && path[0] === column.name
    })
    const statistics = chunk?.meta_data?.statistics
    if (statistics === undefined) return null
    const { min_value: min, max_value: max, null_count: nulls } = statistics
    if (min === undefined || max === undefined) {
      // Nothing but nulls has no bounds.
      if (nulls !== undefined && Number(nulls) === rows) continue
      return null
    }
    if (statistics.is_min_value_exact === false || statistics.is_max_value_exact === false) return null
    range = widen(range, asInteger(min), unit)
    range = widen(range, asInteger(max), unit)
  }
  return range
}

function asInteger(value: unknown): bigint {
  return BigInt(value as bigint | number)
}

async function scan(
  source: ByteSource,
  shape: ParquetShape,
  { path, column }: { readonly path: string; readonly column: string },
): Promise<Range | null> {
  let range: Range | null = null
  for await (const batch of readBatches(source, { path, shape, columns: [column], batchRows: SCAN_ROWS })) {
    const data = batch.data.children[0]
    if (data !== undefined) range = widenByAll(range, data)
  }
  return range
}

const SCAN_ROWS = 65_536

function widenByAll(range: Range | null, data: Data): Range | null {
  const { type, values, length } = data
  const unit = arrowUnit(type)
  // Instants are BigInt64Array, days Int32Array: compared raw, and converted once.
  const instants = values as { readonly [index: number]: bigint | number }
  let min: bigint | number | undefined
  let max: bigint | number | undefined
  for (let row = 0; row < length; row++) {
    if (data.nullCount > 0 && !data.getValid(row)) continue
    const value = instants[row]!
    if (min === undefined || value < min) min = value
    if (max === undefined || value > max) max = value
  }
  if (min === undefined || max === undefined) return range
  return widen(widen(range, BigInt(min), unit), BigInt(max), unit)
}

function arrowUnit(type: DataType): Unit {
  if (DataType.isDate(type)) return 'DAYS'
  if (!DataType.isTimestamp(type)) throw new TypeError(`expected instants, found ${type.toString()}`)
  switch (type.unit) {
    case TimeUnit.MILLISECOND:
      return 'MILLIS'
    case TimeUnit.NANOSECOND:
      return 'NANOS'
    case TimeUnit.MICROSECOND:
      return 'MICROS'
    default:
      throw new TypeError('Parquet has no timestamps in seconds')
  }
}

function widen(range: Range | null, value: bigint, unit: Unit): Range {
  const [low, high] = microsAround(value, unit)
  return {
    min: range === null || low < range.min ? low : range.min,
    max: range === null || high > range.max ? high : range.max,
  }
}

function microsAround(value: bigint, unit: Unit): readonly [bigint, bigint] {
  switch (unit) {
    case 'DAYS':
      return [value * 86_400_000_000n, value * 86_400_000_000n]
    case 'MILLIS':
      return [value * 1_000n, value * 1_000n]
    case 'MICROS':
      return [value, value]
    default: {
      const down = value >= 0n ? value / 1_000n : (value - 999n) / 1_000n
      return [down, down * 1_000n === value ? down : down + 1n]
    }
  }
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER)

function clamp(value: bigint): Micros {
  return Number(value > SAFE ? SAFE : value < -SAFE ? -SAFE : value)
}

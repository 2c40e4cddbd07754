/**
 * A result's rows as text for programs: JSON objects or CSV fields. The one place that writes them, so
 * that a terminal, a pipe and a file hold the same. Values are those of `toJson` and `toText`.
 */
import type { DuckDBDataChunk, DuckDBType, DuckDBVector } from '@duckdb/node-api'
import type { Column } from '../../../shared/model'
import { TypeId } from '../engine/duckdb-types'
import { partsOf } from './arrow-types'
import { dateCell, timestampCell, type Cell } from './time-text'
import { isTextType, jsonText, typeText } from './type-text'
import { toJson } from '../engine/values'

export type RowFormat = 'csv' | 'json' | 'jsonl'

/** Characters that are written at once, but for a row that has more. */
const PIECE_LENGTH = 64 * 1024

export interface RowText {
  /** What stands before the first row. */
  head(): string
  /** The rows of a chunk, in pieces. */
  rows(chunk: DuckDBDataChunk): Iterable<string>
  /** What stands behind the last row. */
  end(): string
}

/** `json` is one array with a row to a line, `jsonl` an object to a line, `csv` has a line of names first. */
export function rowText(format: RowFormat, columns: readonly Column[], types: readonly DuckDBType[]): RowText {
  return format === 'csv' ? csvRows(columns, types) : jsonRows(columns, types, format === 'json')
}

function jsonRows(columns: readonly Column[], types: readonly DuckDBType[], isArray: boolean): RowText {
  const keys = keysOf(columns)
  const before = keys.map((key, i) => `${i === 0 ? '{' : ','}${JSON.stringify(key)}:`)
  const cells = columns.map(({ type }, i) => jsonCell(types[i]!, type))
  let isFirst = true
  return {
    head: () => (isArray ? '[' : ''),
    *rows(chunk) {
      yield* pieces(chunk, (values, row) => {
        let text = !isArray ? '' : isFirst ? '\n' : ',\n'
        isFirst = false
        for (let i = 0; i < cells.length; i++) text += before[i]! + cells[i]!(values[i]!.getItem(row))
        return text + (isArray ? '}' : '}\n')
      })
    },
    end: () => (isArray ? (isFirst ? ']\n' : '\n]\n') : ''),
  }
}

function csvRows(columns: readonly Column[], types: readonly DuckDBType[]): RowText {
  const cells = types.map(csvCell)
  return {
    head: () => `${columns.map(({ name }) => csvField(name)).join(',')}\n`,
    *rows(chunk) {
      yield* pieces(chunk, (values, row) => {
        let text = ''
        for (let i = 0; i < cells.length; i++) text += (i === 0 ? '' : ',') + cells[i]!(values[i]!.getItem(row))
        return `${text}\n`
      })
    },
    end: () => '',
  }
}

type Values = Pick<DuckDBVector, 'getItem'>

/** Values are taken out one by one: those of a whole chunk may be more than memory holds twice. */
function* pieces(chunk: DuckDBDataChunk, line: (values: readonly Values[], row: number) => string): Generator<string> {
  const values = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i))
  let text = ''
  for (let row = 0; row < chunk.rowCount; row++) {
    text += line(values, row)
    if (text.length < PIECE_LENGTH) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

/** Column names as the keys of an object: a name that comes again gets a number. */
function keysOf(columns: readonly Column[]): string[] {
  const taken = new Set<string>()
  return columns.map(({ name }) => {
    let key = name
    for (let n = 1; taken.has(key); n++) key = `${name}_${n}`
    taken.add(key)
    return key
  })
}

function jsonCell(type: DuckDBType, name: string): Cell {
  const exact = (value: unknown): string => JSON.stringify(toJson(value, name))
  switch (type.typeId as number) {
    case TypeId.BOOLEAN:
    case TypeId.TINYINT:
    case TypeId.SMALLINT:
    case TypeId.INTEGER:
    case TypeId.UTINYINT:
    case TypeId.USMALLINT:
    case TypeId.UINTEGER:
      return String
    case TypeId.VARCHAR:
      return JSON.stringify
    case TypeId.FLOAT:
    case TypeId.DOUBLE:
      return (value) => (Object.is(value, -0) ? '-0.0' : exact(value))
    case TypeId.TIMESTAMP:
      return timestampCell({ exact, quote: '"', separator: 'T', zone: '' })
    case TypeId.TIMESTAMP_TZ:
      return timestampCell({ exact, quote: '"', separator: 'T', zone: 'Z' })
    case TypeId.DATE:
      return dateCell(exact)
    default:
      return isTextType(type) || isNested(type) ? (value) => jsonText(value, type) : exact
  }
}

function isNested(type: DuckDBType): boolean {
  const kind = partsOf(type)?.kind
  return kind !== undefined && kind !== 'decimal'
}

function csvCell(type: DuckDBType): Cell {
  const exact = (value: unknown): string => {
    const text = typeText(value, type)
    return text === null ? '' : csvField(text)
  }
  switch (type.typeId as number) {
    case TypeId.TIMESTAMP:
      return timestampCell({ exact, quote: '', separator: ' ', zone: '' })
    case TypeId.TIMESTAMP_TZ:
      return timestampCell({ exact, quote: '', separator: ' ', zone: 'Z' })
    case TypeId.DATE:
      return dateCell(exact)
    default:
      return exact
  }
}

/** NULL is nothing, and a text without characters two quotes. */
function csvField(text: string): string {
  return text === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

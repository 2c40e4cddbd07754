/**
 * One declaration of a table's columns, from which every schema of that table is derived: Delta's,
 * Parquet's and DuckDB's here, Arrow's in `arrow-schema.ts`. Types are Delta's primitive types, which all four have. Promises that
 * a value written under one of these schemas reads back equal under the others; nothing else spells a
 * column's type.
 */
import type { SchemaElement } from 'hyparquet'

/** `timestamp` is an instant in microseconds, UTC; `date` a day of the calendar. */
export type ColumnType =
  | 'string'
  | 'binary'
  | 'boolean'
  | 'byte'
  | 'short'
  | 'integer'
  | 'long'
  | 'float'
  | 'double'
  | 'date'
  | 'timestamp'
  /** 1 to 38 digits, of which `scale` follow the point. */
  | { readonly precision: number; readonly scale: number }

/** Those that are named by a word. */
export const COLUMN_TYPES: ReadonlySet<string> = new Set([
  'string',
  'binary',
  'boolean',
  'byte',
  'short',
  'integer',
  'long',
  'float',
  'double',
  'date',
  'timestamp',
] satisfies ColumnType[])

export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly nullable: boolean
}

export interface TableType {
  readonly name: string
  /** In the order in which they are written. */
  readonly columns: readonly Column[]
}

/** Delta's `metaData.schemaString`. */
export function deltaSchema(type: TableType): string {
  return JSON.stringify({
    type: 'struct',
    fields: type.columns.map((column) => ({
      name: column.name,
      type: deltaType(column.type),
      nullable: column.nullable,
      metadata: {},
    })),
  })
}

/** Flat Parquet schema: root first, then one leaf per column. */
export function parquetSchema(type: TableType): SchemaElement[] {
  return [{ name: 'root', num_children: type.columns.length }, ...type.columns.map(parquetLeaf)]
}

/** The columns between the parentheses of DuckDB's CREATE TABLE. */
export function duckdbColumns(type: TableType): string {
  return type.columns
    .map(
      (column) =>
        `"${column.name.replaceAll('"', '""')}" ${duckdbType(column.type)}${column.nullable ? '' : ' NOT NULL'}`,
    )
    .join(', ')
}

/** A leaf of such a schema. */
export function parquetLeaf({ name, type, nullable }: Column): SchemaElement {
  return { name, repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED', ...parquetType(type) }
}

function deltaType(type: ColumnType): string {
  return typeof type === 'string' ? type : `decimal(${type.precision},${type.scale})`
}

function parquetType(type: ColumnType): Omit<SchemaElement, 'name'> {
  switch (type) {
    case 'string':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'binary':
      return { type: 'BYTE_ARRAY' }
    case 'boolean':
      return { type: 'BOOLEAN' }
    // Without a logical type: hyparquet-writer spells its width wrongly, and these mean the same.
    case 'byte':
      return { type: 'INT32', converted_type: 'INT_8' }
    case 'short':
      return { type: 'INT32', converted_type: 'INT_16' }
    case 'integer':
      return { type: 'INT32' }
    case 'long':
      return { type: 'INT64' }
    case 'float':
      return { type: 'FLOAT' }
    case 'double':
      return { type: 'DOUBLE' }
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }
    case 'timestamp':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      }
    default:
      return decimal(type)
  }
}

function decimal({ precision, scale }: { readonly precision: number; readonly scale: number }) {
  const logical = { type: 'DECIMAL', precision, scale } as const
  const common = { converted_type: 'DECIMAL', logical_type: logical, precision, scale } as const
  if (precision <= 18) return { type: 'INT64', ...common } as const
  return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, ...common } as const
}

/** DuckDB's type of a column. */
export function duckdbType(type: ColumnType): string {
  switch (type) {
    case 'string':
      return 'VARCHAR'
    case 'binary':
      return 'BLOB'
    case 'byte':
      return 'TINYINT'
    case 'short':
      return 'SMALLINT'
    case 'long':
      return 'BIGINT'
    case 'timestamp':
      return 'TIMESTAMPTZ'
    case 'boolean':
    case 'integer':
    case 'float':
    case 'double':
    case 'date':
      return type.toUpperCase()
    default:
      return `DECIMAL(${type.precision}, ${type.scale})`
  }
}

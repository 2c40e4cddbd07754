/**
 * One declaration of a table's columns, from which every schema of that table is derived: Delta's
 * schema string and the Parquet schema here, Arrow's next to the bulk writer. Nothing else spells a
 * column's type.
 */
import type { SchemaElement } from 'hyparquet'

export type ColumnType = 'string' | 'long' | 'timestamp' | 'binary'

export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** Delta's `stats` carry minimum, maximum and null count of the column. */
  readonly statistics: boolean
  /** Null is damage. Delta declares every column nullable all the same: readers differ on the rest. */
  readonly required: boolean
}

export interface TableType {
  readonly name: string
  readonly columns: readonly Column[]
}

/** Delta's `metaData.schemaString`. */
export function deltaSchema(type: TableType): string {
  return JSON.stringify({
    type: 'struct',
    fields: type.columns.map((column) => ({ name: column.name, type: column.type, nullable: true, metadata: {} })),
  })
}

/** Flat Parquet schema: root first, then one optional leaf per column. */
export function parquetSchema(type: TableType): SchemaElement[] {
  return [{ name: 'root', num_children: type.columns.length }, ...type.columns.map(parquetElement)]
}

function parquetElement({ name, type }: Column): SchemaElement {
  switch (type) {
    case 'string':
      return text(name)
    case 'binary':
      return { name, type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' }
    case 'long':
      return { name, type: 'INT64', repetition_type: 'OPTIONAL' }
    case 'timestamp':
      return {
        name,
        type: 'INT64',
        repetition_type: 'OPTIONAL',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      }
  }
}

/** An optional UTF-8 leaf. */
export function text(name: string): SchemaElement {
  return {
    name,
    type: 'BYTE_ARRAY',
    repetition_type: 'OPTIONAL',
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
  }
}

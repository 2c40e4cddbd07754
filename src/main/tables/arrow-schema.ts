/** A table type's Arrow schema. */
import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  Schema,
  TimestampMicrosecond,
  Utf8,
  type DataType,
} from 'apache-arrow'
import type { ColumnType, TableType } from './table-type'

export function arrowSchema(type: TableType, metadata?: ReadonlyMap<string, string>): Schema {
  const fields = type.columns.map((column) => new Field(column.name, arrowType(column.type), column.nullable))
  return new Schema(fields, new Map(metadata))
}

function arrowType(type: ColumnType): DataType {
  switch (type) {
    case 'string':
      return new Utf8()
    case 'binary':
      return new Binary()
    case 'boolean':
      return new Bool()
    case 'byte':
      return new Int8()
    case 'short':
      return new Int16()
    case 'integer':
      return new Int32()
    case 'long':
      return new Int64()
    case 'float':
      return new Float32()
    case 'double':
      return new Float64()
    case 'date':
      return new DateDay()
    case 'timestamp':
      return new TimestampMicrosecond('UTC')
    default:
      return new Decimal(type.scale, type.precision, 128)
  }
}

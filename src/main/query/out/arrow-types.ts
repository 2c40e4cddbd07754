/**
 * The Arrow type of a DuckDB type: the exact twin where Arrow has one, nested types included, else
 * text as DuckDB writes it (docs/sql.md lists which). A field's metadata keeps DuckDB's own type.
 */
import type {
  DuckDBArrayType,
  DuckDBDecimalType,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  DuckDBType,
} from '@duckdb/node-api'
import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  IntervalMonthDayNano,
  List,
  Map_,
  Struct,
  TimeMicrosecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  type DataType,
} from 'apache-arrow'
import { TypeId } from '../engine/duckdb-types'

export function arrowType(type: DuckDBType): DataType {
  return leafType(type) ?? partedType(type) ?? new Utf8()
}

export function arrowField(name: string, type: DuckDBType): Field {
  return new Field(name, arrowType(type), true, new Map([['duckdb.type', type.toString()]]))
}

function leafType(type: DuckDBType): DataType | undefined {
  switch (type.typeId as number) {
    case TypeId.BOOLEAN:
      return new Bool()
    case TypeId.TINYINT:
      return new Int8()
    case TypeId.SMALLINT:
      return new Int16()
    case TypeId.INTEGER:
      return new Int32()
    case TypeId.BIGINT:
      return new Int64()
    case TypeId.UTINYINT:
      return new Uint8()
    case TypeId.USMALLINT:
      return new Uint16()
    case TypeId.UINTEGER:
      return new Uint32()
    case TypeId.UBIGINT:
      return new Uint64()
    case TypeId.FLOAT:
      return new Float32()
    case TypeId.DOUBLE:
      return new Float64()
    case TypeId.DATE:
      return new DateDay()
    case TypeId.TIME:
      return new TimeMicrosecond()
    case TypeId.TIME_NS:
      return new TimeNanosecond()
    case TypeId.TIMESTAMP:
      return new TimestampMicrosecond()
    case TypeId.TIMESTAMP_TZ:
      return new TimestampMicrosecond('UTC')
    case TypeId.TIMESTAMP_S:
      return new TimestampSecond()
    case TypeId.TIMESTAMP_MS:
      return new TimestampMillisecond()
    case TypeId.TIMESTAMP_NS:
      return new TimestampNanosecond()
    case TypeId.INTERVAL:
      return new IntervalMonthDayNano()
    case TypeId.VARCHAR:
      return new Utf8()
    case TypeId.BLOB:
      return new Binary()
    default:
      return undefined
  }
}

function partedType(type: DuckDBType): DataType | undefined {
  const parts = partsOf(type)
  switch (parts?.kind) {
    case 'decimal':
      return new Decimal(parts.scale, parts.width, 128)
    case 'list':
      return new List(new Field('item', arrowType(parts.item), true))
    case 'array':
      return new FixedSizeList(parts.length, new Field('item', arrowType(parts.item), true))
    case 'struct':
      return new Struct(parts.fields.map(({ name, type: inner }) => new Field(name, arrowType(inner), true)))
    case 'map': {
      const entry = new Struct([
        new Field('key', arrowType(parts.key), false),
        new Field('value', arrowType(parts.value), true),
      ])
      return new Map_(new Field('entries', entry, false))
    }
    default:
      return undefined
  }
}

export type Parts =
  | { readonly kind: 'decimal'; readonly width: number; readonly scale: number }
  | { readonly kind: 'list'; readonly item: DuckDBType }
  | { readonly kind: 'array'; readonly item: DuckDBType; readonly length: number }
  | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly type: DuckDBType }[] }
  | { readonly kind: 'map'; readonly key: DuckDBType; readonly value: DuckDBType }

/** What a parametrised type is made of; undefined for every other. */
export function partsOf(type: DuckDBType): Parts | undefined {
  switch (type.typeId as number) {
    case TypeId.DECIMAL: {
      const { width, scale } = type as DuckDBDecimalType
      return { kind: 'decimal', width, scale }
    }
    case TypeId.LIST:
      return { kind: 'list', item: (type as DuckDBListType).valueType }
    case TypeId.ARRAY: {
      const { valueType, length } = type as DuckDBArrayType
      return { kind: 'array', item: valueType, length }
    }
    case TypeId.STRUCT: {
      const { entryNames, entryTypes } = type as DuckDBStructType
      return { kind: 'struct', fields: entryNames.map((name, index) => ({ name, type: entryTypes[index]! })) }
    }
    case TypeId.MAP: {
      const { keyType, valueType } = type as DuckDBMapType
      return { kind: 'map', key: keyType, value: valueType }
    }
    default:
      return undefined
  }
}

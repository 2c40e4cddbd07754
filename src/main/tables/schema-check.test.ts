import {
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int32,
  IntervalDayTime,
  IntervalYearMonth,
  List,
  Map_,
  Schema,
  Struct,
  Utf8,
  type DataType,
} from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../shared/errors'
import { checkedSchema } from './schema-check'
import type { Column, ColumnType, TableType } from './table-type'

const one = (type: DataType): Schema => new Schema([new Field('ok', new Int32()), new Field('c', type, true)])
const entries = (value: DataType) =>
  // Arrow's own types would know the key and the value apart.
  new Field('entries', new Struct([new Field('key', new Utf8()), new Field('value', value)]), false) as never
const declared = (...columns: (readonly [name: string, type: unknown])[]): TableType => ({
  name: 't',
  columns: columns.map(([name, type]): Column => ({ name, type: type as ColumnType, nullable: true })),
})

function refusedColumn(schema: TableType | Schema): unknown {
  try {
    checkedSchema(schema)
  } catch (error) {
    if (isPondError(error, 'tables.bad-schema')) return error.detail['column'] ?? 'none'
    throw error
  }
  return undefined
}

describe('a schema of rows to be written', () => {
  it.each([
    [new IntervalYearMonth(), 'c'],
    [new Struct([new Field('at', new IntervalDayTime())]), 'c.at'],
    [new List(new Field('item', new IntervalYearMonth())), 'c[]'],
    [new Map_(entries(new IntervalYearMonth())), 'c.value'],
    [new Struct([new Field('a', new Int32()), new Field('a', new Int32())]), 'c.a'],
    [new Struct([]), 'c'],
    [new Decimal(0, 39, 128), 'c'],
    [new Decimal(0, 0, 128), 'c'],
    [new Decimal(6, 5, 128), 'c'],
    [new Decimal(0, 77, 256), 'c'],
  ])('of Arrow is refused by the name of the column that has %s', (type, column) => {
    expect(refusedColumn(one(type))).toBe(column)
  })

  it('is refused without columns, and with two of a name', () => {
    expect(refusedColumn(new Schema([]))).toBe('none')
    expect(refusedColumn(declared(['a', 'long'], ['a', 'string']))).toBe('a')
  })

  it.each([
    'foo',
    'constructor',
    { precision: 39, scale: 0 },
    { precision: 0, scale: 0 },
    { precision: 2, scale: 3 },
    {},
    null,
    undefined,
    7,
  ])('that is declared is refused by the column whose type is %j', (type) => {
    expect(refusedColumn(declared(['ok', 'long'], ['c', type]))).toBe('c')
  })

  it('passes with every type that can be declared, at its bounds, and with nested ones of Arrow', () => {
    const types = [
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
    ]
    const decimals = [
      { precision: 1, scale: 0 },
      { precision: 38, scale: 38 },
    ]
    expect(
      refusedColumn(declared(...[...types, ...decimals].map((type, i) => [`c${i}`, type] as const))),
    ).toBeUndefined()
    for (const type of [
      new Dictionary(new Utf8(), new Int32()),
      new Decimal(30, 76, 256),
      new List(new Field('item', new Struct([new Field('x', new Float64())]))),
      new Map_(entries(new Int32())),
    ])
      expect(refusedColumn(one(type))).toBeUndefined()
  })
})

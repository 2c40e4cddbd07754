import {
  Binary,
  Bool,
  DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  List,
  makeData,
  Map_,
  RecordBatch,
  Schema,
  Struct,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import { arrowSchemaOf, readBatches } from './parquet-reader'
import { readParquetShape } from './parquet-content'
import { writeParquet } from './parquet-writer'
import { batchesOfRecords } from './records-in'
import { recordsOf } from './records-out'
import type { RecordValue, TableRecord } from './record-values'
import { sourceOf } from './testing/parquet'

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const text = fc.string({ unit: 'grapheme', maxLength: 8 })
const bytes = (length?: number) =>
  fc.uint8Array(length === undefined ? { maxLength: 8 } : { minLength: length, maxLength: length })
const decimal = (precision: number, scale: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }).map((unscaled) => {
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
    const point = digits.length - scale
    const written = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`
    return unscaled < 0n ? `-${written}` : written
  })
const orNull = (values: fc.Arbitrary<RecordValue>) => fc.option(values, { nil: null, freq: 4 })
const item = (type: DataType): Field => new Field('item', type, true)

const mapFields = [new Field('key', new Utf8(), false), new Field('value', new Int32(), true)]
// Arrow's own types would know the key and the value apart; the schema is what counts.
const mapEntries = new Field('entries', new Struct(mapFields), false) as ConstructorParameters<typeof Map_>[0]

/** Every type that a column of a table may have, with values up to its bounds. */
const TYPES: readonly (readonly [DataType, fc.Arbitrary<RecordValue>])[] = [
  [new Bool(), fc.boolean()],
  [new Int8(), fc.integer({ min: -128, max: 127 })],
  [new Int16(), fc.integer({ min: -32_768, max: 32_767 })],
  [new Int32(), fc.integer()],
  [new Int64(), int64],
  [new Uint8(), fc.nat(255)],
  [new Uint16(), fc.nat(65_535)],
  [new Uint32(), fc.integer({ min: 0, max: 2 ** 32 - 1 })],
  [new Uint64(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  [new Float32(), fc.float()],
  [new Float64(), fc.double()],
  [new Decimal(2, 9, 128), decimal(9, 2)],
  [new Decimal(0, 18, 128), decimal(18, 0)],
  [new Decimal(10, 38, 128), decimal(38, 10)],
  [new Decimal(30, 76, 256), decimal(76, 30)],
  [new Utf8(), text],
  [new Binary(), bytes()],
  [new FixedSizeBinary(5), bytes(5)],
  [new DateDay(), fc.integer({ min: -1_000_000, max: 1_000_000 })],
  [new DateMillisecond(), fc.bigInt({ min: -(2n ** 30n), max: 2n ** 30n }).map((days) => days * 86_400_000n)],
  [new TimeMillisecond(), fc.nat(86_399_999)],
  [new TimeMicrosecond(), fc.bigInt({ min: 0n, max: 86_399_999_999n })],
  [new TimeNanosecond(), fc.bigInt({ min: 0n, max: 86_399_999_999_999n })],
  [new TimestampMillisecond(), int64],
  [new TimestampMicrosecond('UTC'), int64],
  [new TimestampMicrosecond(), int64],
  [new TimestampNanosecond('Europe/Vienna'), int64],
  [new List(item(new Int64())), fc.array(orNull(int64), { maxLength: 4 })],
  [
    new List(item(new List(item(new Utf8())))),
    fc.array(orNull(fc.array(orNull(text), { maxLength: 2 })), { maxLength: 3 }),
  ],
  [new FixedSizeList(2, item(new Float64())), fc.array(orNull(fc.double()), { minLength: 2, maxLength: 2 })],
  [
    new Struct([new Field('at', new TimestampMillisecond(), true), new Field('tag', new Utf8(), true)]),
    fc.record({ at: orNull(int64), tag: orNull(text) }),
  ],
  [
    new Map_(mapEntries),
    fc.uniqueArray(fc.tuple(text, orNull(fc.integer())), { maxLength: 3, selector: ([key]) => key }),
  ],
]

const every = new Schema(
  TYPES.flatMap(([type], index) => [new Field(`c${index}`, type, true), new Field(`must ${index}`, type, false)]),
)
const anyRecord = fc.record(
  Object.fromEntries(
    TYPES.flatMap(([, values], index) => [
      [`c${index}`, orNull(values)],
      [`must ${index}`, values],
    ]),
  ),
) as fc.Arbitrary<TableRecord>

async function written(batches: AsyncIterable<RecordBatch>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of writeParquet(batches)) parts.push(part)
  return Buffer.concat(parts)
}

async function read(
  parquet: Uint8Array,
  batchRows?: number,
): Promise<{ records: TableRecord[]; batches: RecordBatch[] }> {
  const source = sourceOf(parquet)
  const shape = await readParquetShape(source)
  if ('problem' in shape) throw new Error(shape.problem)
  const batches: RecordBatch[] = []
  for await (const batch of readBatches(source, { path: '/t', shape, batchRows })) batches.push(batch)
  return { batches, records: batches.flatMap(recordsOf) }
}

async function schemaOf(parquet: Uint8Array): Promise<Schema> {
  const shape = await readParquetShape(sourceOf(parquet))
  if ('problem' in shape) throw new Error(shape.problem)
  return arrowSchemaOf(sourceOf(parquet), shape, '/t')
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

const types = (schema: Schema): string[] =>
  schema.fields.map(({ name, type, nullable }) => `${name} ${type.toString()} ${nullable}`)

describe('typed rows', () => {
  it('come back as they were written, in every type, with and without nulls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRecord, { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        async (records, batchRows) => {
          const parquet = await written(batchesOfRecords(every, records))
          const { records: found, batches } = await read(parquet, batchRows)
          expect(found).toEqual(records)
          for (const batch of batches) expect(batch.numRows).toBeLessThanOrEqual(batchRows)
          expect(types(await schemaOf(parquet))).toEqual(types(every))
          // What was read is as good as what was written: Arrow in, Arrow out.
          if (batches.length > 0) expect((await read(await written(each(batches)))).records).toEqual(records)
        },
      ),
      { numRuns: runs(20) },
    )
  })

  it('keep dictionaries that are given as batches', async () => {
    const words = vectorFromArray(['a', 'b', 'a', null, 'b'], new Dictionary(new Utf8(), new Int32()))
    const schema = new Schema([new Field('word', words.type, true)])
    const data = makeData({ type: new Struct(schema.fields), length: 5, nullCount: 0, children: [words.data[0]!] })
    const { records, batches } = await read(await written(each([new RecordBatch(schema, data)])))
    expect(records.map(({ word }) => word)).toEqual(['a', 'b', 'a', null, 'b'])
    expect(DataType.isDictionary(batches[0]!.schema.fields[0]!.type)).toBe(true)
  })

  it.each([
    ['a fraction in an integer', new Int32(), 1.5],
    ['a number beyond its integer', new Int8(), 128],
    ['a number that lost digits', new Int64(), 2 ** 60],
    ['a number for a decimal', new Decimal(2, 9, 128), 1.1],
    ['digits that a decimal has not', new Decimal(2, 9, 128), '1.234'],
    ['more digits than a decimal has', new Decimal(2, 9, 128), '12345678.90'],
    ['half a character', new Utf8(), '\ud800'],
    ['text for bytes', new Binary(), 'abc'],
    ['bytes of another length', new FixedSizeBinary(2), new Uint8Array(3)],
    ['a list of another length', new FixedSizeList(2, item(new Int32())), [1]],
    ['part of a second', new List(item(new Int64())), [1, 0.5]],
  ])('refuse %s, naming row and column', async (_, type, value) => {
    const schema = new Schema([new Field('x', type, true)])
    await expect(written(batchesOfRecords(schema, [{ x: null }, { x: value as RecordValue }]))).rejects.toMatchObject({
      code: 'tables.bad-value',
      detail: { row: 1, column: 'x' },
    })
  })

  it('refuse a missing value where there must be one, and a column that is none', async () => {
    const schema = new Schema([new Field('x', new Int32(), false)])
    const refused = async (records: TableRecord[]) =>
      expect(written(batchesOfRecords(schema, records))).rejects.toMatchObject({ code: 'tables.bad-value' })
    await refused([{ x: 1 }, {}])
    await refused([{ x: 1, y: 2 }])
  })

  it('are refused with a code where their pages are damaged, and others are read as before', async () => {
    const [records] = fc.sample(fc.array(anyRecord, { minLength: 30, maxLength: 30 }), { numRuns: 1, seed: 3 }) as [
      TableRecord[],
    ]
    const whole = await written(batchesOfRecords(every, records))
    const footerBytes = new DataView(whole.buffer, whole.byteOffset).getUint32(whole.length - 8, true)
    const at = fc.integer({ min: 4, max: whole.length - footerBytes - 9 })
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 20 }), async (changes) => {
        const damaged = new Uint8Array(whole)
        for (const [place, byte] of changes) damaged[place] = byte
        try {
          await read(damaged)
        } catch (error) {
          expect(error).toMatchObject({ code: 'tables.unreadable', detail: { path: '/t' } })
          refused++
        }
      }),
      { numRuns: 300 },
    )
    expect(refused).toBeGreaterThan(100)
    expect((await read(whole)).records).toEqual(records)
  })

  it('take a Date where it is exact', async () => {
    const schema = new Schema([
      new Field('ns', new TimestampNanosecond('UTC'), true),
      new Field('day', new DateDay(), true),
    ])
    const at = new Date('2026-03-01T00:00:00Z')
    // A Date is no value that is read: it is a convenience of writing.
    const records = [{ ns: at, day: at }] as unknown as TableRecord[]
    expect((await read(await written(batchesOfRecords(schema, records)))).records).toEqual([
      { ns: BigInt(at.getTime()) * 1_000_000n, day: at.getTime() / 86_400_000 },
    ])
  })

  it('come in batches of bounded bytes, however large a row is', async () => {
    const schema = new Schema([new Field('x', new Utf8(), true)])
    const records = Array.from({ length: 40 }, (_, row) => ({ x: `${row}`.repeat(500_000) }))
    const { batches, records: found } = await read(await written(batchesOfRecords(schema, records)))
    expect(batches.length).toBeGreaterThan(5)
    expect(found.map(({ x }) => (x as string).length)).toEqual(records.map(({ x }) => x.length))
  })
})

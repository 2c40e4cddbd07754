import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Dictionary,
  Duration,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  Int64,
  Interval,
  IntervalUnit,
  List,
  makeData,
  Map_,
  Null,
  Struct,
  Time,
  TimestampMicrosecond,
  TimestampNanosecond,
  TimeUnit,
  Uint64,
  Utf8,
  vectorFromArray,
  type Data,
} from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scaled, valueJson, valueText } from './value-text'

const big = (...values: readonly bigint[]) => BigInt64Array.from(values)
const text = (data: Data, index = 0) => valueText(data, index)
const only = (values: readonly unknown[], type: DataType): Data => {
  const [data] = vectorFromArray(values as never, type as never).data
  return data as unknown as Data
}

describe('values as text', () => {
  it('keeps every digit of 64-bit integers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (n) => {
        const data = makeData({ type: new Int64(), length: 1, data: big(n) })
        expect(text(data)).toBe(String(n))
        expect(valueJson(data, 0)).toBe(String(n))
      }),
    )
    expect(text(makeData({ type: new Uint64(), length: 1, data: BigUint64Array.from([2n ** 64n - 1n]) }))).toBe(
      '18446744073709551615',
    )
  })

  it('keeps every digit of decimals, sign and scale included', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
        fc.integer({ min: 0, max: 38 }),
        (n, scale) => {
          const words = Uint32Array.from(
            [0n, 1n, 2n, 3n].map((i) => Number((BigInt.asUintN(128, n) >> (32n * i)) & 0xffffffffn)),
          )
          const written = text(makeData({ type: new Decimal(scale, 38), length: 1, data: words }))
          expect(written).toBe(scaled(n, scale))
          const [whole, part = ''] = (written ?? '').replace('-', '').split('.')
          expect(part).toHaveLength(scale)
          expect(BigInt(`${whole}${part}`)).toBe(n < 0n ? -n : n)
        },
      ),
    )
    expect(scaled(-5n, 3)).toBe('-0.005')
  })

  it('agrees with Date on every instant that Date knows, and keeps what Date drops', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
        fc.integer({ min: 0, max: 999 }),
        (ms, rest) => {
          const micros = BigInt(ms) * 1000n + BigInt(rest)
          const iso = new Date(ms).toISOString()
          const written = text(makeData({ type: new TimestampMicrosecond(), length: 1, data: big(micros) })) ?? ''
          expect(written.slice(0, 19)).toBe(iso.slice(0, 19).replace('T', ' '))
          const fraction = (written.split('.')[1] ?? '').padEnd(6, '0')
          expect(fraction).toBe(iso.slice(20, 23) + String(rest).padStart(3, '0'))
        },
      ),
    )
  })

  it('writes nanoseconds, zones, infinities and years before the first', () => {
    expect(text(makeData({ type: new TimestampNanosecond(), length: 1, data: big(1_767_225_600_123_456_789n) }))).toBe(
      '2026-01-01 00:00:00.123456789',
    )
    const zoned = new TimestampMicrosecond('UTC')
    expect(text(makeData({ type: zoned, length: 1, data: big(0n) }))).toBe('1970-01-01 00:00:00+00')
    expect(text(makeData({ type: zoned, length: 1, data: big(2n ** 63n - 1n) }))).toBe('infinity')
    expect(
      text(makeData({ type: new DateDay(), length: 2, data: Int32Array.from([-2_147_483_647, -719_163]) }), 0),
    ).toBe('-infinity')
    expect(text(makeData({ type: new DateDay(), length: 1, data: Int32Array.from([-719_163]) }))).toBe(
      '0001-12-31 (BC)',
    )
  })

  it('writes times, durations and intervals', () => {
    expect(text(makeData({ type: new Time(TimeUnit.MICROSECOND, 64), length: 1, data: big(45_296_000_250n) }))).toBe(
      '12:34:56.00025',
    )
    expect(text(makeData({ type: new Duration(TimeUnit.MILLISECOND), length: 1, data: big(-1_500n) }))).toBe(
      '-00:00:01.5',
    )
    const interval = new Interval(IntervalUnit.MONTH_DAY_NANO)
    const words = Int32Array.from([14, 3, 1_500_000_000, 0, 0, -1, -1_000, -1, 0, 0, 0, 0])
    const data = makeData({ type: interval, length: 3, data: words } as never) as Data
    expect([0, 1, 2].map((i) => text(data, i))).toEqual([
      '1 year 2 months 3 days 00:00:01.5',
      '-1 day -00:00:00.000001',
      '00:00:00',
    ])
  })

  it('writes floats with the fewest digits that read back the same', () => {
    expect(text(makeData({ type: new Float32(), length: 1, data: Float32Array.from([0.1]) }))).toBe('0.1')
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
        const written = text(makeData({ type: new Float32(), length: 1, data: Float32Array.from([x]) })) ?? ''
        expect(Math.fround(Number(written))).toBe(x)
      }),
    )
    const doubles = makeData({
      type: new Float64(),
      length: 5,
      data: Float64Array.from([1, NaN, -Infinity, 1e300, -0]),
    })
    expect([0, 1, 2, 3, 4].map((i) => text(doubles, i))).toEqual(['1.0', 'nan', '-inf', '1e+300', '-0.0'])
    expect(valueJson(doubles, 1)).toBe('"nan"')
  })

  it('tells NULL from the empty text and from the word', () => {
    const data = only(['', null, 'NULL'], new Utf8())
    expect([0, 1, 2].map((i) => text(data, i))).toEqual(['', null, 'NULL'])
    expect(valueJson(data, 1)).toBe('null')
    expect(text(makeData({ type: new Null(), length: 1 }))).toBeNull()
    expect(only([true, null, false], new Bool()).length).toBe(3)
    expect([0, 1, 2].map((i) => text(only([true, null, false], new Bool()), i))).toEqual(['true', null, 'false'])
  })

  it('writes bytes with the printable ones as they are', () => {
    expect(text(only([Uint8Array.from([65, 0, 255, 92])], new Binary()))).toBe('A\\x00\\xFF\\x5C')
  })

  it('reads enumerations through their dictionary', () => {
    const data = only(['low', 'high', null, 'low'], new Dictionary(new Utf8(), new Int32()))
    expect([0, 1, 2, 3].map((i) => text(data, i))).toEqual(['low', 'high', null, 'low'])
  })

  it('writes nested values inside out, without losing what is in them', () => {
    const list = only([[1n, null], [], null, [9_007_199_254_740_993n]], new List(new Field('item', new Int64(), true)))
    expect([0, 1, 2, 3].map((i) => text(list, i))).toEqual(['[1, NULL]', '[]', null, '[9007199254740993]'])
    expect(valueJson(list, 3)).toBe('[9007199254740993]')

    const struct = only(
      [
        { a: 1, b: 'x' },
        { a: null, b: 'y"' },
      ],
      new Struct([new Field('a', new Int32(), true), new Field('b', new Utf8(), true)]),
    )
    expect(text(struct, 0)).toBe("{'a': 1, 'b': x}")
    expect(JSON.parse(valueJson(struct, 1))).toEqual({ a: null, b: 'y"' })

    const fixed = only(
      [
        [1, 2],
        [3, 4],
      ],
      new FixedSizeList(2, new Field('item', new Int32(), true)),
    )
    expect(text(fixed, 1)).toBe('[3, 4]')

    const entry = new Field(
      'entries',
      new Struct([new Field('key', new Utf8(), false), new Field('value', new Int32(), true)]),
      false,
    )
    const map = only(
      [
        new Map([
          ['k', 1],
          ['l', 2],
        ]),
      ],
      new Map_(entry as never),
    )
    expect(text(map, 0)).toBe('{k=1, l=2}')
    expect(JSON.parse(valueJson(map, 0))).toEqual({ k: 1, l: 2 })
  })
})

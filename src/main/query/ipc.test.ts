/**
 * Arrow IPC as tables, against our own encoder (which other Arrow readers check), apache-arrow's, and
 * compressed bytes that the reference programs made.
 *
 * Longer than 350 lines because it is a list: forms of Arrow data, and what SQL reads of each.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  Bool,
  CompressionType,
  compressionRegistry,
  DataType,
  DateDay,
  DateMillisecond,
  Decimal,
  Dictionary,
  DurationNanosecond,
  DurationSecond,
  Field,
  Float16,
  Float32,
  Float64,
  Int16,
  Int32,
  Int8,
  IntervalMonthDayNano,
  List,
  makeData,
  makeVector,
  Null,
  Table,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  TimeNanosecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  TimestampSecond,
  Utf8,
  vectorFromArray,
  type Vector,
} from 'apache-arrow'
import { decompressZstd } from 'hyparquet-compressors'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import { Pace } from '../platform'
import { Engine } from './engine/engine'
import { frameHashes } from './ipc/frame-hashes'
import { unpackBody } from './ipc/ipc-body'
import { columnReader, valuesOf } from './ipc/ipc-nested'
import { inMemory, IpcProblem, openIpc } from './ipc/ipc-stream'
import { IpcTables } from './ipc/ipc-tables'
import { Unfit } from './ipc/ipc-values'
import { decompressLz4Frame } from './ipc/lz4-frame'
import { openBench, vega } from './testing/host-source'
import { bigEndian, storedZstd } from './testing/ipc-bytes'
import { PACKED, PYARROW } from './testing/pyarrow-streams'
import { toJson, type Json } from './engine/values'

const bench = await openBench()
const engine = new Engine(bench.world, { tempFolder: join(bench.folder, 'temp') })
afterAll(() => engine.close())
const api = await engine.api

interface Read {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Json[])[]
}

/** The united rows of several sources. */
async function read(sources: readonly Uint8Array[]): Promise<Read> {
  const sandbox = await engine.sandbox()
  try {
    const { connection } = sandbox
    await connection.run('CREATE SCHEMA "$ipc"')
    const tables = new IpcTables({ api, connection, prefix: 't', hasSources: true, pace: new Pace(bench.world.clock) })
    try {
      for (const [i, bytes] of sources.entries()) await tables.add(BigInt(i), inMemory(bytes))
    } finally {
      tables.close()
    }
    const reader = await connection.runAndReadAll(tables.finish())
    const types = reader.columnTypes().map(String)
    return {
      columns: reader.columnNames().map((name, i) => `${name} ${types[i]}`),
      rows: reader.getRows().map((row) => row.map((value, i) => toJson(value, types[i]))),
    }
  } finally {
    sandbox.close()
  }
}

let made = 0
async function encoded(sql: string): Promise<Uint8Array> {
  const target = join(bench.folder, `made-${made++}.arrow`)
  await bench.queries.export(await bench.source(), sql, { format: 'arrow', target, metadata: {} })
  return readFile(target)
}

const EVERY_TYPE = [
  'true',
  '(-128)::TINYINT',
  '(-32768)::SMALLINT',
  '(-2147483648)::INTEGER',
  '(-9223372036854775808)::BIGINT',
  '255::UTINYINT',
  '65535::USMALLINT',
  '4294967295::UINTEGER',
  '18446744073709551615::UBIGINT',
  '1.5::FLOAT',
  '0.1::DOUBLE',
  "DATE '1969-12-31'",
  "TIME '23:59:59.999999'",
  "TIMESTAMP '1969-12-31 23:59:59.999999'",
  "TIMESTAMPTZ '2020-02-29 12:00:00.5+02'",
  "'1900-01-01 00:00:01'::TIMESTAMP_S",
  "'1900-01-01 00:00:00.001'::TIMESTAMP_MS",
  "'1990-01-01 00:00:00.000000001'::TIMESTAMP_NS",
  "INTERVAL '-1 year 2 days -3.5 seconds'",
  "'one, two, \u00fc, \u{1f986}, and longer than twelve bytes'",
  "''",
  "'\\x00\\xFF'::BLOB",
  '(-12.34)::DECIMAL(4, 2)',
  '(-99999999999999999999999999999999999.999)::DECIMAL(38, 3)',
  '[1, NULL, 3]',
  '[[1], [], NULL]::INTEGER[][]',
  '[1, 2, NULL]::INTEGER[3]',
  "{'a': 1, 'b': {'c': 'x', 'd': NULL::DATE}}",
  "MAP {'k': 1.5::DOUBLE, 'l': NULL}",
  "[{'at': TIMESTAMP '2020-01-01 00:00:00'}]",
]

describe('Arrow data as a table', () => {
  it('has every type and value that an Arrow export wrote, NULL included', async () => {
    const values = EVERY_TYPE.map((value, i) => `${value} AS c${i}`).join(', ')
    const nulls = EVERY_TYPE.map(() => 'NULL').join(', ')
    const sql = `FROM (SELECT ${values} UNION ALL SELECT ${nulls}), range(1500) SELECT * EXCLUDE (range) ORDER BY range, c0`
    const { columns: found, rows } = await read([await encoded(sql)])
    const described = await bench.rows(await bench.source(), `DESCRIBE ${sql}`)
    // DuckDB writes the names of fields with quotes or without.
    const plain = (columns: readonly string[]) => columns.map((column) => column.replaceAll('"', ''))
    expect(plain(found)).toEqual(
      plain(['_row BIGINT', ...described.map(([name, type]) => `${String(name)} ${String(type)}`)]),
    )
    expect(rows.map(([, ...values]) => values)).toEqual(await bench.rows(await bench.source(), sql))
  })

  it('is the same from the stream and from the file format, whatever its size', async () => {
    for (const rows of [0, 1, 40_000]) {
      const numbers = Array.from({ length: rows }, (_, i) => i)
      const table = new Table({
        n: vectorFromArray(numbers, new Int32()),
        t: vectorFromArray(
          numbers.map((i) => `text ${i % 7}`),
          new Dictionary(new Utf8(), new Int32()),
        ),
      })
      for (const format of ['stream', 'file'] as const) {
        const found = (await read([tableToIPC(table, format)])).rows
        expect(found, `${rows} as ${format}`).toEqual(numbers.map((i) => [0, i, `text ${i % 7}`]))
      }
    }
  })

  it('of real data is what apache-arrow reads', async () => {
    const bytes = await vega('flights-200k.arrow')
    const { columns, rows } = await read([bytes])
    expect(columns).toEqual(['_row BIGINT', 'delay SMALLINT', 'distance SMALLINT', 'time FLOAT'])
    const table = tableFromIPC(bytes)
    expect(rows).toHaveLength(table.numRows)
    for (let i = 0; i < table.numRows; i += 9_973) {
      // A FLOAT is given by its shortest digits, which name the same 32 bits.
      const row = rows[i]!.slice(1).map((value) => Math.fround(Number(value)))
      expect(row).toEqual(table.get(i)!.toArray().map(Number))
    }
  })

  it('unites schemas by name: a column that came later is NULL before, a number grows wider', async () => {
    const sources = [
      await encoded(`SELECT 1::SMALLINT AS a, 'x' AS b`),
      await encoded(`SELECT DATE '2020-01-01' AS c, 5_000_000_000 AS a`),
      await encoded(`SELECT 3::SMALLINT AS a, 'z' AS b`),
      tableToIPC(new Table({ a: vectorFromArray([4], new Int32()), b: vectorFromArray([null], new Null()) })),
    ]
    const { columns, rows } = await read(sources)
    expect(columns).toEqual(['_row BIGINT', 'a BIGINT', 'b VARCHAR', 'c DATE'])
    expect(rows.toSorted((x, y) => Number(x[0]) - Number(y[0]))).toEqual([
      [0, 1, 'x', null],
      [1, 5_000_000_000, null, '2020-01-01'],
      [2, 3, 'z', null],
      [3, 4, null, null],
    ])
  })

  it('of no source at all has no rows', async () => {
    expect(await read([])).toEqual({ columns: ['_row BIGINT'], rows: [] })
  })

  it('that is compressed reads as if it were not', async () => {
    const hashes = await frameHashes()
    const text = 'the quick brown fox '.repeat(5_000)
    expect(Buffer.from(decompressLz4Frame(LZ4, text.length, hashes)).toString()).toBe(text)
    expect(Buffer.from(decompressZstd(ZSTD)).toString()).toBe(text)
  })

  it('that is compressed is refused where a frame does not match its checksum', async () => {
    const hashes = await frameHashes()
    const length = 100_000
    for (const [codec, frame] of [
      ['lz4', LZ4],
      ['zstd', ZSTD],
    ] as const) {
      const unpacked = (bytes: Uint8Array): unknown => {
        const body = Buffer.concat([Buffer.from(BigInt64Array.of(BigInt(length)).buffer), bytes])
        const buffers = [{ offset: 0, length: body.length }]
        return unpackBody({ rows: 0, nodes: [], buffers, variadic: [], unionsHaveBitmaps: false, codec }, body, hashes)
      }
      expect(unpacked(frame)).toMatchObject({ bytes: length })
      // A letter of the text, which is packed as it is, and the checksum itself.
      for (const at of [frame.indexOf('quick'), frame.length - 1]) {
        const damaged = Buffer.from(frame)
        damaged[at]! ^= 1
        expect(() => unpacked(damaged), `${codec} ${at}`).toThrow(/checksum/)
      }
    }
  })

  it('that is compressed with Zstandard may be several frames, each with its checksum, and marks between them', async () => {
    const hashes = await frameHashes()
    const text = Buffer.from('the quick brown fox '.repeat(5_000))
    const parts = [text, Buffer.from('jumps'), Buffer.alloc(0), text]
    // Those of the reference program do not say how long they are, and end with a checksum.
    const packed = parts.map((part) => (part === text ? ZSTD : Buffer.from(storedZstd(part))))
    const mark = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7])
    const frames = Buffer.concat([mark, packed[0]!, packed[1]!, mark, packed[2]!, packed[3]!])
    const whole = Buffer.concat(parts)
    const unpacked = (bytes: Uint8Array, length = whole.length): Buffer => {
      const body = Buffer.concat([Buffer.from(BigInt64Array.of(BigInt(length)).buffer), bytes])
      const buffers = [{ offset: 0, length: body.length }]
      const head = { rows: 0, nodes: [], buffers, variadic: [], unionsHaveBitmaps: false, codec: 'zstd' } as const
      const [found] = unpackBody(head, body, hashes).buffers
      return Buffer.from(found!.buffer, found!.byteOffset, found!.byteLength)
    }
    expect(unpacked(frames).equals(whole)).toBe(true)
    for (const end of [mark.length + ZSTD.length, frames.length]) {
      const damaged = Buffer.from(frames)
      damaged[end - 1]! ^= 1
      expect(() => unpacked(damaged)).toThrow(/checksum/)
    }
    for (const length of [frames.length - 1, 12, 3])
      expect(() => unpacked(frames.subarray(0, length)), `${length} bytes`).toThrow(/damaged/)
    expect(() => unpacked(frames, whole.length - 1)).toThrow(/not as long as it says/)
  })

  const WIDTHS: readonly (readonly [string, DataType])[] = [
    ['bits', new Bool()],
    ['1 byte', new Int8()],
    ['2 bytes', new Int16()],
    ['4 bytes', new Float32()],
    ['8 bytes', new Float64()],
    ['8 bytes, of time', new TimestampMicrosecond()],
    ['16 bytes', new Decimal(2, 38, 128)],
    ['texts', new Utf8()],
  ]

  it.each(PACKED)('that is packed (%s) reads alike, whatever the width of its values', async (_name, bytes) => {
    const { columns, rows } = await read([Buffer.from(bytes, 'base64')])
    expect(columns).toHaveLength(11)
    const expected = Array.from({ length: 120 }, (_, row) => {
      const n = row % 10
      const time = `1970-01-01T00:00:00${n === 0 ? '' : `.00000${n}`}`
      const values = [n % 2 === 1, n, n, n, n, n, time, `${n}.00`, `text ${n}`, [n, null]]
      return [0, ...values.map((value) => (row % 3 === 2 ? null : value))]
    })
    expect(rows).toEqual(expected)
  })

  it('of a machine with the other order of bytes reads as what it says', async () => {
    const rows = 40
    const columns = Object.fromEntries(WIDTHS.map(([name, type]) => [name, columnOf(type, rows)]))
    const more = {
      interval: vectorFromArray([Int32Array.of(1, -2, 3_000, 0), null], new IntervalMonthDayNano()),
      halves: vectorFromArray([1.5, null, -0], new Float16()),
      lists: vectorFromArray([['a', null], null, []], new List(new Field('item', new Utf8(), true))),
      days: vectorFromArray([new Date(0), null, new Date('1900-01-01')], new DateDay()),
      words: vectorFromArray(['x', 'y', 'x'], new Dictionary(new Utf8(), new Int16())),
    }
    for (const table of [new Table(columns), ...Object.entries(more).map(([name, v]) => new Table({ [name]: v }))]) {
      const stream = tableToIPC(table, 'stream')
      expect(await read([await bigEndian(stream)])).toEqual(await read([stream]))
    }
  })

  /** Bytes that pyarrow 26 wrote: types that no library here writes, each of three rows. */
  it.each(PYARROW)('that pyarrow wrote as %s is %s', async (_name, type, values, bytes) => {
    const { columns, rows } = await read([Buffer.from(bytes, 'base64')])
    expect(columns[1]).toBe(`v ${type}`)
    expect(rows.map(([, value]) => value)).toEqual(values)
  })

  it('calls columns as other files do: SQL does not tell names apart by case, and has none without a letter', async () => {
    const bytes = tableToIPC(
      new Table({
        a: vectorFromArray([1], new Int8()),
        A: vectorFromArray([2], new Int8()),
        '': vectorFromArray([3], new Int8()),
      }),
    )
    expect((await read([bytes])).columns).toEqual(['_row BIGINT', 'a TINYINT', 'A_1 TINYINT', 'column2 TINYINT'])
  })

  it('has instants and spans finer than a microsecond only where SQL keeps them, else they are refused by name', async () => {
    const nanos = [1_709_294_400_000_001_000n, null, 1_709_294_400_000_000_999n]
    const long = (type: DataType, counts: readonly (bigint | null)[]) =>
      tableToIPC(
        new Table({
          at: makeVector(
            makeData({
              type,
              length: counts.length,
              data: BigInt64Array.from(counts, (n) => n ?? 0n),
              nullBitmap: Uint8Array.of(0b101),
              nullCount: 1,
            } as never),
          ),
        }),
      )
    const kept = await read([long(new TimestampNanosecond(), nanos)])
    expect(kept.rows.map(([, at]) => at)).toEqual(['2024-03-01T12:00:00.000001', null, '2024-03-01T12:00:00.000000999'])
    for (const type of [new TimestampNanosecond('UTC'), new DurationNanosecond()]) {
      expect((await read([long(type, [1_000n, null, -5_000n])])).rows).toHaveLength(3)
      await expect(read([long(type, nanos)])).rejects.toThrow(/row 3 of its column "at" .* finer than the microseconds/)
    }
    await expect(read([long(new DateMillisecond(), [86_400_000n, null, 86_400_001n])])).rejects.toThrow(
      /row 3 of its column "at" .* no whole days/,
    )
    await expect(read([long(new DurationSecond(), [2n ** 62n, null, 0n])])).rejects.toThrow(/row 1 of its column "at"/)
    await expect(read([long(new TimestampSecond(), [2n ** 62n, null, 0n])])).rejects.toThrow(/row 1 of its column "at"/)
    await expect(read([long(new TimeNanosecond(), [0n, null, -1n])])).rejects.toThrow(/row 3 .* no time of a day/)
  })

  it('refuses by name what would be something else in SQL', async () => {
    const text = makeVector(
      makeData({ type: new Utf8(), length: 1, valueOffsets: Int32Array.of(0, 1), data: Uint8Array.of(0xff) } as never),
    )
    await expect(read([tableToIPC(new Table({ text }))])).rejects.toThrow(/row 1 of its column "text" .* UTF-8/)
    const wide = new Table({ v: columnOf(new Decimal(2, 76, 256), 1) })
    await expect(read([tableToIPC(wide)])).rejects.toThrow(/column "v" .* decimal256\(76, 2\)/)
    const words = makeVector(
      makeData({
        type: new Dictionary(new Utf8(), new Int8()),
        length: 1,
        data: Int8Array.of(5),
        dictionary: vectorFromArray(['x'], new Utf8()),
      } as never),
    )
    await expect(read([tableToIPC(new Table({ words }))])).rejects.toThrow(/row 1 of its column "words" .* dictionary/)
  })
})

describe('Arrow data that is damaged', () => {
  const sound = new Table({
    n: vectorFromArray([1, null, 3], new Int32()),
    t: vectorFromArray(['a', 'bc', null], new Utf8()),
    l: vectorFromArray([[1], [], [2, 3]], new List(new Field('item', new Int32(), true))),
    d: vectorFromArray(['x', 'y', 'x'], new Dictionary(new Utf8(), new Int32())),
  })
  const whole = tableToIPC(sound, 'stream')
  /** Decodes every value, as reading does. */
  const refused = async (bytes: Uint8Array): Promise<boolean> => {
    try {
      const { schema, batches } = await openIpc(inMemory(bytes))
      for await (const { rows, columns } of batches) {
        for (const [i, field] of schema.fields.entries()) {
          const reader = columnReader(api, field)
          if (reader === null) return true
          expect(valuesOf(reader, columns[i]!, 0, rows)).toHaveLength(rows)
        }
      }
      return false
    } catch (error) {
      if (error instanceof IpcProblem || error instanceof Unfit) return true
      throw error
    }
  }

  it('is refused wherever it was cut', async () => {
    for (let length = 0; length < whole.length - 8; length++) {
      const isBetweenMessages = !(await refused(whole.subarray(0, length)))
      // The stream format has no count of its batches: without its end mark it can only be cut between two.
      if (isBetweenMessages) expect((await read([whole.subarray(0, length)])).rows).toEqual([])
    }
    expect(await refused(Buffer.from('a,b\n1,2\n3,4\n5,6\n'))).toBe(true)
    await expect(read([Buffer.from('FEA1 and so on')])).rejects.toThrow(/version 1/)
  })

  it.each(['stream', 'file'] as const)(
    'is read or refused, whatever byte of a %s is wrong, and never reads outside itself',
    async (format) => {
      const bytes = Uint8Array.from(tableToIPC(sound, format))
      for (let at = 0; at < bytes.length; at++) {
        const right = bytes[at]!
        for (const wrong of [right ^ 0xff, (right + 8) & 0xff]) {
          bytes[at] = wrong
          await refused(bytes)
        }
        bytes[at] = right
      }
      expect(await refused(bytes)).toBe(false)
    },
  )

  it('is read or refused, whatever several bytes are wrong', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 2, maxLength: 6 }),
        async (changes) => {
          const bytes = Uint8Array.from(whole)
          for (const [at, value] of changes) bytes[at] = value
          await refused(bytes)
        },
      ),
      { numRuns: runs(500) },
    )
  })

  it('is refused when it claims more values, or more bytes once unpacked, than there can be', async () => {
    const type = new List(new Field('item', new Null(), true))
    const most = 2 ** 30
    const child = makeData({ type: new Null(), length: most })
    const data = makeData({ type, length: 1, nullCount: 0, valueOffsets: Int32Array.of(0, most), child })
    await expect(read([tableToIPC(new Table({ l: makeVector(data) }))])).rejects.toThrow(
      /another length|no possible one/,
    )
    packing(CompressionType.LZ4_FRAME, (data) => (data.length < 100_000 ? storedLz4(data) : ZEROS))
    const table = tableFromArrays({ n: new Int32Array(25_000) })
    const packed = Buffer.from(tableToIPC(table, 'stream', CompressionType.LZ4_FRAME))
    expect((await read([packed])).rows).toHaveLength(25_000)
    const frame = packed.indexOf(Buffer.from([0x04, 0x22, 0x4d, 0x18]))
    for (const [claimed, reason] of [
      [2n ** 40n, /more than 1 GiB/],
      [-2n, /no possible length/],
      [99_992n, /LZ4/],
      [200_000n, /not as long as it says/],
    ] as const) {
      packed.writeBigInt64LE(claimed, frame - 8)
      await expect(read([packed])).rejects.toThrow(reason)
    }
    const hashes = await frameHashes()
    for (const [frame, claims] of [
      [storedZstd(ZEROS), 500],
      [storedZstd(ZEROS), 400],
      [storedZstd(ZEROS, 2 ** 40), 431],
    ] as const) {
      const body = Buffer.concat([Buffer.from(BigInt64Array.of(BigInt(claims)).buffer), frame])
      const buffers = [{ offset: 0, length: body.length }]
      const head = { rows: 0, nodes: [], buffers, variadic: [], unionsHaveBitmaps: false }
      expect(() => unpackBody({ ...head, codec: 'zstd' }, body, hashes)).toThrow(/not as long as it says/)
    }
  })

  it('says what it has that SQL has not', async () => {
    const taken = tableToIPC(new Table({ _row: vectorFromArray([1]) }))
    await expect(read([taken])).rejects.toThrow(/"_row"/)
  })
})

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i % 100)
}

/** Every third is NULL. */
function columnOf(type: DataType, rows: number): Vector {
  if (DataType.isUtf8(type))
    return vectorFromArray(
      range(rows).map((i) => (i % 3 === 2 ? null : `text ${i}`)),
      type,
    )
  const bitmap = new Uint8Array(Math.ceil(rows / 8))
  for (let i = 0; i < rows; i++) if (i % 3 < 2) bitmap[i >> 3]! |= 1 << (i & 7)
  const bytes = new Uint8Array(rows * 32)
  const stride = DataType.isDecimal(type) ? type.bitWidth / 8 : new type.ArrayType(1).BYTES_PER_ELEMENT
  // Small in absolute value, as a decimal has only so many digits.
  for (let i = 0; i < rows; i++) bytes[i * stride] = i
  const data = DataType.isDecimal(type) ? new Uint32Array(bytes.buffer) : new type.ArrayType(bytes.buffer)
  return makeVector(
    makeData({ type, length: rows, data, nullBitmap: bitmap, nullCount: Math.floor(rows / 3) } as never),
  )
}

/** apache-arrow compresses with what it is given, and never reads here. */
function packing(type: CompressionType, encode: (data: Uint8Array) => Uint8Array): void {
  compressionRegistry.set(type, { encode, decode: (data) => data })
}

/** A frame of blocks that are not compressed. */
function storedLz4(data: Uint8Array): Uint8Array {
  const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73])
  const size = Buffer.alloc(4)
  size.writeUInt32LE((data.length | 0x8000_0000) >>> 0)
  return Buffer.concat(data.length === 0 ? [head, Buffer.alloc(4)] : [head, size, data, Buffer.alloc(4)])
}

/** 100,000 zeros as an LZ4 frame of two blocks. */
const ZEROS = Buffer.from(
  'BCJNGEBAwAsBAAAfAAEA/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////+dQAAAAAACRAAAADwEA////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////D1AAAAAAAAAAAAA=',
  'base64',
)

/** 'the quick brown fox ' 5,000 times, by `lz4 -B4 -BD -9` (linked blocks of 64 KiB) and `zstd -19`. */
const LZ4 = Buffer.from(
  'BCJNGERAXh8BAAD/BXRoZSBxdWljayBicm93biBmb3ggFAD/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////1FByb3duIJEAAAAPFAD///////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////8PUCBmb3ggAAAAABHqo8c=',
  'base64',
)
const ZSTD = Buffer.from('KLUv/QRo5QAAoHRoZSBxdWljayBicm93biBmb3ggAQASDS+fTGRESps=', 'base64')

/**
 * Arrow IPC as tables, against our own encoder (which other Arrow readers check), apache-arrow's, and
 * compressed bytes that the reference programs made.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CompressionType,
  compressionRegistry,
  Dictionary,
  Field,
  Int32,
  List,
  makeData,
  makeVector,
  Null,
  Table,
  tableFromArrays,
  tableFromIPC,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { decompressZstd } from 'hyparquet-compressors'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Pace } from '../platform'
import { Engine } from './engine'
import { columnReader, valuesOf } from './ipc-columns'
import { inMemory, IpcProblem, openIpc } from './ipc-stream'
import { IpcTables } from './ipc-tables'
import { decompressLz4Frame } from './lz4-frame'
import { openBench, vega } from './testing/host-source'
import { toJson, type Json } from './values'

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
    const tables = new IpcTables({ api, connection, prefix: 't', pace: new Pace(bench.world.clock) })
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
    const text = 'the quick brown fox '.repeat(5_000)
    expect(Buffer.from(decompressLz4Frame(LZ4)).toString()).toBe(text)
    expect(Buffer.from(decompressZstd(ZSTD)).toString()).toBe(text)
    // Once somebody has read, the codecs are there; apache-arrow then only needs one that writes.
    await read([await encoded('SELECT 1')])
    const { decode } = compressionRegistry.get(CompressionType.LZ4_FRAME)!
    compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: storedLz4, decode: decode! })
    const numbers = Array.from({ length: 100 }, (_, i) => i)
    const table = tableFromArrays({ n: Int32Array.from(numbers), t: numbers.map(() => 'words') })
    const bytes = tableToIPC(table, 'stream', CompressionType.LZ4_FRAME)
    expect((await read([bytes])).rows).toEqual(numbers.map((i) => [0, i, 'words']))
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
      for await (const { schema, data, numRows } of (await openIpc(inMemory(bytes))).batches) {
        for (const [i, { type }] of schema.fields.entries()) {
          const reader = columnReader(api, type)
          if (reader === null) return true
          expect(valuesOf(reader, data.children[i]!, 0, numRows)).toHaveLength(numRows)
        }
      }
      return false
    } catch (error) {
      if (error instanceof IpcProblem) return true
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
      { numRuns: 500 },
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
    await read([await encoded('SELECT 1')])
    const { decode } = compressionRegistry.get(CompressionType.LZ4_FRAME)!
    compressionRegistry.set(CompressionType.LZ4_FRAME, {
      encode: (data) => (data.length < 100_000 ? storedLz4(data) : LZ4),
      decode: decode!,
    })
    const table = tableFromArrays({ n: new Int32Array(25_000) })
    const packed = Buffer.from(tableToIPC(table, 'stream', CompressionType.LZ4_FRAME))
    expect((await read([packed])).rows).toHaveLength(25_000)
    const frame = packed.indexOf(Buffer.from([0x04, 0x22, 0x4d, 0x18]))
    for (const [claimed, reason] of [
      [2n ** 40n, /more than 1 GiB/],
      [-2n, /no possible length/],
    ] as const) {
      packed.writeBigInt64LE(claimed, frame - 8)
      await expect(read([packed])).rejects.toThrow(reason)
    }
  })

  it('says what it has that SQL has not', async () => {
    const twins = tableToIPC(new Table({ a: vectorFromArray([1]), A: vectorFromArray([2]) }))
    await expect(read([twins])).rejects.toThrow(/two columns "A"/)
    const taken = tableToIPC(new Table({ _row: vectorFromArray([1]) }))
    await expect(read([taken])).rejects.toThrow(/"_row"/)
  })
})

/** A frame of blocks that are not compressed. */
function storedLz4(data: Uint8Array): Uint8Array {
  const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73])
  const size = Buffer.alloc(4)
  size.writeUInt32LE((data.length | 0x8000_0000) >>> 0)
  return Buffer.concat(data.length === 0 ? [head, Buffer.alloc(4)] : [head, size, data, Buffer.alloc(4)])
}

/** 'the quick brown fox ' 5,000 times, by `lz4 -B4 -BD -9` (linked blocks of 64 KiB) and `zstd -19`. */
const LZ4 = Buffer.from(
  'BCJNGERAXh8BAAD/BXRoZSBxdWljayBicm93biBmb3ggFAD/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////1FByb3duIJEAAAAPFAD///////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////8PUCBmb3ggAAAAABHqo8c=',
  'base64',
)
const ZSTD = Buffer.from('KLUv/QRo5QAAoHRoZSBxdWljayBicm93biBmb3ggAQASDS+fTGRESps=', 'base64')

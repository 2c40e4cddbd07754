import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { tableFromIPC, type DataType, type Table } from 'apache-arrow'
import fc from 'fast-check'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { readParquet } from 'parquet-wasm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { OPLOG_TABLE } from '../../src/main/oplog'
import {
  arrowSchema,
  deltaSchema,
  duckdbColumns,
  parquetSchema,
  type Column,
  type ColumnType,
  type TableType,
} from '../../src/main/tables'
import { ENTRIES_TABLE } from '../../src/main/tlogfs'

const TYPES: readonly ColumnType[] = [
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
  { precision: 9, scale: 2 },
  { precision: 15, scale: 0 },
]
const nameOf = (type: ColumnType): string =>
  typeof type === 'string' ? type : `decimal_${type.precision}_${type.scale}`
const every: TableType = {
  name: 'every',
  columns: TYPES.flatMap((type) => [
    { name: nameOf(type), type, nullable: true },
    { name: `${nameOf(type)} "must"`, type, nullable: false },
  ]),
}

/** What a value is, in one spelling for all readers: unscaled, days, microseconds, hex. */
const bytes = fc.uint8Array({ maxLength: 6 })
function anyValue({ type, nullable }: Column): fc.Arbitrary<unknown> {
  const value = ((): fc.Arbitrary<unknown> => {
    switch (type) {
      case 'string':
        return fc
          .string({ unit: 'grapheme', maxLength: 6 })
          .filter((text) => !text.includes('\0') && !text.startsWith('\ufeff'))
      case 'binary':
        return bytes
      case 'boolean':
        return fc.boolean()
      case 'byte':
        return fc.integer({ min: -128, max: 127 })
      case 'short':
        return fc.integer({ min: -32_768, max: 32_767 })
      case 'integer':
        return fc.integer()
      case 'date':
        return fc.integer({ min: -500_000, max: 500_000 })
      case 'long':
        return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      case 'timestamp':
        return fc.bigInt({ min: -(2n ** 55n), max: 2n ** 55n })
      case 'float':
        return fc.float({ noNaN: true })
      case 'double':
        return fc.double({ noNaN: true })
      default:
        return fc.bigInt({ min: -(10n ** BigInt(type.precision)) + 1n, max: 10n ** BigInt(type.precision) - 1n })
    }
  })()
  return nullable ? fc.option(value, { nil: null }) : value
}
const rowsOf = (type: TableType) =>
  fc.array(fc.record(Object.fromEntries(type.columns.map((column) => [column.name, anyValue(column)]))), {
    minLength: 1,
    maxLength: 20,
  })
type Row = Record<string, unknown>

function spelled(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return Object.is(value, -0) ? '0' : String(value as string | number | bigint | boolean)
}
const spelledRows = (type: TableType, rows: readonly Row[]) =>
  rows.map((row) => type.columns.map(({ name }) => spelled(row[name])))

function written(type: TableType, rows: readonly Row[]): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      schema: parquetSchema(type),
      columnData: type.columns.map(({ name }) => ({ name, data: rows.map((row) => row[name]) })),
    }),
  )
}

function arrowOf(parquet: Uint8Array): Table {
  const table = readParquet(parquet)
  return tableFromIPC(table.intoIPCStream())
}

/** Values of an Arrow column from its buffers, which its getters would round. */
function arrowValues(table: Table, index: number, type: ColumnType): (string | null)[] {
  const column = table.getChildAt(index)!
  return Array.from({ length: table.numRows }, (_, row) => {
    if (column.get(row) === null) return null
    const data = column.data[0]!
    if (type === 'timestamp' || type === 'date') return spelled(data.values[row])
    if (typeof type !== 'string') {
      const words = column.get(row) as Uint32Array
      let value = 0n
      for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]!)
      return spelled(BigInt.asIntN(32 * words.length, value))
    }
    return spelled(column.get(row))
  })
}

async function duckdbRows(connection: DuckDBConnection, type: TableType, from: string): Promise<(string | null)[][]> {
  const columns = type.columns.map(({ name, type: of }) => {
    const quoted = `"${name.replaceAll('"', '""')}"`
    if (of === 'binary') return `lower(hex(${quoted}))`
    if (of === 'timestamp') return `CAST(epoch_us(${quoted}) AS VARCHAR)`
    if (of === 'date') return `CAST(${quoted} - DATE '1970-01-01' AS VARCHAR)`
    if (of === 'float' || of === 'double') return `CAST(${quoted} AS DOUBLE)`
    if (typeof of !== 'string') return `CAST(CAST(${quoted} * ${10 ** of.scale} AS HUGEINT) AS VARCHAR)`
    return of === 'string' ? quoted : `CAST(${quoted} AS VARCHAR)`
  })
  const found = await connection.runAndReadAll(`SELECT ${columns.join(', ')} FROM ${from}`)
  return found.getRows().map((row) => row.map(spelled))
}

async function describeColumns(connection: DuckDBConnection, from: string): Promise<unknown[][]> {
  const found = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return found.getRows().map((row) => row.slice(0, 2))
}

/** Delta's primitive types as Spark's documentation of the protocol describes them, in DuckDB's words. */
const DELTA_IN_DUCKDB: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  binary: 'BLOB',
  boolean: 'BOOLEAN',
  byte: 'TINYINT',
  short: 'SMALLINT',
  integer: 'INTEGER',
  long: 'BIGINT',
  float: 'FLOAT',
  double: 'DOUBLE',
  date: 'DATE',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
}

describe('a table type', () => {
  let folder: string
  let instance: DuckDBInstance
  let connection: DuckDBConnection
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pond-tables-'))
    instance = await DuckDBInstance.create()
    connection = await instance.connect()
    await connection.run(`SET TimeZone = 'UTC'`)
  })
  afterAll(async () => {
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true, force: true })
  })
  let files = 0
  const onDisk = async (parquet: Uint8Array): Promise<string> => {
    const file = join(folder, `${files++}.parquet`)
    await writeFile(file, parquet)
    return `'${file}'`
  }
  const declared = async (type: TableType): Promise<unknown[][]> => {
    await connection.run(`CREATE OR REPLACE TABLE declared (${duckdbColumns(type)})`)
    return describeColumns(connection, 'declared')
  }

  for (const type of [every, OPLOG_TABLE, ENTRIES_TABLE]) {
    it(`has the same columns in Arrow, Delta, Parquet and DuckDB: ${type.name}`, async () => {
      const rows = fc.sample(rowsOf(type), { numRuns: 1, seed: 1 })[0] as Row[]
      const parquet = written(type, rows)
      expect(parquetMetadata(parquet.buffer as ArrayBuffer).schema).toMatchObject(parquetSchema(type))
      const { fields } = arrowOf(parquet).schema
      const describe = ({ name, type: of, nullable }: { name: string; type: DataType; nullable: boolean }) => [
        name,
        of.toString(),
        nullable,
      ]
      expect(fields.map(describe)).toEqual(arrowSchema(type).fields.map(describe))
      const columns = await declared(type)
      expect(await describeColumns(connection, await onDisk(parquet))).toEqual(columns)
      const delta = JSON.parse(deltaSchema(type)) as { fields: { name: string; type: string; nullable: boolean }[] }
      const inDuckDB = delta.fields.map((field) => [
        field.name,
        DELTA_IN_DUCKDB[field.type] ?? field.type.toUpperCase(),
      ])
      expect(inDuckDB).toEqual(columns)
      expect(delta.fields.map(({ nullable }) => nullable)).toEqual(type.columns.map(({ nullable }) => nullable))
    })
  }

  it('gives back what was written, to every reader', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf(every) as fc.Arbitrary<Row[]>, async (rows) => {
        const expected = spelledRows(every, rows)
        const parquet = written(every, rows)
        const objects = await parquetReadObjects({
          file: parquet.buffer as ArrayBuffer,
          utf8: false,
          parsers: { timestampFromMicroseconds: (us: bigint) => us, dateFromDays: (days: number) => days },
        })
        const unscaled = objects.map((row) =>
          Object.fromEntries(
            every.columns.map(({ name, type }) => {
              const value: unknown = row[name]
              const scaled = typeof type !== 'string' && typeof value === 'number'
              return [name, scaled ? Math.round(value * 10 ** type.scale) : value]
            }),
          ),
        )
        expect(spelledRows(every, unscaled)).toEqual(expected)
        const arrow = arrowOf(parquet)
        const columns = every.columns.map(({ type }, index) => arrowValues(arrow, index, type))
        expect(rows.map((_, row) => columns.map((column) => column[row]))).toEqual(expected)
        expect(await duckdbRows(connection, every, await onDisk(parquet))).toEqual(expected)
      }),
      { numRuns: runs(25) },
    )
  })

  it('refuses a null where DuckDB is told that there is none', async () => {
    await declared(every)
    const nulls = every.columns.map(() => 'NULL').join(', ')
    await expect(connection.run(`INSERT INTO declared VALUES (${nulls})`)).rejects.toThrow(/NOT NULL/)
  })
})

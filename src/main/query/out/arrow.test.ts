import { DuckDBInstance, type DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api'
import bindings from '@duckdb/node-bindings'
import { tableFromIPC, type Data } from 'apache-arrow'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { encodePage } from './arrow'
import { rawColumn } from './arrow-raw'
import { arrowField, arrowType } from './arrow-types'
import { dataOf } from './arrow-values'

let instance: DuckDBInstance
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
})
afterAll(() => instance.closeSync())

interface Chunks {
  readonly names: readonly string[]
  readonly types: readonly DuckDBType[]
  readonly chunks: readonly DuckDBDataChunk[]
}

async function chunksOf(sql: string): Promise<Chunks> {
  const connection = await instance.connect()
  const result = await connection.run(sql)
  return { names: result.columnNames(), types: result.columnTypes(), chunks: await result.fetchAllChunks() }
}

/** The bytes that matter of a column: those behind null rows do not. */
function canonical(data: Data): unknown {
  const valid = Array.from({ length: data.length }, (_, row) => data.getValid(row))
  const { valueOffsets: offsets, values } = data
  const value = (row: number): unknown => {
    if (offsets !== undefined) return Buffer.from(values.subarray(offsets[row], offsets[row + 1])).toString('hex')
    if (data.typeId === 6) return (values[row >> 3] >> (row & 7)) & 1
    return String(values[row])
  }
  return { length: data.length, nulls: data.nullCount, values: valid.map((is, row) => (is ? value(row) : null)) }
}

/** Compares the two ways of every column that has both; returns how many had. */
function compareWays({ types, chunks }: Chunks): number {
  let compared = 0
  for (const chunk of chunks) {
    types.forEach((type, column) => {
      const raw = rawColumn(bindings, chunk, column, type.typeId, arrowType(type))
      if (raw === undefined) return
      expect(canonical(raw), type.toString()).toEqual(canonical(dataOf(type, chunk.getColumnValues(column))))
      compared++
    })
  }
  return compared
}

describe('a column from raw bytes', () => {
  it('is the same as one from values, for every type', async () => {
    expect(compareWays(await chunksOf('FROM test_all_types()'))).toBeGreaterThan(20)
  })

  it('is the same at any length and with any nulls', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constant(null))
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 70 }), fc.nat(5_000), async (texts, rows) => {
        const list = texts.map((each) =>
          each === null ? 'NULL' : `'${each.replaceAll("'", "''").replaceAll('\0', '')}'`,
        )
        const sql = `SELECT t, length(t) > 3 AS b, length(t)::TINYINT AS n, encode(t) AS x, length(t) / 3 AS d
          FROM (SELECT ([${list.join(', ')}]::VARCHAR[])[1 + range % ${texts.length}] AS t FROM range(${rows})) `
        compareWays(await chunksOf(sql))
      }),
      { numRuns: runs(20) },
    )
  })
})

describe('an Arrow stream', () => {
  it('has the columns, the types and the rows of the result', async () => {
    const sql = `SELECT i, i::VARCHAR AS "name ü", i::DECIMAL(12, 2) AS d, [i, NULL] AS l, {'a': i, 'b': 'x'} AS s, MAP {'k': i} AS m,
      array_value(i, i + 1) AS a, i > 10 AS b, NULLIF(i, 5) AS n, i::HUGEINT AS h, TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND AS t,
      INTERVAL (i) DAY AS v, '2026-01-01'::DATE AS day FROM range(5_000) t(i)`
    const { names, types, chunks } = await chunksOf(sql)
    const columns = names.map((name, index) => ({ name, type: types[index]!.toString() }))
    const table = tableFromIPC(await encodePage(columns, types, chunks))
    expect(table.numRows).toBe(5_000)
    const fields = names.map((name, index) => arrowField(name, types[index]!))
    expect(table.schema.fields.map((field) => [field.name, String(field.type)])).toEqual(
      fields.map((field) => [field.name, String(field.type)]),
    )
    expect(table.schema.fields[2]!.metadata.get('duckdb.type')).toBe('DECIMAL(12,2)')
    const row = table.get(4_321)!.toArray() as unknown[]
    expect(row.slice(0, 2)).toEqual([4321n, '4321'])
    expect(String((row[2] as Uint32Array)[0])).toBe('432100')
    expect([...(row[3] as Iterable<unknown>)]).toEqual([4321n, null])
    expect((row[4] as { toJSON(): unknown }).toJSON()).toEqual({ a: 4321n, b: 'x' })
    expect([...(row[5] as Iterable<unknown>)]).toEqual([['k', 4321n]])
    expect([...(row[6] as Iterable<unknown>)]).toEqual([4321n, 4322n])
    expect(row.slice(7, 10)).toEqual([true, 4321n, '4321'])
    expect(table.getChildAt(10)!.data[0]!.values[0]).toBe(BigInt(Date.UTC(2026, 0, 1)) * 1000n)
    expect(table.getChildAt(8)!.get(5)).toBeNull()
  })

  it('can be empty, and have no column', async () => {
    const empty = await chunksOf('SELECT 1 AS a WHERE false')
    const table = tableFromIPC(await encodePage([{ name: 'a', type: 'INTEGER' }], empty.types, empty.chunks))
    expect([table.numRows, table.numCols]).toEqual([0, 1])
    expect(tableFromIPC(await encodePage([], [], [])).numCols).toBe(0)
  })
})

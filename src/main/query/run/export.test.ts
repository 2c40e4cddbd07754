import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import { existsSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXPORT_FORMATS, type ExportFormat } from '../../../shared/model'
import { openBench, vega } from '../testing/host-source'

const bench = await openBench()
let reader: DuckDBConnection
let instance: DuckDBInstance
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
  reader = await instance.connect()
})
afterAll(() => {
  reader.disconnectSync()
  instance.closeSync()
})

let made = 0
async function exported(sql: string, format: ExportFormat, signal?: AbortSignal) {
  const target = join(bench.folder, `export-${made++}.${format}`)
  const source = await bench.source({ '/weather.csv': await vega('seattle-weather.csv') })
  const metadata = { 'pond.id': 'p"1\'', 'pond.sql': sql }
  return {
    target,
    result: bench.queries.export(source, sql, { format, target, metadata, ...(signal ? { signal } : {}) }),
  }
}

const READERS = { parquet: 'read_parquet', csv: 'read_csv', jsonl: 'read_ndjson' } as const

describe('an export', () => {
  it.each(['parquet', 'csv', 'jsonl'] as const)('as %s reads back as the same rows', async (format) => {
    const sql = `SELECT date, temp_max, weather, row_number() OVER () AS n FROM '/weather.csv' -- all of it`
    const { target, result } = await exported(sql, format)
    expect(await result).toEqual({ rows: 1_461, bytes: (await stat(target)).size, resultsDropped: 0, notes: [] })
    const back = await reader.runAndReadAll(`FROM ${READERS[format]}('${target}')`)
    const source = await bench.source({ '/weather.csv': await vega('seattle-weather.csv') })
    expect(back.getRowsJson().map((row) => row.map(String))).toEqual(
      (await bench.rows(source, sql)).map((row) => row.map(String)),
    )
  })

  it('as Arrow reads back as the same rows, with types and metadata', async () => {
    const sql = `SELECT date, temp_max, weather, row_number() OVER () AS n, 1.5::DECIMAL(3,1) AS d FROM '/weather.csv', range(50)`
    const { target, result } = await exported(sql, 'arrow')
    expect(await result).toEqual({ rows: 73_050, bytes: (await stat(target)).size, resultsDropped: 0, notes: [] })
    const table = tableFromIPC(await readFile(target))
    expect(table.numRows).toBe(73_050)
    expect(table.schema.metadata.get('pond.sql')).toBe(sql)
    expect(table.schema.fields.map(({ name, type }) => `${name} ${String(type)}`)).toEqual([
      'date Date32<DAY>',
      'temp_max Float64',
      'weather Utf8',
      'n Int64',
      'd Decimal[3e+1]',
    ])
    expect(table.get(73_049)!.toArray()[3]).toBe(73_050n)
  })

  it('as Parquet is zstd and carries its metadata', async () => {
    const { target, result } = await exported(`SELECT 1 AS a`, 'parquet')
    await result
    const compression = await reader.runAndReadAll(`SELECT DISTINCT compression FROM parquet_metadata('${target}')`)
    expect(compression.getRows()).toEqual([['ZSTD']])
    const pairs = await reader.runAndReadAll(`SELECT decode(key), decode(value) FROM parquet_kv_metadata('${target}')`)
    expect(Object.fromEntries(pairs.getRows())).toMatchObject({ 'pond.id': 'p"1\'', 'pond.sql': 'SELECT 1 AS a' })
  })

  it('as Parquet rounds nothing: what it cannot hold is text, nested or not', async () => {
    const big = '170141183460469231731687303715884105727'
    const sql = `SELECT sum(range) AS s, ${big} AS h, [${big}] AS l, {'a b': {'c': ${big}}, 'd': 1} AS st, MAP {${big}: 1} AS m,
      '10:00:00+02'::TIMETZ AS z, '0101'::BIT AS b, INTERVAL '1 microsecond' AS i, '1.5'::UHUGEINT AS u, 1 AS same, 2 AS same
      FROM range(3) -- the end`
    const { target, result } = await exported(sql, 'parquet')
    await result
    const back = await reader.runAndReadAll(`FROM read_parquet('${target}')`)
    expect(back.getRowsJson()).toEqual([
      [
        '3',
        big,
        [big],
        { 'a b': { c: big }, d: 1 },
        [{ key: big, value: 1 }],
        '10:00:00+02',
        '0101',
        '00:00:00.000001',
        '2',
        1,
        2,
      ],
    ])
    const wrong = await exported(`SELECT sum(range),\n  error('stop') FROM range(3)`, 'parquet')
    await expect(wrong.result).rejects.toMatchObject({ code: 'query.failed', message: 'stop' })
  })

  it('as Parquet keeps the order of the rows around a cast', async () => {
    const { target, result } = await exported(
      'SELECT range::HUGEINT AS h FROM range(300_000) ORDER BY hash(range)',
      'parquet',
    )
    await result
    const same = await reader.runAndReadAll(
      `SELECT count(*) FROM (SELECT h, file_row_number AS n FROM read_parquet('${target}', file_row_number = true))
       POSITIONAL JOIN (SELECT range AS r FROM range(300_000) ORDER BY hash(range)) WHERE h = r::VARCHAR`,
    )
    expect(same.getRows()).toEqual([[300_000n]])
  })

  it.each(EXPORT_FORMATS)('of every kind of statement works as %s', async (format) => {
    const statements = [
      `DESCRIBE '/weather.csv'`,
      `SUMMARIZE '/weather.csv'`,
      `EXPLAIN FROM '/weather.csv'`,
      `PIVOT '/weather.csv' ON weather USING count(*)`,
      `VALUES (1)`,
      `CREATE TEMP VIEW v AS SELECT 42 AS answer; FROM v;`,
    ]
    for (const sql of statements) {
      const { target, result } = await exported(sql, format)
      expect((await result).rows, sql).toBeGreaterThan(0)
      expect((await stat(target)).size).toBeGreaterThan(0)
    }
  })

  it.each(EXPORT_FORMATS)('that fails leaves no file (%s)', async (format) => {
    const sql = `SELECT CASE WHEN range = 900_000 THEN error('stop') ELSE 'x' END AS a\nFROM range(1_000_000)`
    const { target, result } = await exported(sql, format)
    await expect(result).rejects.toMatchObject({ code: 'query.failed', message: 'stop' })
    expect(existsSync(target)).toBe(false)
    const wrong = await exported('SELECT 1,\n  nothere', format)
    await expect(wrong.result).rejects.toMatchObject({ code: 'query.failed', detail: { line: 2, column: 3 } })
    expect(existsSync(wrong.target)).toBe(false)
  })

  it.each(EXPORT_FORMATS)('that is cancelled leaves no file (%s)', async (format) => {
    const abort = new AbortController()
    const { target, result } = await exported(
      `SELECT md5(range::VARCHAR) AS m FROM range(100_000_000)`,
      format,
      abort.signal,
    )
    void bench.world.clock.sleep(300).then(() => abort.abort())
    await expect(result).rejects.toMatchObject({ code: 'query.cancelled' })
    expect(existsSync(target)).toBe(false)
  })

  it('writes nothing but its target', async () => {
    const { result } = await exported(`COPY (SELECT 1) TO '${join(bench.folder, 'other')}'`, 'csv')
    await expect(result).rejects.toMatchObject({ code: 'query.not-allowed' })
    expect(existsSync(join(bench.folder, 'other'))).toBe(false)
  })
})

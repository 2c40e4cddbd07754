import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExportFormat, SortKey } from '../../../shared/model'
import type { Run } from '../index'
import { openBench, vega } from '../testing/host-source'

const bench = await openBench()
let instance: DuckDBInstance
let reader: DuckDBConnection
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
  reader = await instance.connect()
})
afterAll(() => {
  reader.disconnectSync()
  instance.closeSync()
})

let made = 0
const target = (format: ExportFormat): string => join(bench.folder, `run-export-${made++}.${format}`)

async function start(sql: string): Promise<Run> {
  return bench.queries.start(await bench.source({ '/weather.csv': await vega('seattle-weather.csv') }), sql)
}

async function ended(run: Run): Promise<void> {
  for await (const _state of run.states());
}

/** What pages show, of these columns. */
async function shown(run: Run, columns: readonly number[]): Promise<unknown[][]> {
  const table = tableFromIPC(await run.page(0, 100_000))
  return columns.map((index) => [...table.getChildAt(index)!].map(String))
}

async function readBack(file: string, format: ExportFormat): Promise<{ names: string[]; columns: unknown[][] }> {
  if (format === 'arrow') {
    const table = tableFromIPC(await readFile(file))
    const names = table.schema.fields.map(({ name }) => name)
    return { names, columns: names.map((_, index) => [...table.getChildAt(index)!].map(String)) }
  }
  const read = { parquet: 'read_parquet', csv: 'read_csv', jsonl: 'read_ndjson' }[format]
  const back = await reader.runAndReadAll(`FROM ${read}('${file}')`)
  return { names: back.columnNames(), columns: back.getColumns().map((column) => column.map(String)) }
}

const sorted = (values: readonly unknown[]): readonly string[] =>
  values.map(String).toSorted((a, b) => (a < b ? -1 : 1))

describe('an export of a run', () => {
  it.each(['parquet', 'csv', 'jsonl', 'arrow'] as const)(
    'as %s has the columns and the order that are shown, of the rows that were read',
    async (format) => {
      // Other rows each time that it runs.
      const run = await start(`SELECT wind, weather AS kind, random() AS r, temp_max FROM '/weather.csv'`)
      await ended(run)
      const keys: SortKey[] = [
        { column: 1, descending: true },
        { column: 3, descending: false },
      ]
      await run.sort(keys)
      const columns = [2, 1, 3]
      const asShown = await shown(run, columns)
      for (const order of [keys, keys.toReversed()]) {
        const file = target(format)
        const { rows } = await run.export({ format, target: file, metadata: {}, columns, keys: order })
        expect(rows).toBe(1_461)
        const back = await readBack(file, format)
        expect(back.names).toEqual(['r', 'kind', 'temp_max'])
        if (order === keys) expect(back.columns).toEqual(asShown)
        else expect(back.columns.map(sorted)).toEqual(asShown.map(sorted))
      }
      await run.close()
    },
  )

  it('keeps columns of one name, and what Parquet would round', async () => {
    const run = await start(`SELECT 1 AS a, 2 AS a, 170141183460469231731687303715884105727::HUGEINT AS h`)
    const file = target('parquet')
    await run.export({ format: 'parquet', target: file, metadata: {}, columns: [2], keys: [] })
    expect((await readBack(file, 'parquet')).columns).toEqual([['170141183460469231731687303715884105727']])
    await run.close()
  })

  it('asked for before the last row waits for it', async () => {
    const run = await start('SELECT i, sin(i) AS s FROM range(400_000) t(i)')
    const file = target('parquet')
    const { rows } = await run.export({ format: 'parquet', target: file, metadata: {}, columns: [0, 1], keys: [] })
    expect([rows, run.current().state]).toEqual([400_000, 'done'])
    await run.close()
  })

  it('is refused where the rows will never be there, and leaves nothing when it is stopped', async () => {
    const failed = await start("SELECT error('no')")
    const file = target('csv')
    await expect(
      failed.export({ format: 'csv', target: file, metadata: {}, columns: [0], keys: [] }),
    ).rejects.toMatchObject({ code: 'query.failed' })
    const run = await start('SELECT * FROM range(3_000_000)')
    await ended(run)
    const stopping = new AbortController()
    const { signal } = stopping
    const exporting = run.export({ format: 'csv', target: file, metadata: {}, columns: [0], keys: [], signal })
    queueMicrotask(() => stopping.abort())
    await expect(exporting).rejects.toMatchObject({ code: 'query.cancelled' })
    expect(existsSync(file)).toBe(false)
    await run.close()
    await failed.close()
  })
})

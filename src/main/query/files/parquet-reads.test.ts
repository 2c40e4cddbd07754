/** Conditions on Parquet, against the same rows without a file behind them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { openBench } from '../testing/host-source'

const bench = await openBench()

async function parquet(sql: string): Promise<Uint8Array> {
  const target = join(bench.folder, `made-${made++}.parquet`)
  await bench.queries.export(await bench.source(), sql, { format: 'parquet', target, metadata: {} })
  return readFile(target)
}
let made = 0

describe('A condition on Parquet files', () => {
  it('means the same whatever types the column has in each of them', async () => {
    const files = {
      '/d/1.parquet': await parquet("SELECT 0.1::FLOAT AS c, 'a, b' AS \"x, y\", DATE '2026-01-01' AS d"),
      '/d/2.parquet': await parquet("SELECT 5.5::DOUBLE AS c, 'b' AS \"x, y\", TIMESTAMP '2026-01-01 12:00:00' AS d"),
      '/d/3.parquet': await parquet('SELECT 2::BIGINT AS c, true AS more'),
      '/d/4.parquet': await parquet('SELECT 7::DOUBLE AS c'),
    }
    const source = await bench.source(files)
    const all = await bench.rows(source, "SELECT c FROM '/d/*.parquet'")
    expect(all).toEqual([[0.10000000149011612], [5.5], [2], [7]])
    for (const condition of [
      'c > 0.1',
      'c = 0.1',
      'c > 1.5',
      'c < 2.5',
      'c = 2',
      'c BETWEEN 1.5 AND 2.5',
      "d > DATE '2026-01-01'",
      "d <= DATE '2026-01-01'",
    ]) {
      const found = await bench.rows(source, `SELECT c FROM '/d/*.parquet' WHERE ${condition}`)
      const rows =
        "(VALUES (0.1::FLOAT::DOUBLE, TIMESTAMP '2026-01-01'), (5.5, TIMESTAMP '2026-01-01 12:00:00'), (2, NULL), (7, NULL)) t(c, d)"
      expect(found, condition).toEqual(await bench.rows(source, `SELECT c FROM ${rows} WHERE ${condition}`))
    }
  })

  it('finds NaN where the file notes only what else there is', async () => {
    const bytes = new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: 'b', data: [1, 2, NaN], type: 'DOUBLE' },
          { name: 'f', data: [1, 1, NaN], type: 'FLOAT' },
        ],
      }),
    )
    const source = await bench.source({ '/nan.parquet': bytes })
    for (const from of ["'/nan.parquet'", "read_parquet('/nan.parquet')"])
      for (const column of ['b', 'f'])
        for (const condition of ['> 1', '> 100', '<> 1', '<= 2', '>= 2', "= 'nan'::DOUBLE"]) {
          const [[count]] = (await bench.rows(source, `SELECT count(*) FROM ${from} WHERE ${column} ${condition}`)) as [
            [number],
          ]
          const values = column === 'b' ? '1, 2' : '1, 1'
          const rows = `(SELECT unnest([${values}, 'nan'::DOUBLE]::DOUBLE[]) AS v)`
          expect([[count]], `${column} ${condition}`).toEqual(
            await bench.rows(source, `SELECT count(*) FROM ${rows} WHERE v ${condition}`),
          )
        }
    // The numbers themselves, and their names and types, are as they were.
    const zero = await bench.source({
      '/zero.parquet': await parquet("SELECT -0.0::DOUBLE AS b, 'nan'::FLOAT AS f, 1 AS n"),
    })
    expect(await bench.rows(zero, "SELECT b::VARCHAR, f::VARCHAR, n FROM '/zero.parquet'")).toEqual([
      ['-0.0', 'nan', 1],
    ])
    expect((await bench.rows(zero, "DESCRIBE FROM '/zero.parquet'")).map(([name, type]) => [name, type])).toEqual([
      ['b', 'DOUBLE'],
      ['f', 'FLOAT'],
      ['n', 'INTEGER'],
    ])
  })
})

/** A keyed comparison of two versions of a table of a million rows, against DuckDB's full join of the same files. */
import { DuckDBInstance } from '@duckdb/node-api'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { interleaved, ratio, type Row, type Sample } from './measure'
import { newPond, temporary } from './world'

const ROWS = 1_000_000
const COLUMNS = ['day', 'reading', 'note']

export async function rowDiff(): Promise<Row> {
  const folder = await temporary('rows')
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' })
  const connection = await instance.connect()
  const { pond } = await newPond('rows')
  const files: string[] = []
  for (const version of [1, 2]) {
    const file = join(folder, `${version}.parquet`)
    files.push(file)
    // One row in a hundred changed, one in a thousand gone, one in a thousand new.
    await connection.run(`COPY (
      SELECT range AS id, DATE '2026-01-01' + (range % 365)::INTEGER AS day,
        (hash(range) % 10000) / 100.0 + CASE WHEN ${version} = 2 AND range % 100 = 7 THEN 1 ELSE 0 END AS reading,
        'note ' || (range % 5000) AS note
      FROM range(${version === 1 ? 0 : ROWS / 1_000}, ${version === 1 ? ROWS : ROWS + ROWS / 1_000})
    ) TO '${file}' (FORMAT parquet)`)
    const content = await pond.prepare(createReadStream(file, { highWaterMark: 256 * 1024 }))
    await pond.stage((fs) => fs.put('/t.parquet', content, { replace: true, fileType: 'file:table' }), {
      commit: { message: `${version}` },
    })
  }
  const differs = COLUMNS.map((column) => `a.${column} IS DISTINCT FROM b.${column}`).join(' OR ')
  const join1 = `SELECT count(*) AS n, count(a.id) AS before, count(b.id) AS after
    FROM '${files[0]}' a FULL JOIN '${files[1]}' b ON a.id = b.id WHERE a.id IS NULL OR b.id IS NULL OR ${differs}`
  const counted: string[] = []
  const samples = await interleaved(
    [
      {
        name: "DuckDB's full join",
        run: async () => {
          const rows = (await connection.runAndReadAll(join1)).getRows()
          counted[0] = String(rows[0]?.[0])
        },
      },
      {
        name: 'pond.diff_rows',
        run: async () => {
          const sql = "SELECT count(*) FROM pond.diff_rows('/t.parquet', 1, 2, key := ['id'])"
          const { batches } = await pond.queries.stream(await pond.source('head'), sql)
          for await (const batch of batches) counted[1] = String(batch[0]?.[0])
        },
      },
    ],
    9,
  )
  connection.disconnectSync()
  instance.closeSync()
  await pond.close()
  if (counted[0] !== counted[1]) throw new Error(`the join finds ${counted[0]} differing rows, the pond ${counted[1]}`)
  const [peer, ours] = samples as [Sample, Sample]
  return {
    workload: `row diff of ${ROWS.toLocaleString('en')} x ${ROWS.toLocaleString('en')} rows by key`,
    samples,
    verdict: ratio(ours, peer, 1.3),
  }
}

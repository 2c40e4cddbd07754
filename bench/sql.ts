/** SQL over many oplog rows, some of them pending, against DuckDB alone on the same Parquet files. */
import { DuckDBInstance } from '@duckdb/node-api'
import { interleaved, ratio, type Row, type Sample } from './measure'
import { OPLOG_ROWS as ROWS } from './sizes'
import { newPond } from './world'

const PER_COMMIT = 50_000
const PENDING = 1_000

const SHAPE = 'count(*) AS n, sum(size) AS bytes, count(DISTINCT node_id) AS nodes, max(timestamp) AS last'

export async function sqlOverOplog(): Promise<Row> {
  const { pond, folder } = await newPond('sql')
  let made = 0
  const content = await pond.prepare([Buffer.from('x')])
  const add = (count: number): Promise<unknown> =>
    pond.stage(async (fs) => {
      for (let i = 0; i < count; i++, made++)
        await fs.put(`/d${Math.floor(made / 1_000)}/f${made}`, content, { parents: true })
    })
  while (made < ROWS) {
    await add(PER_COMMIT)
    await pond.commit({ message: `${made}` })
  }
  await add(PENDING)
  const files = (await pond.source('head')).dataFiles
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const list = files.map((file) => `'${file}'`).join(', ')
  const samples = await interleaved(
    [
      {
        name: 'DuckDB on the same files',
        run: async () => {
          const sql = `SELECT ${SHAPE} FROM read_parquet([${list}]) WHERE operation NOT IN ('entries', 'commit')`
          ;(await connection.runAndReadAll(sql)).getRows()
        },
      },
      {
        name: 'pond query, with pending',
        run: async () => {
          const { batches } = await pond.queries.stream(
            await pond.source('pending'),
            `SELECT ${SHAPE} FROM oplog_entries`,
          )
          for await (const _batch of batches);
        },
      },
    ],
    11,
  )
  connection.closeSync()
  await pond.close()
  void folder
  const [raw, ours] = samples as [Sample, Sample]
  return {
    workload: `SQL over ${ROWS.toLocaleString('en')} oplog rows and ${PENDING} pending`,
    samples,
    verdict: ratio(ours, raw, 1.3),
  }
}

/** A query over a small CSV, in a host that is warm, against DuckDB alone on the same file. */
import { DuckDBInstance } from '@duckdb/node-api'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { builtFiles, nodeProcesses, nodeStorage, nodeWorld } from '../src/main/platform/node'
import { createPond, type Pond } from '../src/main/pond'
import { interleaved, ratio, type Row, type Sample } from './measure'
import { temporary } from './world'

const RUNS = 41
const PATH = '/weather.csv'
const SHAPE = 'SELECT weather, count(*) AS days, avg(temp_max) AS mean FROM'

export async function smallCsv(): Promise<Row> {
  const files = builtFiles(join(import.meta.dirname, '../out/main'))
  if (files.queries === undefined) throw new Error('npm run build first')
  const folder = await temporary('small')
  const csv = await readFile(join(import.meta.dirname, '../node_modules/vega-datasets/data/seattle-weather.csv'))
  const hostPath = join(folder, 'weather.csv')
  await writeFile(hostPath, csv)
  const open = async (more: object): Promise<Pond> => {
    const pond = await createPond(nodeWorld({ storage: nodeStorage(await temporary('small')), user: 'bench', ...more }))
    const content = await pond.prepare([csv])
    await pond.stage((fs) => fs.put(PATH, content), { commit: { message: 'weather' } })
    return pond
  }
  const here = await open({})
  const there = await open({ processes: nodeProcesses({ files }) })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const samples = await interleaved(
    [
      {
        name: 'DuckDB, one instance',
        run: async () => void (await connection.runAndReadAll(`${SHAPE} '${hostPath}' GROUP BY ALL`)).getRows(),
      },
      {
        name: 'DuckDB, one for each query',
        run: async () => {
          const own = await DuckDBInstance.create(':memory:')
          const its = await own.connect()
          ;(await its.runAndReadAll(`${SHAPE} '${hostPath}' GROUP BY ALL`)).getRows()
          its.disconnectSync()
          own.closeSync()
        },
      },
      { name: 'pond, in this process', run: () => rows(here) },
      { name: 'pond, in its own', run: () => rows(there) },
    ],
    RUNS,
  )
  connection.disconnectSync()
  instance.closeSync()
  await here.close()
  await there.close()
  const [peer, , , ours] = samples as [Sample, Sample, Sample, Sample]
  return { workload: 'SQL over a CSV of 48 KB, warm', samples, verdict: ratio(ours, peer, 1.3) }
}

async function rows(pond: Pond): Promise<void> {
  const { batches } = await pond.queries.stream(await pond.source('head'), `${SHAPE} '${PATH}' GROUP BY ALL`)
  for await (const _ of batches);
}

/**
 * SQL in a process of its own against SQL in this one: what the channel costs streams, exports and pages, and
 * what starting the process costs the first statement. Needs `npm run build`.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { builtFiles, nodeProcesses, nodeStorage, nodeWorld } from '../src/main/platform/node'
import { createPond, type Pond } from '../src/main/pond'
import { interleaved, over, ratio, type Row, type Sample } from './measure'
import { STREAMED_ROWS as ROWS } from './sizes'
import { temporary } from './world'

const RUNS = 3
const SQL = `SELECT range AS id, hash(range) % 1000 AS bucket, 'row ' || range AS text FROM range(${ROWS})`

async function ponds(): Promise<readonly [here: Pond, there: Pond]> {
  const files = builtFiles(join(import.meta.dirname, '../out/main'))
  if (files.queries === undefined) throw new Error('npm run build first')
  const processes = nodeProcesses({ files })
  const open = async (more: object): Promise<Pond> =>
    createPond(nodeWorld({ storage: nodeStorage(await temporary('processes')), user: 'bench', ...more }))
  return [await open({}), await open({ processes })]
}

async function compared(workload: string, work: (pond: Pond) => Promise<unknown>, verdict: Verdict): Promise<Row> {
  const [here, there] = await ponds()
  for (const pond of [here, there]) for await (const _ of (await bytes(pond, 'SELECT 1')).chunks);
  const samples = await interleaved(
    [
      { name: 'in this process', run: async () => void (await work(here)) },
      { name: 'in its own', run: async () => void (await work(there)) },
    ],
    verdict === 'page' ? 25 : RUNS,
  )
  await here.close()
  await there.close()
  const [floor, ours] = samples as [Sample, Sample]
  return { workload, samples, verdict: verdict === 'page' ? over(ours, floor, 5) : ratio(ours, floor, 1.1) }
}

type Verdict = 'page' | 'throughput'

async function bytes(pond: Pond, sql: string, format: 'csv' | 'arrow' = 'csv') {
  return pond.queries.bytes(await pond.source('head'), sql, { format })
}

export function streamCsv(): Promise<Row> {
  return compared(`${ROWS.toLocaleString('en')} rows as a stream of CSV`, (pond) => streamed(pond, 'csv'), 'throughput')
}

export function streamArrow(): Promise<Row> {
  return compared(
    `${ROWS.toLocaleString('en')} rows as a stream of Arrow`,
    (pond) => streamed(pond, 'arrow'),
    'throughput',
  )
}

async function streamed(pond: Pond, format: 'csv' | 'arrow'): Promise<void> {
  for await (const _ of (await bytes(pond, SQL, format)).chunks);
}

export function exportArrow(): Promise<Row> {
  const folder = temporary('processes')
  const export_ = async (pond: Pond): Promise<void> => {
    const target = join(await folder, `${pond.pondId}.arrow`)
    await pond.queries.export(await pond.source('head'), SQL, { format: 'arrow', target, metadata: {} })
    await rm(target)
  }
  return compared(`${ROWS.toLocaleString('en')} rows exported as an Arrow file`, export_, 'throughput')
}

export async function pageLatency(): Promise<Row> {
  const runs = new Map<Pond, Awaited<ReturnType<Pond['queries']['start']>>>()
  const page = async (pond: Pond): Promise<void> => {
    const run = runs.get(pond) ?? (await pond.queries.start(await pond.source('head'), 'FROM range(1_000_000)'))
    if (!runs.has(pond)) for await (const _ of run.states());
    runs.set(pond, run)
    await run.page(500_000, 1_000)
  }
  return compared('a page of 1,000 rows', page, 'page')
}

/** The result grid over ten million rows: its first page, its last one, and a sort, against DuckDB alone. */
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import type { Pond } from '../src/main/pond'
import { interleaved, over, ratio, type Row, type Sample } from './measure'
import { newPond } from './world'

const ROWS = 10_000_000
const PAGE = 200
const RUNS = 7
const SQL = `SELECT range AS id, hash(range) % 1000 AS bucket, 'row ' || range AS text FROM range(${ROWS})`

type GridRun = Awaited<ReturnType<Pond['queries']['start']>>

export async function gridFirstPage(): Promise<Row> {
  const { pond } = await newPond('grid')
  const samples = await interleaved(
    [
      {
        name: "DuckDB's first chunk",
        run: () =>
          withDuckDB(async (connection) => {
            const started = performance.now()
            const result = await connection.stream(SQL)
            await result.fetchChunk()
            return performance.now() - started
          }),
      },
      {
        name: 'pond, first page',
        run: async () => {
          const started = performance.now()
          const run = await pond.queries.start(await pond.source('head'), SQL)
          for await (const { rowsReady, error } of run.states()) {
            if (error !== null) throw new Error(error.message)
            if (rowsReady >= PAGE) break
          }
          await run.page(0, PAGE)
          const took = performance.now() - started
          await run.close()
          return took
        },
      },
    ],
    RUNS,
  )
  await pond.close()
  const [floor, ours] = samples as [Sample, Sample]
  return {
    workload: `first page of a result of ${ROWS.toLocaleString('en')} rows`,
    samples,
    verdict: over(ours, floor, 50),
  }
}

export async function gridWindow(): Promise<Row> {
  const { pond } = await newPond('grid')
  const run = await finished(pond)
  let window = 0
  const samples = await interleaved(
    [
      { name: 'last page', run: async () => void (await run.page(ROWS - PAGE, PAGE)) },
      {
        name: 'a page somewhere',
        run: async () => void (await run.page((window = (window + 6_180_339) % (ROWS - PAGE)), PAGE)),
      },
    ],
    25,
  )
  await run.close()
  await pond.close()
  const worst = Math.max(...samples.map(({ p95Ms }) => p95Ms))
  return {
    workload: `a window of ${PAGE} rows of ${ROWS.toLocaleString('en')}`,
    samples,
    verdict: { measured: `p95 ${worst.toFixed(1)} ms`, target: '<= 50 ms', met: worst <= 50 },
  }
}

export async function gridSpool(): Promise<Row> {
  const { pond } = await newPond('grid')
  const samples = await interleaved(
    [
      {
        name: 'CREATE TABLE AS',
        run: () => withDuckDB((connection) => timed(() => connection.run(`CREATE TABLE result AS ${SQL}`))),
      },
      {
        name: 'pond, all rows ready',
        run: async () => {
          const started = performance.now()
          const run = await finished(pond)
          const took = performance.now() - started
          await run.close()
          return took
        },
      },
    ],
    RUNS,
  )
  await pond.close()
  const [peer, ours] = samples as [Sample, Sample]
  return { workload: `spool of ${ROWS.toLocaleString('en')} rows`, samples, verdict: ratio(ours, peer, 1.3) }
}

export async function gridSort(): Promise<Row> {
  const { pond } = await newPond('grid')
  const run = await finished(pond)
  const samples = await withDuckDB(async (connection) => {
    await connection.run(`CREATE TABLE result AS ${SQL}`)
    return interleaved(
      [
        {
          name: 'CREATE TABLE AS ... ORDER BY',
          run: async () => {
            await connection.run('DROP TABLE IF EXISTS sorted')
            return timed(() =>
              connection.run('CREATE TABLE sorted AS SELECT * FROM result ORDER BY bucket DESC, rowid'),
            )
          },
        },
        {
          name: 'pond, sorted',
          run: async () => {
            await run.sort([])
            return timed(() => run.sort([{ column: 1, descending: true }]))
          },
        },
      ],
      RUNS,
    )
  })
  await run.close()
  await pond.close()
  const [peer, ours] = samples as [Sample, Sample]
  return { workload: `sort of ${ROWS.toLocaleString('en')} rows`, samples, verdict: ratio(ours, peer, 1.3) }
}

async function finished(pond: Pond): Promise<GridRun> {
  const run = await pond.queries.start(await pond.source('head'), SQL)
  for await (const { error } of run.states()) if (error !== null) throw new Error(error.message)
  return run
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** DuckDB by itself, with as much memory as a statement of the pond gets. */
async function withDuckDB<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: '1GB' })
  const connection = await instance.connect()
  try {
    return await work(connection)
  } finally {
    connection.disconnectSync()
    instance.closeSync()
  }
}

/** What recipes cost over the SQL that they stand for, DuckDB in a process of its own as everywhere. */
import { DuckDBInstance } from '@duckdb/node-api'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { builtFiles, nodeProcesses, nodeStorage, nodeWorld } from '../src/main/platform/node'
import { createPond, type Pond } from '../src/main/pond'
import { interleaved, ratio, type Row, type Sample } from './measure'
import { REDUCED_ROWS } from './sizes'
import { temporary } from './world'

const RUNS = 21
const ROWS = 1_000_000
const WARM = 'SELECT id, level * 2 AS level, note FROM r WHERE level > 10'
const REDUCE = `recipe: reduce
input: /raw/*.series
every: [1h, 1d]
values: [{ fn: avg }, { fn: min }, { fn: max }]
`
const HOURLY = "'/low/a/res=1h.series'"

interface Opened {
  readonly pond: Pond
  readonly folder: string
}

async function open(): Promise<Opened> {
  const files = builtFiles(join(import.meta.dirname, '../out/main'))
  if (files.queries === undefined) throw new Error('npm run build first')
  const folder = await temporary('recipes')
  const processes = nodeProcesses({ files })
  return { folder, pond: await createPond(nodeWorld({ storage: nodeStorage(folder), user: 'bench', processes })) }
}

async function write(pond: Pond, path: string, text: string): Promise<void> {
  const content = await pond.prepare([Buffer.from(text)])
  await pond.stage((fs) => fs.put(path, content, { parents: true, replace: true }), { commit: { message: path } })
}

async function rows(pond: Pond, sql: string): Promise<void> {
  const { batches } = await pond.queries.stream(await pond.source('head'), sql)
  for await (const _ of batches);
}

/** A table of a million rows in the pond. */
async function table(pond: Pond): Promise<void> {
  const file = join(await temporary('recipes'), 'x.parquet')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`COPY (
    SELECT range AS id, (hash(range) % 10000) / 100.0 AS level, 'note ' || (range % 5000) AS note FROM range(${ROWS})
  ) TO '${file}' (FORMAT parquet)`)
  connection.closeSync()
  const content = await pond.prepare(createReadStream(file))
  await pond.stage((fs) => fs.put('/x.parquet', content, { fileType: 'file:table' }), { commit: { message: 'x' } })
}

export async function recipeInline(): Promise<Row> {
  const { pond } = await open()
  await table(pond)
  await write(pond, '/warm.recipe.yaml', `recipe: sql\ninputs: { r: /x.parquet }\nquery: ${WARM}\n`)
  const ask = (from: string): string => `SELECT count(*), max(level) FROM ${from} WHERE id % 7 = 3`
  const samples = await interleaved(
    [
      { name: 'the SQL written out', run: () => rows(pond, ask(`(${WARM.replace('FROM r', "FROM '/x.parquet'")})`)) },
      { name: 'the recipe', run: () => rows(pond, ask("'/warm'")) },
    ],
    RUNS,
  )
  await pond.close()
  const [peer, ours] = samples as [Sample, Sample]
  const most = peer.medianMs * 1.05 + 5
  const measured = `${(ours.medianMs / peer.medianMs).toFixed(2)}x, ${(ours.medianMs - peer.medianMs).toFixed(1)} ms over it`
  return {
    workload: `a recipe in a query over ${ROWS.toLocaleString('en')} rows`,
    samples,
    verdict: { measured, target: '<= 1.05x and 5 ms', met: ours.medianMs <= most },
  }
}

export async function recipeCached(): Promise<Row> {
  const { pond } = await open()
  await table(pond)
  await write(pond, '/warm.recipe.yaml', `recipe: sql\ninputs: { r: /x.parquet }\nquery: ${WARM}\n`)
  const made = await pond.open('/warm', 'head')
  const content = await pond.prepare(made.chunks())
  await made.close()
  await pond.stage((fs) => fs.put('/stored.parquet', content, { fileType: 'file:table' }), { commit: { message: 's' } })
  const ask = (path: string): string => `SELECT count(*), max(level), max(note) FROM read_parquet('${path}')`
  const samples = await interleaved(
    [
      { name: 'a stored file', run: () => rows(pond, ask('/stored.parquet')) },
      { name: 'the same, made by a recipe', run: () => rows(pond, ask('/warm')) },
    ],
    RUNS,
  )
  await pond.close()
  const [peer, ours] = samples as [Sample, Sample]
  return {
    workload: `what a recipe made, ${ROWS.toLocaleString('en')} rows`,
    samples,
    verdict: ratio(ours, peer, 1.1),
  }
}

/** A row each second, as Parquet; returns its host path. */
async function seconds(from: number, count: number): Promise<string> {
  const file = join(await temporary('recipes'), 'series.parquet')
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run(`COPY (
    SELECT make_timestamp((range + ${from}) * 1000000) AS timestamp, (hash(range) % 10000) / 100.0 AS level,
      sin(range / 1000) AS flow
    FROM range(${count})
  ) TO '${file}' (FORMAT parquet)`)
  connection.closeSync()
  return file
}
const FIRST = Date.UTC(2025, 0, 1) / 1_000

async function reduced(): Promise<Opened & { readonly file: string }> {
  const opened = await open()
  const file = await seconds(FIRST, REDUCED_ROWS)
  await opened.pond.appendSeries('/raw/a.series', createReadStream(file), {
    parents: true,
    commit: { message: 'a' },
  })
  await write(opened.pond, '/low.recipe.yaml', REDUCE)
  return { ...opened, file }
}

export async function reduceAll(): Promise<Row> {
  const { pond, folder, file } = await reduced()
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const target = join(await temporary('recipes'), 'hourly.parquet')
  const columns = ['level', 'flow'].flatMap((name) => ['avg', 'min', 'max'].map((fn) => `${fn}(${name})`)).join(', ')
  // The content is checked once, and is in the system's memory for both.
  await rows(pond, "SELECT count(*) FROM '/raw/a.series'")
  const samples = await interleaved(
    [
      {
        name: "DuckDB's GROUP BY, as a file",
        run: async () => {
          await connection.run(`COPY (
            SELECT time_bucket(INTERVAL 1 HOUR, timestamp) AS timestamp, ${columns} FROM '${file}' GROUP BY 1 ORDER BY 1
          ) TO '${target}' (FORMAT parquet, COMPRESSION zstd)`)
        },
      },
      {
        name: 'reduce, nothing made before',
        run: async () => {
          await rm(join(folder, 'cache/derived'), { recursive: true, force: true })
          const started = performance.now()
          await rows(pond, `SELECT count(*) FROM ${HOURLY}`)
          return performance.now() - started
        },
      },
    ],
    5,
  )
  connection.closeSync()
  await pond.close()
  const [peer, ours] = samples as [Sample, Sample]
  return {
    workload: `reduce of ${REDUCED_ROWS.toLocaleString('en')} rows to hours`,
    samples,
    verdict: ratio(ours, peer, 1.3),
  }
}

export async function reduceAppended(): Promise<Row> {
  const { pond } = await reduced()
  await rows(pond, `FROM ${HOURLY}`)
  const samples = await interleaved(
    [
      {
        name: 'the result, nothing new',
        run: () => rows(pond, `SELECT count(*) FROM ${HOURLY}`),
      },
      {
        name: 'the result, after an append',
        run: async (turn) => {
          const file = await seconds(FIRST + REDUCED_ROWS + turn * 60, 60)
          await pond.appendSeries('/raw/a.series', createReadStream(file), { commit: { message: `${turn}` } })
          const started = performance.now()
          await rows(pond, `SELECT count(*) FROM ${HOURLY}`)
          return performance.now() - started
        },
      },
    ],
    11,
  )
  await pond.close()
  const [, ours] = samples as [Sample, Sample]
  return {
    workload: `reduce after an append to ${REDUCED_ROWS.toLocaleString('en')} rows`,
    samples,
    verdict: { measured: `${ours.medianMs.toFixed(0)} ms`, target: '<= 150 ms', met: ours.medianMs <= 150 },
  }
}

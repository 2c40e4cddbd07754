/** How long the host's event loop stands still while long work runs in it. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { join } from 'node:path'
import type { Pond, PreparedContent } from '../src/main/pond'
import type { Row, Sample } from './measure'
import { newPond, temporary, text } from './world'

const FILES = 10_000
const EXPORTED_ROWS = 2_000_000
const TURNS = 7
const LIMIT_MS = 50

export async function eventLoopDelay(): Promise<Row> {
  const { pond } = await newPond('loop')
  const folder = await temporary('loop-out')
  const longest = new Map<string, number>()
  const watch = monitorEventLoopDelay({ resolution: 1 })
  const during = async (phase: string, work: () => Promise<unknown>): Promise<void> => {
    watch.reset()
    watch.enable()
    await work()
    watch.disable()
    longest.set(phase, Math.max(longest.get(phase) ?? 0, watch.max / 1e6))
  }
  for (let turn = 0; turn < TURNS; turn++) {
    await during('import', () => importFiles(pond, turn))
    await during('commit', () => pond.commit({ message: `${turn}` }))
    for (const format of ['parquet', 'csv', 'arrow'] as const) {
      const target = join(folder, `${turn}.${format}`)
      await during(`export as ${format}`, () => exportRows(pond, format, target))
    }
  }
  await during('compaction', () => pond.compact())
  await pond.close()
  const samples = Array.from(longest, ([name, max]): Sample => ({ name, medianMs: max, p95Ms: max, runs: TURNS }))
  const worst = Math.max(...longest.values())
  return {
    workload: `longest event-loop delay: ${FILES.toLocaleString('en')} files, ${EXPORTED_ROWS.toLocaleString('en')} rows`,
    samples,
    verdict: { measured: `${worst.toFixed(0)} ms`, target: `<= ${LIMIT_MS} ms`, met: worst <= LIMIT_MS },
  }
}

async function importFiles(pond: Pond, turn: number): Promise<void> {
  const prepared: PreparedContent[] = []
  for (let i = 0; i < FILES; i++) prepared.push(await pond.prepare([text(i, 1024)]))
  await pond.stage(async (fs) => {
    for (const [i, content] of prepared.entries())
      await fs.put(`/t${turn}/d${Math.floor(i / 100)}/f${i}`, content, { parents: true })
  })
}

async function exportRows(pond: Pond, format: 'parquet' | 'csv' | 'arrow', target: string): Promise<void> {
  const sql = `SELECT range AS id, range / 7 AS value, 'row ' || range AS text FROM range(${EXPORTED_ROWS})`
  await pond.queries.export(await pond.source('head'), sql, { format, target, metadata: {} })
}

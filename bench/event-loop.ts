/**
 * How long the host's event loop stands still while long work runs in it. DuckDB is in a process of its own, as in every
 * host. Beside the longest stop stands the longest stretch of processor time between two turns of the loop, where the
 * system tells it: on a machine that is busy with other things, a stop is mostly theirs.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { builtFiles, nodeProcesses, nodeStorage, nodeWorld } from '../src/main/platform/node'
import { createPond, type Pond, type PreparedContent } from '../src/main/pond'
import type { Row, Sample } from './measure'
import { temporary, text } from './world'

const FILES = 10_000
const EXPORTED_ROWS = 2_000_000
const TURNS = 7
const LIMIT_MS = 50

export async function eventLoopDelay(): Promise<Row> {
  const files = builtFiles(join(import.meta.dirname, '../out/main'))
  if (files.queries === undefined) throw new Error('npm run build first')
  const processes = nodeProcesses({ files })
  const pond = await createPond(nodeWorld({ storage: nodeStorage(await temporary('loop')), user: 'bench', processes }))
  const folder = await temporary('loop-out')
  const watch = new LoopWatch()
  for (let turn = 0; turn < TURNS; turn++) {
    await watch.during('import', () => importFiles(pond, turn))
    await watch.during('commit', () => pond.commit({ message: `${turn}` }))
    for (const format of ['parquet', 'csv', 'arrow'] as const) {
      const target = join(folder, `${turn}.${format}`)
      await watch.during(`export as ${format}`, () => exportRows(pond, format, target))
    }
  }
  await watch.during('compaction', () => pond.compact())
  await pond.close()
  return watch.row(
    `longest event-loop delay: ${FILES.toLocaleString('en')} files, ${EXPORTED_ROWS.toLocaleString('en')} rows`,
  )
}

interface Longest {
  stop: number
  /** Null where the system does not tell. */
  busy: number | null
}

/** Turns the loop as often as it can be turned, and notes the longest time between two turns. */
class LoopWatch {
  readonly #longest = new Map<string, Longest>()
  readonly #cpu = new MainThreadTime()

  async during(phase: string, work: () => Promise<unknown>): Promise<void> {
    const longest = this.#longest.get(phase) ?? { stop: 0, busy: null }
    this.#longest.set(phase, longest)
    let isOver = false
    let before = performance.now()
    let busyBefore = this.#cpu.ms()
    const turn = (): void => {
      const busy = this.#cpu.ms()
      longest.stop = Math.max(longest.stop, performance.now() - before)
      if (busy !== null && busyBefore !== null) longest.busy = Math.max(longest.busy ?? 0, busy - busyBefore)
      before = performance.now()
      busyBefore = this.#cpu.ms()
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    try {
      await work()
    } finally {
      isOver = true
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  row(workload: string): Row {
    this.#cpu.close()
    const sample = (name: string, ms: number): Sample => ({ name, medianMs: ms, p95Ms: ms, runs: TURNS })
    const samples = Array.from(this.#longest, ([phase, { stop, busy }]) => [
      sample(phase, stop),
      ...(busy === null ? [] : [sample(`${phase}, busy`, busy)]),
    ])
    const all = [...this.#longest.values()]
    const stop = Math.max(...all.map((longest) => longest.stop))
    const busy = Math.max(...all.map((longest) => longest.busy ?? longest.stop))
    return {
      workload,
      samples: samples.flat(),
      verdict: {
        measured: `${busy.toFixed(0)} ms of its own work, ${stop.toFixed(0)} ms with all that the machine did`,
        target: `<= ${LIMIT_MS} ms`,
        met: busy <= LIMIT_MS,
      },
    }
  }
}

/** Processor time of the thread that the loop runs in, as Linux counts it. */
class MainThreadTime {
  readonly #file: number | null
  readonly #buffer = Buffer.alloc(64)

  constructor() {
    try {
      this.#file = openSync(`/proc/${process.pid}/task/${process.pid}/schedstat`, 'r')
    } catch {
      this.#file = null
    }
  }

  ms(): number | null {
    if (this.#file === null) return null
    const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0)
    return Number(this.#buffer.toString('latin1', 0, length).split(' ')[0]) / 1e6
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file)
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

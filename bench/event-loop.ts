/** How long the host's event loop stands still while an import and a commit run in it. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { PreparedContent } from '../src/main/pond'
import type { Row } from './measure'
import { newPond, text } from './world'

const FILES = 10_000
const LIMIT_MS = 50

export async function eventLoopDelay(): Promise<Row> {
  const { pond } = await newPond('loop')
  const phases = { import: 0, commit: 0 }
  for (let turn = 0; turn < 7; turn++) {
    const watch = monitorEventLoopDelay({ resolution: 1 })
    watch.enable()
    const prepared: PreparedContent[] = []
    for (let i = 0; i < FILES; i++) prepared.push(await pond.prepare([text(i, 1024)]))
    await pond.stage(async (fs) => {
      for (const [i, content] of prepared.entries())
        await fs.put(`/t${turn}/d${Math.floor(i / 100)}/f${i}`, content, { parents: true })
    })
    phases.import = Math.max(phases.import, watch.max / 1e6)
    watch.reset()
    await pond.commit({ message: `${turn}` })
    phases.commit = Math.max(phases.commit, watch.max / 1e6)
    watch.disable()
  }
  await pond.close()
  const worst = Math.max(phases.import, phases.commit)
  return {
    workload: `longest event-loop delay, ${FILES.toLocaleString('en')} files imported and committed`,
    samples: Object.entries(phases).map(([name, max]) => ({ name, medianMs: max, p95Ms: max, runs: 7 })),
    verdict: { measured: `${worst.toFixed(0)} ms`, target: `<= ${LIMIT_MS} ms`, met: worst <= LIMIT_MS },
  }
}

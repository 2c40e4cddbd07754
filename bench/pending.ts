/** What is done beside much that is pending: it must cost what it changes, not what waits. */
import { join } from 'node:path'
import { interleaved, type Row, type Sample } from './measure'
import { newPond, run, text } from './world'
import type { Pond } from '../src/main/pond'

const ONCE = join(import.meta.dirname, 'open-once.ts')
const MANY = 100_000
const FEW = 1_000
const PER_STAGE = 10_000
const PER_DIRECTORY = 1_000
const RUNS = 25
/** One act alone is too short for the clock of the processor's time. */
const ACTS = 8
const OPENING_LIMIT_MS = 1_500
/** What is measured at nothing pending may be this much more at much. */
const GROWTH = 1.5

/** A pond with a version, and so many files of 100 bytes pending on it. */
async function pondWith(pending: number): Promise<{ readonly pond: Pond; readonly folder: string }> {
  const { pond, folder } = await newPond('pending')
  await pond.stage((fs) => fs.createDirectory('/beside'), { commit: { message: 'beside' } })
  for (let from = 0; from < pending; from += PER_STAGE) {
    await pond.stage(async (fs) => {
      for (let i = from; i < Math.min(pending, from + PER_STAGE); i++) {
        const content = await pond.prepare([text(i, 100)])
        await fs.put(`/d${Math.floor(i / PER_DIRECTORY)}/f${i}`, content, { parents: true })
      }
    })
  }
  return { pond, folder }
}

/** Milliseconds of the processor that the work takes. */
async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

async function beside(what: string, act: (pond: Pond, turn: number) => Promise<unknown>): Promise<Row> {
  const counts = [0, FEW, MANY]
  const ponds = []
  for (const count of counts) ponds.push((await pondWith(count)).pond)
  const samples = await interleaved(
    ponds.map((pond, i) => ({
      name: `${counts[i]!.toLocaleString('en')} pending`,
      run: async (turn: number) =>
        (await cpuOf(async () => {
          for (let i = 0; i < ACTS; i++) await act(pond, turn * ACTS + i)
        })) / ACTS,
    })),
    RUNS,
  )
  for (const pond of ponds) await pond.close()
  const [none, , many] = samples as [Sample, Sample, Sample]
  const value = many.medianMs / none.medianMs
  return {
    workload: `${what}, time of the processor`,
    samples,
    verdict: {
      measured: `${value.toFixed(2)}x of nothing pending`,
      target: `<= ${GROWTH}x`,
      met: value <= GROWTH,
    },
  }
}

export function stageOne(): Promise<Row> {
  return beside('staging one directory', (pond, turn) => pond.stage((fs) => fs.createDirectory(`/beside/n${turn}`)))
}

export function statusBeside(): Promise<Row> {
  return beside('the status after a stage', async (pond, turn) => {
    await pond.stage((fs) => fs.createDirectory(`/beside/n${turn}`))
    await pond.status()
  })
}

export function listBeside(): Promise<Row> {
  return beside('a listing after a stage', async (pond, turn) => {
    const names = turn % 2 === 0 ? (['n', 'm'] as const) : (['m', 'n'] as const)
    if (turn === 0) await pond.stage((fs) => fs.createDirectory('/beside/m'))
    else await pond.stage((fs) => fs.rename(`/beside/${names[1]}`, `/beside/${names[0]}`)).catch(() => undefined)
    await pond.list('/beside')
  })
}

export async function openWithPending(): Promise<Row> {
  const { pond, folder } = await pondWith(MANY)
  await pond.close()
  // In a process of its own, as a command and a window are: one that did much before has more to clear away.
  const open = async (): Promise<number> =>
    Number(await run(process.execPath, ['--import', 'tsx', ONCE, folder], import.meta.dirname))
  const samples = await interleaved([{ name: 'open, then status', run: open }], 7)
  const [opening] = samples as [Sample]
  return {
    workload: `opening with ${MANY.toLocaleString('en')} pending, time of the processor`,
    samples,
    verdict: {
      measured: `${opening.medianMs.toFixed(0)} ms`,
      target: `<= ${OPENING_LIMIT_MS} ms`,
      met: opening.medianMs <= OPENING_LIMIT_MS,
    },
  }
}

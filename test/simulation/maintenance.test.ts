/** Checkpoints and compactions change nothing that anybody sees, wherever they are cut short. */
import { describe, expect, it } from 'vitest'
import { steps } from '../../src/shared/testing/runs'
import { SimStorage } from '../../src/main/platform/sim'
import { crashEverywhere } from './crash-everywhere'
import { EMPTY_POND, outcomes, type Act, type PondState } from './model'
import { SimulatedPond } from './pond'

const SEED = Number(process.env['POND_SIM_SEED'] ?? 20_260_101)
/** 1 tries every operation. */
const EVERY = Number(process.env['POND_SIM_EVERY'] ?? steps(4))
const MANY_COMMITS = 200

const commit = (path: string, size: number): Act => ({
  kind: 'stage',
  changes: [{ kind: 'write', path, content: new Uint8Array(size) }],
  commit: true,
})
const logEntries = async (storage: SimStorage): Promise<number> =>
  (await storage.list('data/_delta_log')).filter(({ name }) => /^\d{20}\.json$/.test(name)).length

/** A pond with so many commits that the next one makes compaction due. */
async function almostDue(): Promise<{ storage: SimStorage; state: PondState }> {
  const pond = new SimulatedPond(new SimStorage(), SEED)
  await pond.create()
  let state = EMPTY_POND
  for (let i = 0; i < MANY_COMMITS; i++) {
    const before = { storage: pond.storage.afterCrash('nothing-lost'), state }
    const entries = await logEntries(pond.storage)
    const act = commit(`/${i % 5}`, i)
    await pond.perform(act)
    state = outcomes(state, act).at(-1)!
    if ((await logEntries(pond.storage)) === entries + 1) continue
    await pond.close()
    return before
  }
  throw new Error(`nothing was compacted after ${MANY_COMMITS} commits`)
}

describe('maintenance', () => {
  it('loses nothing when a checkpoint or a compaction is cut short', { timeout: 600_000 }, async () => {
    const begin = await almostDue()
    const acts: Act[] = [{ kind: 'checkpoint' }, commit('/a', 70_000), commit('/b', 1)]
    const { crashes } = await crashEverywhere(SEED, { acts, begin, every: EVERY })
    expect(crashes * EVERY).toBeGreaterThan(60)

    const whole = new SimulatedPond(begin.storage, SEED + 1)
    const entries = await logEntries(begin.storage)
    for (const act of acts) await whole.perform(act)
    await whole.close()
    expect(await logEntries(begin.storage)).toBe(entries + 3)
    const names = (await begin.storage.list('data/_delta_log')).map(({ name }) => name)
    expect(names.filter((name) => name.includes('.checkpoint.'))).toHaveLength(1)
  })
})

/** Checkpoints and compactions change nothing that anybody sees, wherever they are cut short. */
import { describe, expect, it } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { crashEverywhere } from './crash-everywhere'
import { EMPTY_POND, outcomes, type Act } from './model'
import { SimulatedPond } from './pond'

const SEED = Number(process.env['POND_SIM_SEED'] ?? 20_260_101)
/** 1 tries every operation. */
const EVERY = Number(process.env['POND_SIM_EVERY'] ?? 4)

describe('maintenance', () => {
  it('loses nothing to a checkpoint or a compaction that is cut short', { timeout: 600_000 }, async () => {
    const pond = new SimulatedPond(new SimStorage(), SEED)
    await pond.create()
    let state = EMPTY_POND
    const commit = (path: string, size: number): Act => ({
      kind: 'stage',
      changes: [{ kind: 'write', path, content: new Uint8Array(size) }],
      commit: true,
    })
    // One commit less than what makes compaction due by itself.
    for (let i = 0; i < 31; i++) {
      const act = commit(`/${i % 5}`, i)
      await pond.perform(act)
      state = outcomes(state, act).at(-1)!
    }
    const filesBefore = (await pond.storage.list('data')).length
    await pond.close()
    const acts: Act[] = [{ kind: 'checkpoint' }, commit('/a', 70_000), commit('/b', 1)]
    const { crashes } = await crashEverywhere(SEED, { acts, begin: { storage: pond.storage, state }, every: EVERY })
    console.info(`maintenance: ${crashes} crash points`)
    expect(crashes * EVERY).toBeGreaterThan(60)
    const compacted = new SimulatedPond(pond.storage, SEED)
    for (const act of acts) await compacted.perform(act)
    await compacted.close()
    const log = await pond.storage.list('data/_delta_log')
    expect(log.filter(({ name }) => name.includes('.checkpoint.')).length).toBe(1)
    // Three versions and one file more; the version that nobody asked for is the compaction's.
    expect((await pond.storage.list('data')).length - filesBefore).toBeGreaterThanOrEqual(3)
    expect(log.filter(({ name }) => /^\d{20}\.json$/.test(name)).length).toBe(1 + 31 + 2 + 1)
  })
})

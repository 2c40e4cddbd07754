/**
 * One process works while others only look, on one simulated machine, with every storage operation
 * delayed at random. Whatever a reader sees is the pond as it was between two acts, and never
 * an earlier one than it saw before.
 */
import { describe, expect, it } from 'vitest'
import { Prng, SimClock, simWorld, SimStorage } from '../../src/main/platform/sim'
import { openPond } from '../../src/main/pond'
import { workload } from './crash-everywhere'
import { hesitant, hesitate, type Hesitation } from './hesitant'
import { EMPTY_POND, outcomes, sameTree, treeOf, type PondState } from './model'
import { SimulatedPond } from './pond'

const WORKLOADS = Number(process.env['POND_SIM_WORKLOADS'] ?? 10)
const SEED = Number(process.env['POND_SIM_SEED'] ?? 20_260_101)

const WRITER: Hesitation = { often: [0, 1, 10, 100, 300], rarely: { turns: 0, chance: 0 } }
const READER: Hesitation = { often: [0, 1, 2, 5, 20], rarely: { turns: 6_000, chance: 0.03 } }

describe('readers beside a writer', () => {
  it.each(Array.from({ length: WORKLOADS }, (_, i) => SEED + i))(
    'see only whole acts of workload %i, in their order',
    { timeout: 120_000 },
    async (seed) => {
      const writer = new SimulatedPond(new SimStorage(), seed, {
        wrap: (storage) => hesitant(storage, new Prng(seed), WRITER),
      })
      await writer.create()
      const acts = workload(seed)
      /** Every state that was promised, in order; one that is under way may be seen too. */
      const promised: PondState[] = [EMPTY_POND]
      let isWorking = true

      const look = async (reader: number): Promise<number> => {
        const random = new Prng(seed * 100 + reader)
        const storage = hesitant(writer.storage.anotherProcess(), random, READER)
        const engine = await openPond(simWorld({ seed: reader, storage, clock: new SimClock() }))
        let seen = 0
        const mustFind = (matches: (state: PondState) => boolean, found: string): number => {
          const index = promised.findIndex((state, i) => i >= seen && matches(state))
          expect(
            index,
            `reader ${reader} of workload ${seed} sees no state between acts, or an old one: ${found}`,
          ).not.toBe(-1)
          return index
        }
        let looks = 0
        while (isWorking || looks === 0) {
          const { version, pendingOperations } = await engine.status()
          seen = mustFind(
            (state) => state.versions.length === version + 1 && state.operations === pendingOperations,
            `version ${version} with ${pendingOperations} operations pending`,
          )
          const moment = await engine.moment('pending')
          const tree = await treeOf(moment.fs)
          const head = await treeOf((await engine.moment(String(moment.at.version))).fs)
          seen = mustFind(
            (state) =>
              state.versions.length === moment.at.version + 1 &&
              sameTree(state.pending, tree) &&
              sameTree(state.versions.at(-1)!, head),
            `version ${moment.at.version} with ${JSON.stringify([...tree])}`,
          )
          looks++
          await hesitate(random, READER)
        }
        await engine.close()
        return looks
      }

      const looking = [1, 2, 3].map(look)
      for (const act of acts) {
        promised.push(...outcomes(promised.at(-1)!, act).slice(1))
        await writer.perform(act)
      }
      isWorking = false
      const looks = await Promise.all(looking)
      await writer.close()
      expect(Math.max(...looks)).toBeGreaterThan(1)
    },
  )
})

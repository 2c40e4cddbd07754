/**
 * A process that ends at every storage operation of its work in turn, then a power loss that keeps or
 * takes what was not synced. Whatever is found must be a state that was promised, and must go on
 * working. `POND_SIM_WORKLOADS` and `POND_SIM_SEED` widen or repeat the search.
 */
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { isPondError } from '../../src/shared/errors'
import { SimStorage, type Loss, type SimStorageOptions } from '../../src/main/platform/sim'
import { crashEverywhere, mustGoOn, workload } from './crash-everywhere'
import { EMPTY_POND, outcomes } from './model'
import { isCrash, SimulatedPond } from './pond'

const WORKLOADS = Number(process.env['POND_SIM_WORKLOADS'] ?? runs(2))
const SEED = Number(process.env['POND_SIM_SEED'] ?? 20_260_101)

describe('a pond whose process ends at any storage operation', () => {
  it.each(Array.from({ length: WORKLOADS }, (_, i) => SEED + i))(
    'has every acknowledged act of workload %i, the one under way whole or not at all, and goes on',
    { timeout: 600_000 },
    async (seed) => {
      const { crashes, states } = await crashEverywhere(seed)
      console.info(`workload ${seed}: ${crashes} crash points, ${states} states found and continued`)
      expect(crashes).toBeGreaterThan(30)
    },
  )

  it('can be made again when making it was cut short', async () => {
    for (let k = 1; ; k++) {
      const pond = new SimulatedPond(new SimStorage(), SEED)
      pond.storage.crashAt(k)
      let isMade = true
      try {
        await pond.create()
      } catch (error) {
        if (!isCrash(error)) throw error
        isMade = false
      }
      const losses: readonly Loss[] = ['nothing-lost', 'all-unsynced-lost', k, k + 1_000]
      for (const loss of losses) {
        const again = pond.next(pond.storage.afterCrash(loss))
        const opened = await again.open().catch((error: unknown) => {
          expect(
            isPondError(error, 'steward.not-a-pond'),
            `crash at operation ${k}, loss ${loss}: ${String(error)}`,
          ).toBe(true)
        })
        expect(isMade && opened === undefined).toBe(false)
        if (opened === undefined) await again.create()
        await mustGoOn(again, [EMPTY_POND], `creation cut short at operation ${k}, loss ${loss}`)
      }
      if (isMade) {
        expect(k).toBeGreaterThan(8)
        return
      }
    }
  })
})

describe('a pond on a disk of which one operation fails', () => {
  it.each(['no-space', 'io'] as const)(
    'refuses (%s) with a code, is as it was or as it should be, and goes on in the same process',
    { timeout: 600_000 },
    async (failure) => {
      const acts = workload(SEED)
      let failures = 0
      for (let k = 1; ; k++) {
        const pond = new SimulatedPond(new SimStorage(), SEED)
        await pond.create()
        const failing = pond.storage.operations + k
        pond.storage.failAt(failing, failure)
        let state = EMPTY_POND
        for (const act of acts) {
          const possible = outcomes(state, act)
          const refused = await pond.perform(act).then(
            () => undefined,
            (error: unknown) => error,
          )
          const where = `${failure} at operation ${k}, during ${act.kind}`
          if (refused === undefined) state = possible.at(-1)!
          else {
            if (!isPondError(refused)) throw refused
            failures++
            state = await pond.find(possible).catch((error: unknown) => {
              throw new Error(`${where}: ${String(error)}`)
            })
            await mustGoOn(pond, [state], where)
            break
          }
        }
        await pond.close()
        if (pond.storage.operations < failing) break
      }
      expect(failures).toBeGreaterThan(30)
    },
  )
})

describe('the simulation itself', () => {
  const lies: readonly [string, SimStorageOptions][] = [
    ['data files', { ignoreSync: (what, path) => what === 'file' && path.endsWith('.parquet') }],
    ['log entries', { ignoreSync: (what, path) => what === 'file' && path.startsWith('data/_delta_log/') }],
    ['the journal', { ignoreSync: (what, path) => what === 'file' && path.startsWith('pending/journal') }],
    ['blobs', { ignoreSync: (what, path) => what === 'file' && path.startsWith('large/') }],
    ['the folder of data files', { ignoreSync: (what, path) => what === 'folder' && path === 'data' }],
    ['the folder of the log', { ignoreSync: (what, path) => what === 'folder' && path === 'data/_delta_log' }],
    ['the folder of the journal', { ignoreSync: (what, path) => what === 'folder' && path === 'pending' }],
    ['the folders of blobs', { ignoreSync: (what, path) => what === 'folder' && /^large\/../.test(path) }],
    ['the folder above those of blobs', { ignoreSync: (what, path) => what === 'folder' && path === 'large' }],
  ]

  it.each(lies)('finds out a disk that does not sync %s', { timeout: 120_000 }, async (_, options) => {
    let caught: unknown
    for (let seed = SEED; caught === undefined && seed < SEED + 10; seed++) {
      await crashEverywhere(seed, { storage: options }).catch((error: unknown) => {
        caught = error
      })
    }
    expect(String(caught)).toMatch(/crash at|kill at/)
  })
})

/** A pond that DuckPond 0.1 made, whose large files lie below the table: becoming one of format 2 may be cut short anywhere. */
import { describe, expect, it } from 'vitest'
import { steps } from '../../src/shared/testing/runs'
import { asOld } from '../care/old-pond'
import { SimStorage, type SimStorageOptions } from '../../src/main/platform/sim'
import { readPondFile } from '../../src/main/steward/ground/pond-file'
import { crashEverywhere } from './crash-everywhere'
import { EMPTY_POND, outcomes, type Act, type PondState } from './model'
import { SimulatedPond } from './pond'

const SEED = Number(process.env['POND_SIM_SEED'] ?? 20_260_101)

/** 1 tries every operation. */
const EVERY = Number(process.env['POND_SIM_EVERY'] ?? steps(5))

const write = (path: string, size: number, commit: boolean): Act => ({
  kind: 'stage',
  changes: [{ kind: 'write', path, content: new Uint8Array(size).fill(path.charCodeAt(1)) }],
  commit,
})

/** Large files that versions name, and some that only an undo can bring back. */
async function oldPond(options: SimStorageOptions = {}): Promise<{ storage: SimStorage; state: PondState }> {
  const pond = new SimulatedPond(new SimStorage(options), SEED)
  await pond.create()
  let state = EMPTY_POND
  for (const act of [
    write('/a', 70_000, true),
    write('/b', 80_000, true),
    write('/c', 90_000, false),
    write('/d', 66_000, false),
    { kind: 'discard' } as const,
  ]) {
    await pond.perform(act)
    state = outcomes(state, act).at(-1)!
  }
  await pond.close()
  await asOld(pond.storage)
  return { storage: pond.storage, state }
}

describe('a pond of format 1', () => {
  it(
    'loses nothing when its first large file is cut short, or the move of its old ones',
    { timeout: 120_000 },
    async () => {
      for (const acts of [
        [write('/e', 75_000, false), { kind: 'collect' } as const],
        [{ kind: 'collect' } as const, { kind: 'undo' } as const, write('/e', 75_000, true)],
      ]) {
        const begin = await oldPond()
        const { crashes } = await crashEverywhere(SEED, { acts, begin, every: EVERY })
        expect(crashes * EVERY).toBeGreaterThan(30)
        const whole = new SimulatedPond(begin.storage, SEED + 1)
        for (const act of acts) await whole.perform(act)
        await whole.close()
        expect(await readPondFile(begin.storage)).toMatchObject({ format: 2 })
      }
    },
  )

  it('never names a file in the new place before pond.json says so', { timeout: 120_000 }, async () => {
    for (const act of [write('/e', 75_000, false), { kind: 'collect' } as const]) {
      const { storage } = await oldPond()
      for (let k = 1; ; k++) {
        const pond = new SimulatedPond(storage.afterCrash('nothing-lost'), SEED + 1)
        pond.storage.crashAt(k)
        const isDone = await pond.perform(act).then(
          () => true,
          () => false,
        )
        await pond.close()
        for (const loss of ['all-unsynced-lost', k, 7_919 * k] as const) {
          const found = pond.storage.afterCrash(loss)
          const { format } = await readPondFile(found)
          if (format > 1) continue
          // What 0.1 would read: everything that anything names is where it looks.
          await onlyOldPlace(found)
          const old = new SimulatedPond(found, SEED + 2)
          await old.mustVerify()
          await old.close()
        }
        if (isDone) break
      }
    }
  })

  it.each([
    ['pond.json', { ignoreSync: (what, path) => what === 'file' && path.startsWith('.pond.json') }],
    ['the folders of large files', { ignoreSync: (what, path) => what === 'folder' && path.startsWith('large') }],
  ] satisfies [string, SimStorageOptions][])(
    'is found out on a disk that does not sync %s',
    { timeout: 120_000 },
    async (_, options) => {
      const begin = await oldPond(options)
      await expect(
        crashEverywhere(SEED, { acts: [{ kind: 'collect' }, write('/e', 75_000, false)], begin, storage: options }),
      ).rejects.toThrow(/crash at|kill at/)
    },
  )
})

async function onlyOldPlace(storage: SimStorage): Promise<void> {
  if ((await storage.stat('large')) === undefined) return
  for (const { name, kind } of await storage.list('large')) {
    if (kind === 'file') await storage.remove(`large/${name}`)
    else for (const blob of await storage.list(`large/${name}`)) await storage.remove(`large/${name}/${blob.name}`)
  }
}

/** Setting other programs' entries aside, cut short anywhere: the pond reads as before, and the next attempt finishes. */
import { expect, it } from 'vitest'
import { steps } from '../../src/shared/testing/runs'
import { SimStorage, type SimStorageOptions } from '../../src/main/platform/sim'
import { EMPTY_POND, outcomes, type Act, type PondState } from './model'
import { SimulatedPond } from './pond'

const SEED = Number(process.env['POND_SIM_SEED'] ?? 20_260_101)

/** 1 tries every operation. */
const EVERY = Number(process.env['POND_SIM_EVERY'] ?? steps(3))

const commit = (path: string): Act => ({
  kind: 'stage',
  changes: [{ kind: 'write', path, content: new Uint8Array(100) }],
  commit: true,
})

/** Three versions, then a checkpoint, two entries and another checkpoint of another program. */
async function changedPond(options: SimStorageOptions = {}): Promise<{ storage: SimStorage; state: PondState }> {
  const pond = new SimulatedPond(new SimStorage(options), SEED)
  await pond.create()
  let state = EMPTY_POND
  for (const act of [commit('/a'), commit('/b'), { kind: 'checkpoint' } as const, commit('/c')]) {
    await pond.perform(act)
    state = outcomes(state, act).at(-1)!
  }
  await pond.close()
  const info = { commitInfo: { timestamp: 1, operation: 'WRITE', engineInfo: 'Another/1.0' } }
  const add = { add: { path: 'x.parquet', partitionValues: {}, size: 3, modificationTime: 1, dataChange: true } }
  const entry = [info, add].map((action) => `${JSON.stringify(action)}\n`).join('')
  for (const [file, text] of [
    ['data/x.parquet', 'xyz'],
    ['data/_delta_log/00000000000000000004.json', entry],
    ['data/_delta_log/00000000000000000005.json', entry],
    ['data/_delta_log/00000000000000000005.checkpoint.parquet', 'PAR1 of another'],
  ] as const) {
    const writer = await pond.storage.create(file)
    await writer.write(new TextEncoder().encode(text))
    await writer.sync()
    await writer.close()
  }
  await pond.storage.syncFolder('data')
  await pond.storage.syncFolder('data/_delta_log')
  return { storage: pond.storage, state }
}

async function cutShortEverywhere(options: SimStorageOptions = {}): Promise<number> {
  const { storage, state } = await changedPond(options)
  for (let k = 1; ; k += EVERY) {
    const pond = new SimulatedPond(storage.afterCrash('nothing-lost'), SEED + 1)
    pond.storage.crashAt(k)
    const isDone = await pond
      .open()
      .then((engine) => engine.recover({ setForeignAside: true }))
      .then(
        () => true,
        () => false,
      )
    await pond.close()
    for (const loss of ['nothing-lost', 'all-unsynced-lost', k, 7_919 * k] as const) {
      const found = pond.storage.afterCrash(loss)
      const next = pond.next(found)
      await next.find([state])
      const engine = await next.open()
      const { readOnly } = await engine.info()
      if (isDone) expect(readOnly).toBeNull()
      await engine.recover({ setForeignAside: true })
      await next.mustVerify()
      await next.perform(commit('/after'))
      await next.find(outcomes(state, commit('/after')).slice(-1))
      await next.close()
      const names = (await found.list('data/_delta_log')).map(({ name }) => name)
      expect(names.filter((name) => name.startsWith('00000000000000000005'))).toEqual([])
      const kept: string[] = []
      for (const { name } of await found.list('foreign'))
        kept.push(...(await found.list(`foreign/${name}`)).map((each) => each.name))
      expect(kept).toEqual(expect.arrayContaining(['00000000000000000004.json', '00000000000000000005.json']))
    }
    if (isDone) return k
  }
}

it('leaves a log without a gap, keeps every entry, and the next attempt finishes', { timeout: 120_000 }, async () => {
  expect(await cutShortEverywhere()).toBeGreaterThan(20)
})

it('is found out on a disk that does not sync the folder of the log', { timeout: 120_000 }, async () => {
  const options: SimStorageOptions = { ignoreSync: (what, path) => what === 'folder' && path === 'data/_delta_log' }
  await expect(cutShortEverywhere(options)).rejects.toBeInstanceOf(Error)
})

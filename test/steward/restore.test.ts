/** A restore that keeps what is pending, or is committed, does all of it in one hold of the lock. */
import { describe, expect, it } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { TestPond } from './test-pond'

interface Locked {
  readonly pond: TestPond
  /** How often the lock is taken by what `work` does. */
  locks(work: () => Promise<unknown>): Promise<number>
}

/** Version 1 has /a and /b, and version 2 changed both. */
async function twoVersions(): Promise<Locked> {
  const storage = new SimStorage()
  let taken = 0
  const counting = new Proxy(storage, {
    get(target, name) {
      if (name === 'lock') taken++
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const pond = await TestPond.create(counting)
  for (const text of ['one', 'two']) {
    await pond.put('/a', text)
    await pond.put('/b', text)
    await pond.commit(text)
  }
  const locks = async (work: () => Promise<unknown>): Promise<number> => {
    const before = taken
    await work()
    return taken - before
  }
  return { pond, locks }
}

describe('a restore', () => {
  it('is committed in the same hold, alone where it has a path, and says what was restored', async () => {
    const { pond, locks } = await twoVersions()
    await pond.put('/b', 'pending')
    const held = await locks(async () => {
      const { commit, kept, staged } = await pond.engine.restore('/a', '1', { commit: {} })
      expect({ commit, kept, staged }).toMatchObject({
        commit: { outcome: 'committed', version: 3, operationsCommitted: 1 },
        kept: null,
        staged: 1,
      })
    })
    expect(held).toBe(1)
    const [last] = await pond.engine.log({ limit: 1 })
    expect(last?.message).toBe('Restore /a to version 1')
    expect(await pond.read('/a', 'head')).toBe('one')
    expect([await pond.read('/b', 'head'), await pond.read('/b')]).toEqual(['two', 'pending'])
  })

  it('keeps what is pending as a version of its own first, in the same hold, and means the moment that was named before', async () => {
    const { pond, locks } = await twoVersions()
    await pond.put('/a', 'pending')
    const held = await locks(async () => {
      const options = { keep: { message: 'kept' }, commit: { message: 'back' }, refuseToDisplace: true }
      expect(await pond.engine.restore(null, 'head~1', options)).toMatchObject({
        kept: { outcome: 'committed', version: 3 },
        commit: { outcome: 'committed', version: 4 },
        target: 'version 1',
        displaced: [],
      })
    })
    expect(held).toBe(1)
    expect([await pond.read('/a', '3'), await pond.read('/a', '4')]).toEqual(['pending', 'one'])
  })

  it('that is refused, as something pending would give way, has changed nothing', async () => {
    const { pond } = await twoVersions()
    await pond.put('/a', 'pending')
    const refused = pond.engine.restore('/a', '1', { commit: {}, refuseToDisplace: true })
    await expect(refused).rejects.toMatchObject({ code: 'steward.would-displace' })
    expect(await pond.engine.status()).toMatchObject({ version: 2, pendingOperations: 1 })
    expect(await pond.read('/a')).toBe('pending')
  })

  it('of a path that is nowhere keeps nothing, as it is refused first', async () => {
    const { pond } = await twoVersions()
    await pond.put('/b', 'pending')
    const refused = pond.engine.restore('/none', '1', { keep: {}, commit: {} })
    await expect(refused).rejects.toMatchObject({ code: 'tinyfs.not-found' })
    expect(await pond.engine.status()).toMatchObject({ version: 2, pendingOperations: 1 })
  })

  it('commits nothing where there is nothing to restore', async () => {
    const { pond } = await twoVersions()
    expect(await pond.engine.restore(null, 'head', { commit: {} })).toMatchObject({ staged: 0, commit: null })
    expect(await pond.engine.status()).toMatchObject({ version: 2 })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { isPondError } from '../../src/shared/errors'
import { SimStorage } from '../../src/main/platform/sim'
import { TestPond } from './test-pond'

describe('a commit of a part', () => {
  it('by paths takes what is below them with the directories above, names those, and leaves the rest pending', async () => {
    const pond = await TestPond.create()
    for (const path of ['/a/b/one', '/a/b/two', '/a/c', '/d']) await pond.put(path, path)
    const outcome = await pond.engine.commit({ message: 'm', only: { paths: ['/a/b'] } })
    expect(outcome).toMatchObject({ outcome: 'committed', operationsCommitted: 4, alsoCommitted: ['/a'] })
    expect(await pond.tree('head')).toEqual(['/a/', '/a/b/', '/a/b/one', '/a/b/two'])
    expect(await pond.tree()).toEqual(['/a/', '/a/b/', '/a/b/one', '/a/b/two', '/a/c', '/d'])
    expect(await pond.engine.status()).toMatchObject({ pendingOperations: 2, version: 1 })
    expect(await pond.read('/a/c')).toBe('/a/c')
    expect(await pond.commit()).toBe(2)
    expect((await pond.engine.verify({})).problems).toEqual([])
  })

  it('takes the oldest so many operations', async () => {
    const pond = await TestPond.create()
    for (const path of ['/a', '/b', '/c']) await pond.put(path, path)
    expect(await pond.engine.commit({ only: { first: 0 } })).toEqual({ outcome: 'nothing-to-commit', version: 0 })
    expect(await pond.engine.commit({ only: { first: 2 } })).toMatchObject({
      operationsCommitted: 2,
      alsoCommitted: [],
    })
    expect(await pond.tree('head')).toEqual(['/a', '/b'])
    expect(await pond.engine.commit({ only: { first: 9 } })).toMatchObject({ operationsCommitted: 1 })
    for (const first of [-1, 0.5, Number.NaN]) {
      await expect(pond.engine.commit({ only: { first } })).rejects.toMatchObject({ code: 'steward.bad-count' })
    }
  })

  it('is committed at the path at which it is pending, when a directory above was moved', async () => {
    const pond = await TestPond.create()
    await pond.put('/d/x', 'x')
    await pond.commit()
    await pond.put('/d/y', 'y')
    await pond.engine.stage((fs) => fs.rename('/d', '/g'))
    const outcome = await pond.engine.commit({ only: { paths: ['/g/y'] } })
    expect(outcome).toMatchObject({ outcome: 'committed', operationsCommitted: 2, alsoCommitted: ['/g'] })
    expect(await pond.tree('head')).toEqual(['/g/', '/g/x', '/g/y'])
    await pond.put('/other', 'o')
    await pond.engine.stage((fs) => fs.rename('/g', '/h'))
    const content = await pond.engine.prepare([new TextEncoder().encode('z')])
    const staged = await pond.engine.stage((fs) => fs.put('/h/z', content), { commit: { message: 'm' } })
    expect(staged.commit).toMatchObject({ outcome: 'committed', operationsCommitted: 2, alsoCommitted: ['/h'] })
    expect(await pond.tree('head')).toEqual(['/h/', '/h/x', '/h/y', '/h/z'])
  })

  it('takes a name together with what made it free', async () => {
    const pond = await TestPond.create()
    await pond.put('/a', 'old')
    await pond.commit()
    await pond.engine.stage((fs) => fs.rename('/a', '/b'))
    await pond.put('/a', 'new')
    const outcome = await pond.engine.commit({ only: { paths: ['/a'] } })
    expect(outcome).toMatchObject({ operationsCommitted: 2 })
    expect(await pond.tree('head')).toEqual(['/a', '/b'])
  })

  it('says which path is nowhere, and that nothing is pending at one that is there', async () => {
    const pond = await TestPond.create()
    await pond.put('/a', 'a')
    await pond.commit()
    await pond.put('/b', 'b')
    expect(await pond.engine.commit({ only: { paths: ['/a'] } })).toEqual({ outcome: 'nothing-to-commit', version: 1 })
    await expect(pond.engine.commit({ only: { paths: ['/b', '/no'] } })).rejects.toMatchObject({
      code: 'tinyfs.not-found',
      detail: { path: '/no' },
    })
    await expect(pond.engine.commit({ only: { paths: ['/../b'] } })).rejects.toMatchObject({
      code: 'tinyfs.above-root',
    })
    expect(await pond.engine.status()).toMatchObject({ version: 1, pendingOperations: 1 })
  })

  it('keeps a discard for an undo as long as anything is pending', async () => {
    const pond = await TestPond.create()
    for (const path of ['/a', '/b', '/c']) await pond.put(path, path)
    await pond.engine.discard(['/a'])
    await pond.engine.commit({ only: { paths: ['/b'] } })
    const other = await pond.another()
    expect(await other.engine.undo()).toEqual({ restored: 1 })
    expect(await other.read('/a')).toBe('/a')
    await other.engine.discard(['/a'])
    await other.engine.commit({ only: { paths: ['/c'] } })
    await expect(pond.engine.undo()).rejects.toMatchObject({ code: 'steward.nothing-to-undo' })
  })

  it('leaves, whatever is chosen, a head and pending that add up to what was pending before', async () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
    const act = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), path }),
      fc.record({ kind: fc.constant('rename' as const), path, to: path }),
      fc.record({ kind: fc.constant('remove' as const), path }),
      fc.record({ kind: fc.constant('commit' as const) }),
    )
    const choice = fc.oneof(
      fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 2 }) }),
      fc.record({ first: fc.nat(6) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), choice, async (acts, only) => {
        const pond = await TestPond.create()
        for (const each of acts) {
          try {
            if (each.kind === 'put') await pond.put(each.path, each.path)
            else if (each.kind === 'commit') await pond.engine.commit({})
            else if (each.kind === 'remove') await pond.engine.stage((fs) => fs.remove(each.path, { recursive: true }))
            else await pond.engine.stage((fs) => fs.rename(each.path, each.to))
          } catch (error) {
            if (!isPondError(error)) throw error
          }
        }
        const before = { tree: await pond.tree(), status: await pond.engine.status() }
        const outcome = await pond.engine.commit({ only }).catch((error: unknown) => {
          if (isPondError(error, 'tinyfs.not-found') || isPondError(error, 'steward.conflict')) return null
          throw error
        })
        expect(await pond.tree()).toEqual(before.tree)
        const committed = outcome?.outcome === 'committed' ? outcome.operationsCommitted : 0
        const { pendingOperations } = await pond.engine.status()
        expect(pendingOperations + committed).toBe(before.status.pendingOperations)
        await pond.engine.commit({})
        expect(await pond.tree('head')).toEqual(before.tree)
        expect((await pond.engine.verify({})).problems).toEqual([])
      }),
      { numRuns: runs(60) },
    )
  })
})

describe('a change that does not hold any more', () => {
  /** `/x` was changed here and there: one operation here does not hold; `/y` and `/z` do. */
  async function conflicting(): Promise<TestPond> {
    const pond = await TestPond.create()
    await pond.put('/x', 'x')
    await pond.commit()
    await pond.put('/x', 'mine')
    await pond.put('/y', 'y')
    await pond.put('/z', 'z')
    const journal = await pond.storage.readFile('pending/journal')
    await pond.engine.discard(['/'])
    await pond.put('/x', 'theirs')
    await pond.commit()
    // As if the journal had been on another machine: its operations are older than the head.
    const writer = await pond.storage.create('pending/old')
    await writer.write(journal)
    await writer.close()
    await pond.storage.replace('pending/old', 'pending/journal')
    const again = await pond.another()
    expect(await again.engine.commit({})).toMatchObject({
      outcome: 'conflict',
      conflicts: [{ operation: 'update', path: '/x' }],
    })
    return again
  }

  it('does not keep others from being discarded, brought back and committed', async () => {
    const pond = await conflicting()
    expect(await pond.engine.discard(['/y'])).toMatchObject({ discarded: 1 })
    expect(await pond.engine.undo()).toEqual({ restored: 1 })
    expect(await pond.read('/y')).toBe('y')
    expect(await pond.engine.commit({ only: { paths: ['/y'] } })).toMatchObject({
      outcome: 'committed',
      operationsCommitted: 1,
    })
    expect(await pond.engine.commit({ only: { paths: ['/x', '/z'] } })).toMatchObject({
      outcome: 'conflict',
      conflicts: [{ operation: 'update', path: '/x' }],
    })
    expect(await pond.tree('head')).toEqual(['/x', '/y'])
  })

  it('can be discarded by its path, which resolves it, and comes back with an undo', async () => {
    const pond = await conflicting()
    expect(await pond.engine.discard(['/x'])).toMatchObject({ discarded: 1 })
    const other = await pond.another()
    expect(await other.engine.undo()).toEqual({ restored: 1 })
    expect(await other.engine.commit({})).toMatchObject({ outcome: 'conflict' })
    await other.engine.discard(['/x'])
    expect(await other.engine.commit({})).toMatchObject({ outcome: 'committed', operationsCommitted: 2 })
    expect(await other.read('/x', 'head')).toBe('theirs')
  })

  it('is named by the status', async () => {
    const pond = await conflicting()
    expect(await pond.engine.status()).toMatchObject({
      pendingOperations: 3,
      counts: { added: 2, modified: 0, deleted: 0, renamed: 0 },
      conflicts: [{ operation: 'update', path: '/x', reason: expect.stringContaining('content') as string }],
    })
  })

  it('is not made by an undo', async () => {
    const pond = await TestPond.create()
    await pond.put('/x', 'first')
    await pond.engine.discard(['/x'])
    await pond.put('/x', 'second')
    await expect(pond.engine.undo()).rejects.toMatchObject({ code: 'steward.conflict' })
    expect(await pond.read('/x')).toBe('second')
  })
})

describe('autocommit', () => {
  it('makes a version by itself once more content is pending than allowed, and says so', async () => {
    const pond = await TestPond.create()
    await pond.engine.setConfig('autocommit.bytes', 10)
    await pond.engine.setConfig('author', 'Ada')
    const stage = async (path: string, bytes: number) => {
      const content = await pond.engine.prepare([new Uint8Array(bytes)])
      return pond.engine.stage((fs) => fs.put(path, content))
    }
    expect((await stage('/a', 6)).commit).toBeNull()
    expect((await stage('/b', 4)).commit).toBeNull()
    expect((await stage('/c', 1)).commit).toMatchObject({ outcome: 'committed', version: 1, operationsCommitted: 3 })
    expect((await stage('/d', 70_000)).commit).toMatchObject({ outcome: 'committed', version: 2 })
    expect(await pond.engine.log({})).toMatchObject([
      { message: 'Add d', author: 'Ada' },
      { message: 'Add 3 files', author: 'Ada' },
    ])
    await pond.engine.setConfig('autocommit.bytes', null)
    expect((await stage('/e', 99)).commit).toBeNull()
  })

  it('that finds no space leaves what was staged pending, and is tried again', async () => {
    for (let k = 1; ; k++) {
      const pond = await TestPond.create()
      await pond.put('/a', 'aaa')
      await pond.engine.setConfig('autocommit.bytes', 5)
      const content = await pond.engine.prepare([new Uint8Array(4)])
      // The stage appends and syncs; what follows is the commit's.
      const staging = 2
      const failing = pond.storage.operations + staging + k
      pond.storage.failAt(failing, 'no-space')
      const staged = await pond.engine
        .stage((fs) => fs.put('/b', content))
        .catch((error: unknown) => {
          // The one failure that must be told: the version is there, perhaps not for good.
          if (!isPondError(error, 'steward.not-known-durable')) throw error
          return { commit: { outcome: 'unknown' } }
        })
      const isWithoutFailure = pond.storage.operations < failing
      pond.storage.failAt(Infinity, 'no-space')
      expect(await pond.tree()).toEqual(['/a', '/b'])
      expect(await pond.tree('head')).toEqual(staged.commit === null ? [] : ['/a', '/b'])
      await pond.put('/c', 'c')
      expect(await pond.tree('head')).toEqual(staged.commit === null ? ['/a', '/b', '/c'] : ['/a', '/b'])
      expect((await pond.engine.verify({})).problems).toEqual([])
      if (!isWithoutFailure) continue
      expect(k).toBeGreaterThan(5)
      return
    }
  })
})

describe('a commit that fails', () => {
  it.each(['no-space', 'io'] as const)(
    'for one operation of the disk (%s) leaves pending as it was; the next one succeeds and doubles nothing',
    async (failure) => {
      let failures = 0
      for (let k = 1; ; k++) {
        const pond = await TestPond.create(new SimStorage())
        await pond.put('/d/small', 'small')
        await pond.put('/d/large', new Uint8Array(70_000))
        await pond.put('/rest', 'rest')
        const only = k % 2 === 0 ? ({ paths: ['/d'] } as const) : ({ first: 3 } as const)
        const failing = pond.storage.operations + k
        pond.storage.failAt(failing, failure)
        const outcome = await pond.engine.commit({ only }).catch((error: unknown) => {
          if (!isPondError(error)) throw error
          failures++
          return error
        })
        expect(await pond.tree()).toEqual(['/d/', '/d/large', '/d/small', '/rest'])
        expect(await pond.read('/d/small')).toBe('small')
        const isThrough = pond.storage.operations < failing
        pond.storage.failAt(Infinity, failure)
        const version = (await pond.engine.status()).version
        if (!(outcome instanceof Error)) expect(outcome).toMatchObject({ outcome: 'committed', version: 1 })
        if (version === 0) {
          expect(await pond.engine.status()).toMatchObject({ pendingOperations: 4 })
          expect(await pond.engine.commit({ only })).toMatchObject({ version: 1, operationsCommitted: 3 })
        }
        expect(await pond.engine.status()).toMatchObject({ version: 1, pendingOperations: 1 })
        expect(await pond.engine.commit({})).toMatchObject({ version: 2, operationsCommitted: 1 })
        expect(await pond.tree('head')).toEqual(['/d/', '/d/large', '/d/small', '/rest'])
        expect(await pond.engine.show(1)).toHaveLength(3)
        expect((await pond.engine.verify({})).problems).toEqual([])
        if (isThrough) break
      }
      expect(failures).toBeGreaterThan(5)
    },
  )
})

describe('the status of a pond', () => {
  it('says how many of the pending operations amount to nothing', async () => {
    const pond = await TestPond.create()
    await pond.put('/stays', 'as it was')
    await pond.commit()
    await pond.put('/comes/and/goes', 'x')
    await pond.engine.stage((fs) => fs.remove('/comes', { recursive: true }))
    await pond.put('/stays', 'changed')
    await pond.put('/stays', 'as it was')
    await pond.put('/new', 'new')
    expect(await pond.engine.status()).toMatchObject({
      pendingOperations: 9,
      withoutEffect: 8,
      conflicts: [],
      counts: { added: 1, modified: 0, deleted: 0, renamed: 0 },
    })
    expect(await pond.commit()).toBe(2)
    expect(await pond.engine.status()).toMatchObject({ pendingOperations: 0, withoutEffect: 0 })
  })
})

describe('what takes the place of something that is pending only', () => {
  it('is taken back by an undo, the last first, by whichever process', async () => {
    const pond = await TestPond.create()
    const change = (text: string) => pond.change('/a', text)
    await change('one')
    await change('two')
    await pond.engine.stage((fs) => fs.remove('/a'), { undoable: true })
    const other = await pond.another()
    expect((await other.engine.status()).undoable).toBe(1)
    expect(await other.engine.undo()).toEqual({ restored: 1, takenBack: true })
    expect(await pond.read('/a')).toBe('two')
    expect(await pond.engine.undo()).toEqual({ restored: 1, takenBack: true })
    expect(await pond.read('/a')).toBe('one')
    expect((await pond.engine.status()).undoable).toBe(0)
    await expect(pond.engine.undo()).rejects.toMatchObject({ code: 'steward.nothing-to-undo' })
  })

  it('is told apart from what is new, and from what was committed', async () => {
    const pond = await TestPond.create()
    await pond.put('/a', 'one')
    await pond.commit()
    const { displaced } = await pond.change('/a', 'two')
    expect(displaced).toEqual([])
    expect(await pond.change('/b', 'new')).toMatchObject({ displaced: [] })
    expect(await pond.change('/a', 'three')).toMatchObject({ displaced: ['/a'] })
    await pond.commit()
    await expect(pond.engine.undo()).rejects.toMatchObject({ code: 'steward.nothing-to-undo' })
  })

  it('stays where something else was built on it', async () => {
    const pond = await TestPond.create()
    await pond.change('/a', 'one')
    await pond.change('/a', 'two')
    await pond.put('/a', 'three')
    await expect(pond.engine.undo()).rejects.toMatchObject({ code: 'steward.conflict' })
    expect(await pond.read('/a')).toBe('three')
  })

  it('can be undone in part where another part was committed', async () => {
    const pond = await TestPond.create()
    await pond.put('/a', 'one')
    await pond.put('/b', 'one')
    await pond.commit()
    await pond.put('/a', 'two')
    await pond.put('/b', 'two')
    expect(await pond.engine.restore(null, '1')).toMatchObject({ staged: 2, displaced: ['/a', '/b'] })
    await pond.engine.commit({ only: { paths: ['/a'] } })
    expect(await pond.engine.undo()).toEqual({ restored: 1, takenBack: true })
    expect([await pond.read('/a'), await pond.read('/b')]).toEqual(['one', 'two'])
  })

  it('is refused where it was asked not to, and nothing happens', async () => {
    const pond = await TestPond.create()
    await pond.put('/a', 'one')
    await pond.commit()
    await pond.put('/a', 'two')
    await expect(pond.engine.restore(null, '1', { refuseToDisplace: true })).rejects.toMatchObject({
      code: 'steward.would-displace',
      detail: { paths: ['/a'], count: 1 },
    })
    expect(await pond.read('/a')).toBe('two')
    expect((await pond.engine.status()).undoable).toBe(0)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPondError } from '../../src/shared/errors'
import { TestPond } from '../steward/test-pond'

/** More of them widen the search. */
const RUNS = Number(process.env['POND_RESTORE_RUNS'] ?? 200)

/** What is at or below a path: each entry with its type, its content and its links. */
async function below(pond: TestPond, path: string, at: string): Promise<Map<string, string>> {
  const { fs } = await pond.engine.moment(at)
  const found = new Map<string, string>()
  for await (const { path: each, node } of fs.visit('/')) {
    if (each === '/' || !(each === path || path === '/' || each.startsWith(`${path}/`))) continue
    if (node.fileType === 'directory') found.set(each, 'directory')
    else if (node.fileType === 'symlink') found.set(each, `-> ${await fs.readLink(each)}`)
    else found.set(each, `${node.fileType} ${new TextDecoder().decode(await fs.readAll(each))}`)
  }
  return found
}

const idAt = async (pond: TestPond, path: string, at = 'pending'): Promise<string> =>
  (await (await pond.engine.moment(at)).entry(path)).nodeId

describe('a restore', () => {
  it('makes a path, or all, as it was in a version, whatever happened since; or refuses and does nothing; an undo brings back what was pending', async () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
    const act = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), path, text: fc.constantFrom('x', 'y') }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('rename' as const), path, to: path }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), path }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('link' as const), path, to: path }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
    )
    let restored = 0
    let refused = 0
    let brought = 0
    const wanted = fc.option(path, { nil: '/', freq: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 16 }), fc.nat(), wanted, async (acts, n, place) => {
        const pond = await TestPond.create()
        for (const each of acts) {
          try {
            if (each.kind === 'put') await pond.put(each.path, each.text)
            else if (each.kind === 'commit') await pond.engine.commit({})
            else if (each.kind === 'link') await pond.engine.stage((fs) => fs.createSymlink(each.path, each.to))
            else if (each.kind === 'remove') await pond.engine.stage((fs) => fs.remove(each.path, { recursive: true }))
            else await pond.engine.stage((fs) => fs.rename(each.path, each.to))
          } catch (error) {
            if (!isPondError(error)) throw error
          }
        }
        const { version } = await pond.engine.status()
        const to = String(n % (version + 1))
        const before = await below(pond, '/', 'pending')
        const pending = await pond.engine.show(null)
        const outcome = await pond.engine.restore(place === '/' ? null : place, to).catch((error: unknown) => {
          if (!isPondError(error)) throw error
          return error
        })
        if (outcome instanceof Error) {
          expect(['steward.conflict', 'tinyfs.not-found', 'tinyfs.not-a-directory']).toContain(outcome.code)
          if (outcome.code !== 'tinyfs.not-found') refused++
          if (place === '/') throw outcome
          expect(await below(pond, '/', 'pending')).toEqual(before)
          return
        }
        restored++
        // A link on the way leads the path elsewhere: what is named then is the place it leads to.
        const isLinked = [...before.values(), ...(await below(pond, '/', to)).values()].some((is) =>
          is.startsWith('->'),
        )
        if (!isLinked) expect(await below(pond, place, 'pending')).toEqual(await below(pond, place, to))
        if (outcome.displaced.length > 0) {
          const after = await below(pond, '/', 'pending')
          const other = await pond.another()
          expect(await other.engine.undo()).toMatchObject({ restored: outcome.staged, takenBack: true })
          expect(await below(pond, '/', 'pending')).toEqual(before)
          expect(await pond.engine.show(null)).toEqual(pending)
          brought++
          await pond.engine.restore(place === '/' ? null : place, to)
          expect(await below(pond, '/', 'pending')).toEqual(after)
        }
        await pond.engine.commit({})
        expect((await pond.engine.verify({})).problems).toEqual([])
        for (let v = 0; v <= version; v++) await below(pond, '/', String(v))
      }),
      { numRuns: RUNS },
    )
    expect(restored).toBeGreaterThan(RUNS / 3)
    expect(refused).toBeLessThan(restored / 4)
    expect(brought).toBeGreaterThan(RUNS / 10)
  }, 600_000)

  it('brings a deleted entry back as the same node at its next node version, with the directories above it', async () => {
    const pond = await TestPond.create()
    await pond.put('/d/e/f', 'f')
    await pond.commit()
    const ids = [await idAt(pond, '/d'), await idAt(pond, '/d/e/f')]
    await pond.engine.stage((fs) => fs.remove('/d', { recursive: true }))
    await pond.commit()
    expect(await pond.engine.restore('/d/e/f', '1')).toMatchObject({ staged: 3, nodesRestored: 3 })
    expect([await idAt(pond, '/d'), await idAt(pond, '/d/e/f')]).toEqual(ids)
    await pond.commit()
    expect(await (await pond.engine.moment('head')).entry('/d/e/f')).toMatchObject({ nodeId: ids[1], nodeVersion: 3 })
    expect((await pond.engine.fileVersions('/d/e/f')).map(({ change }) => change)).toEqual([
      'added',
      'deleted',
      'added',
    ])
    expect(await pond.read('/d/e/f')).toBe('f')
  })

  it('puts an entry back at its path where the directory above was moved away, and leaves the rest there', async () => {
    const pond = await TestPond.create()
    await pond.put('/a/x', 'x')
    await pond.put('/a/y', 'y')
    await pond.commit()
    await pond.engine.stage((fs) => fs.rename('/a', '/b'))
    await pond.commit()
    await pond.engine.restore('/a/x', '1')
    expect(await pond.tree()).toEqual(['/a/', '/a/x', '/b/', '/b/y'])
    expect(await idAt(pond, '/a/x')).toBe(await idAt(pond, '/a/x', '1'))
    expect(await idAt(pond, '/b')).toBe(await idAt(pond, '/a', '1'))
  })

  it('gives back a directory as it was, without what it took along to where it moved', async () => {
    const pond = await TestPond.create()
    await pond.engine.stage((fs) => fs.createDirectory('/e'))
    await pond.commit()
    await pond.put('/e/later', 'x')
    await pond.commit()
    await pond.engine.stage((fs) => fs.rename('/e', '/a'))
    await pond.commit()
    await pond.engine.restore('/e', '1')
    expect(await pond.tree()).toEqual(['/e/'])
  })

  it('untangles directories that hold each other now', async () => {
    const pond = await TestPond.create()
    await pond.engine.stage((fs) => fs.createDirectory('/a'))
    await pond.commit()
    await pond.engine.stage(async (fs) => {
      await fs.rename('/a', '/e')
      await fs.createDirectory('/a')
      await fs.rename('/e', '/a/inside')
    })
    await pond.commit()
    const id = await idAt(pond, '/a/inside')
    await pond.engine.restore(null, '1')
    expect(await pond.tree()).toEqual(['/a/'])
    expect(await idAt(pond, '/a')).toBe(id)
  })

  it('takes a name back from what was put there since, which goes where it was', async () => {
    const pond = await TestPond.create()
    await pond.put('/a', 'a')
    await pond.put('/b', 'b')
    await pond.commit()
    await pond.engine.stage(async (fs) => {
      await fs.rename('/a', '/c')
      await fs.rename('/b', '/a')
    })
    await pond.put('/new', 'while things are pending')
    await pond.engine.restore('/a', '1')
    expect(await below(pond, '/', 'pending')).toEqual(
      new Map([
        ['/a', 'file:data a'],
        ['/b', 'file:data b'],
        ['/new', 'file:data while things are pending'],
      ]),
    )
  })

  it('is refused, and names the path, where an entry cannot go back', async () => {
    const pond = await TestPond.create()
    await pond.put('/out/x', 'x')
    await pond.put('/in/y', 'y')
    await pond.commit()
    await pond.engine.stage((fs) => fs.rename('/out/x', '/in/x'))
    await pond.put('/out/x', 'another')
    await expect(pond.engine.restore('/in', '1')).rejects.toMatchObject({
      code: 'steward.conflict',
      detail: { path: '/out/x' },
    })
    expect(await pond.read('/in/x')).toBe('x')
    await pond.put('/gone/x', 'x')
    await pond.commit()
    await pond.engine.stage((fs) => fs.remove('/gone', { recursive: true }))
    await pond.put('/gone', 'a file')
    await expect(pond.engine.restore('/gone/x', '2')).rejects.toMatchObject({ code: 'tinyfs.not-a-directory' })
    await expect(pond.engine.restore('/never', '1')).rejects.toMatchObject({ code: 'tinyfs.not-found' })
    await expect(pond.engine.restore('/in', 'pending')).rejects.toMatchObject({ code: 'steward.bad-time' })
    await expect(pond.engine.restore('/in', '99')).rejects.toMatchObject({ code: 'steward.unknown-version' })
  })

  it('of the same node by two processes is done once; the other operation does not hold any more', async () => {
    const here = await TestPond.create()
    await here.put('/a/x', 'x')
    await here.put('/b/y', 'y')
    await here.commit()
    await here.engine.stage((fs) => fs.rename('/a/x', '/b/x'))
    await here.commit()
    await here.engine.stage((fs) => fs.remove('/b/x'))
    await here.commit()
    await here.engine.restore('/b/x', '2')
    const journal = await here.storage.readFile('pending/journal')
    await here.engine.discard(['/'])
    // Another brings it back at the other place it has been.
    await here.engine.restore('/a/x', '1')
    await here.commit()
    const writer = await here.storage.create('pending/old')
    await writer.write(journal)
    await writer.close()
    await here.storage.replace('pending/old', 'pending/journal')
    const again = await here.another()
    expect(await again.engine.commit({})).toMatchObject({
      outcome: 'conflict',
      conflicts: [{ operation: 'create', path: '/b/x', reason: 'the entry exists again already' }],
    })
    expect((await again.engine.fileVersions('/a/x')).map(({ path, change }) => [path, change])).toEqual([
      ['/a/x', 'added'],
      ['/b/x', 'deleted'],
      ['/b/x', 'renamed'],
      ['/a/x', 'added'],
    ])
  })

  it('brings many small contents back as they were', async () => {
    const pond = await TestPond.create()
    const content = await pond.engine.prepare([new Uint8Array(60_000).fill(7)])
    await pond.engine.stage(async (fs) => {
      for (let i = 0; i < 40; i++) await fs.put(`/many/${i}`, content, { parents: true })
    })
    await pond.commit()
    await pond.engine.stage((fs) => fs.remove('/many', { recursive: true }))
    await pond.commit()
    expect(await pond.engine.restore(null, '1')).toMatchObject({ staged: 41 })
    expect((await pond.read('/many/39')).length).toBe(60_000)
    await pond.commit()
    expect((await pond.engine.verify({})).problems).toEqual([])
  })
})

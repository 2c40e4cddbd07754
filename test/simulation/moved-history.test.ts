import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../src/shared/testing/runs'
import { isPondError } from '../../src/shared/errors'
import type { FileVersion } from '../../src/shared/model'
import { SimStorage } from '../../src/main/platform/sim'
import { counted } from '../../src/main/platform/testing/counted'
import { TestPond } from '../steward/test-pond'

/** More of them widen the search. */
const RUNS = Number(process.env['POND_HISTORY_RUNS'] ?? runs(60))
/** Others each time; a failure names its own, which `POND_HISTORY_SEED` repeats. */
const SEED = process.env['POND_HISTORY_SEED']
const PARAMETERS = { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) }

/** Where each node is, with what is in it, by a walk through all of a moment. */
type Tree = ReadonlyMap<string, { readonly path: string; readonly sha256: string | null }>

async function treeAt(pond: TestPond, at: string): Promise<Tree> {
  const { fs } = await pond.engine.moment(at)
  const tree = new Map<string, { path: string; sha256: string | null }>()
  for await (const { path, node } of fs.visit('/'))
    if (path !== '/') tree.set(node.id, { path, sha256: (await fs.backend.metadata(node)).sha256 })
  return tree
}

const name = fc.constantFrom('a', 'b', 'c')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join('/')}`)
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), path, text: fc.constantFrom('x', 'y') }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('rename' as const), path, to: path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), path, back: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('commit' as const) }) },
)

type Act = typeof act extends fc.Arbitrary<infer Each> ? Each : never

/** A move of a directory above an entry, in every run, whatever chance adds. */
const MOVED_ABOVE: readonly Act[] = [
  { kind: 'put', path: '/of/each/run', text: 'x' },
  { kind: 'commit' },
  { kind: 'rename', path: '/of', to: '/in' },
]

/** A pond after these acts, whatever of them was possible. */
async function played(acts: readonly Act[]) {
  const pond = await TestPond.create()
  for (const each of acts) {
    try {
      if (each.kind === 'put') await pond.put(each.path, each.text)
      else if (each.kind === 'commit') await pond.engine.commit({})
      else if (each.kind === 'remove') await pond.engine.stage((fs) => fs.remove(each.path, { recursive: true }))
      else if (each.kind === 'rename') await pond.engine.stage((fs) => fs.rename(each.path, each.to))
      else {
        const { version } = await pond.engine.status()
        await pond.engine.restore(each.path, String(Math.max(0, version - each.back)))
      }
    } catch (error) {
      if (!isPondError(error)) throw error
    }
  }
  return pond
}

/** Walks a history forward: where it says that the entry was after each version, with what. */
function toldAt(history: readonly FileVersion[], version: number): { path: string; sha256: string | null } | undefined {
  const last = history.find((each) => (each.version ?? Infinity) <= version)
  return last === undefined || last.change === 'deleted' ? undefined : { path: last.path, sha256: last.sha256 }
}

describe('the history of an entry below directories that move', () => {
  it('says for every version where the entry was and what was in it, as a walk through every version finds it', async () => {
    let above = 0
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 12, maxLength: 32 }), async (acts) => {
        const pond = await played([...MOVED_ABOVE, ...acts])
        const { version: head } = await pond.engine.status()
        const trees: Tree[] = []
        for (let version = 0; version <= head; version++) trees.push(await treeAt(pond, String(version)))
        trees.push(await treeAt(pond, 'pending'))
        const fresh = await pond.another()
        for (const id of new Set(trees.flatMap((tree) => [...tree.keys()]))) {
          const history = await fresh.engine.nodeHistory(id)
          for (const [index, tree] of trees.entries()) {
            const version = index > head ? Infinity : index
            expect({ id, version, is: toldAt(history, version) }).toEqual({ id, version, is: tree.get(id) })
          }
          // Each goes on from where the one before it was, and none is told for nothing.
          for (const [index, { change, oldPath, path: now, nodeVersion }] of history.entries()) {
            const before = history[index + 1]
            expect(oldPath).toBe(change === 'renamed' ? before!.path : null)
            if (change === 'renamed') expect(now).not.toBe(oldPath)
            if (before?.nodeVersion === nodeVersion) above++
          }
        }
      }),
      PARAMETERS,
    )
    expect(above).toBeGreaterThanOrEqual(RUNS)
  }, 60_000)

  it('is found by every path that the entry was the last at', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 12, maxLength: 32 }), async (acts) => {
        const pond = await played([...acts, { kind: 'commit' }])
        const { version: head } = await pond.engine.status()
        const lastAt = new Map<string, string>()
        for (let version = 0; version <= head; version++)
          for (const [id, { path: at }] of await treeAt(pond, String(version))) lastAt.set(at, id)
        const fresh = await pond.another()
        for (const names of ['/a', '/b', '/c', '/a/a', '/a/b', '/a/c', '/b/a', '/b/b', '/c/a', '/a/b/c', '/b/a/a']) {
          const id = lastAt.get(names)
          if (id === undefined) {
            await expect(fresh.engine.fileVersions(names)).rejects.toMatchObject({ code: 'tinyfs.not-found' })
          } else {
            expect(await fresh.engine.fileVersions(names)).toEqual(await fresh.engine.nodeHistory(id))
          }
        }
      }),
      PARAMETERS,
    )
  }, 60_000)

  it('follows an entry that was changed and moved in one version, asked by where it was', async () => {
    const pond = await TestPond.create()
    await pond.put('/b', 'one')
    await pond.put('/a/x', 'other')
    await pond.commit()
    await pond.put('/b', 'two')
    await pond.engine.stage((fs) => fs.rename('/b', '/a/b'))
    await pond.commit()
    const fresh = await pond.another()
    const told = await fresh.engine.fileVersions('/b')
    expect(told.map(({ version, change, path: at }) => [version, change, at])).toEqual([
      [2, 'renamed', '/a/b'],
      [2, 'modified', '/b'],
      [1, 'added', '/b'],
    ])
    expect(told).toEqual(await fresh.engine.fileVersions('/a/b'))
  })

  it('shows moves above that are pending, and those behind a log of the path', async () => {
    const pond = await TestPond.create()
    await pond.put('/a/b/f', 'one')
    await pond.commit()
    await pond.engine.stage((fs) => fs.rename('/a/b', '/a/c'))
    await pond.commit()
    await pond.engine.stage((fs) => fs.rename('/a', '/z'))
    await pond.engine.stage((fs) => fs.rename('/z', '/y'))
    const told = (await pond.engine.fileVersions('/y/c/f')).map((each) => [
      each.version,
      each.change,
      each.oldPath,
      each.path,
    ])
    expect(told).toEqual([
      [null, 'renamed', '/a/c/f', '/y/c/f'],
      [2, 'renamed', '/a/b/f', '/a/c/f'],
      [1, 'added', null, '/a/b/f'],
    ])
    expect((await pond.engine.log({ path: '/y/c/f' })).map(({ version }) => version)).toEqual([2, 1])
    expect(await pond.engine.fileVersions('/z/c/f')).toEqual(await pond.engine.fileVersions('/y/c/f'))
    await pond.engine.stage((fs) => fs.rename('/y', '/a'))
    expect((await pond.engine.fileVersions('/a/c/f'))[0]).toMatchObject({ version: 2 })
    await expect(pond.engine.fileVersions('/a/c/never')).rejects.toMatchObject({ code: 'tinyfs.not-found' })
  })

  it('costs the rows of the entry and of the directories on its way, not those of the pond', async () => {
    const costs: { readonly reads: number; readonly bytesRead: number }[] = []
    for (const others of [40, 160]) {
      const plain = new SimStorage()
      const pond = await TestPond.create(plain)
      await pond.put('/a/b/f', 'one')
      await pond.commit()
      for (let i = 0; i < others; i++) {
        await pond.put(`/other/${i % 8}/${i}`, `${i}`)
        if (i % 20 === 10)
          await pond.engine.stage((fs) => fs.rename(i % 40 === 10 ? '/a' : '/z', i % 40 === 10 ? '/z' : '/a'))
        await pond.commit()
      }
      await pond.steward.maintenance.settled()
      const { storage, during } = counted(plain.anotherProcess(), (file) => file.endsWith('.parquet'))
      const fresh = await pond.another(storage)
      const at = (await fresh.engine.moment('head')).fs
      const place = (await at.exists('/a/b/f')) ? '/a/b/f' : '/z/b/f'
      let found = 0
      const cost = await during(async () => {
        found = (await fresh.engine.fileVersions(place)).length
      })
      expect(found).toBe(1 + others / 20)
      costs.push({ reads: cost.reads / found, bytesRead: cost.bytesRead / found })
    }
    const [few, many] = costs as [(typeof costs)[0], (typeof costs)[0]]
    expect(many.reads).toBeLessThanOrEqual(few.reads * 1.5)
  }, 60_000)
})

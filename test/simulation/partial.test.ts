/**
 * A process that ends at every storage operation of a commit of a part, while a discard could be undone:
 * the part is committed or not, the rest stays pending, and the discard can still be undone.
 */
import { describe, expect, it } from 'vitest'
import { SimStorage, type Loss } from '../../src/main/platform/sim'
import { isCrash } from './pond'
import { TestPond } from '../steward/test-pond'

const LARGE = new Uint8Array(70_000).fill(1)

async function prepared(): Promise<TestPond> {
  const pond = await TestPond.create(new SimStorage())
  await pond.put('/discarded', 'small')
  await pond.put('/part/small', 'small')
  await pond.put('/part/large', LARGE)
  await pond.put('/rest', 'rest')
  await pond.engine.discard(['/discarded'])
  return pond
}

describe('a commit of a part that is cut short', () => {
  it('has committed it or not, keeps the rest, and keeps what can be undone', { timeout: 120_000 }, async () => {
    let committed = 0
    let crashes = 0
    for (let k = 1; ; k++) {
      const pond = await prepared()
      const { storage } = pond
      storage.crashAt(storage.operations + k)
      const crashed = await pond.engine.commit({ only: { paths: ['/part'] } }).then(
        () => storage.hasCrashed,
        (error: unknown) => {
          if (!isCrash(error)) throw error
          return true
        },
      )
      if (!crashed) break
      crashes++
      const losses: readonly Loss[] = ['nothing-lost', 'all-unsynced-lost', k]
      for (const loss of losses) {
        const after = await pond.another(storage.afterCrash(loss))
        const { version, pendingOperations } = await after.engine.status()
        expect([version, pendingOperations]).toEqual(version === 0 ? [0, 4] : [1, 1])
        committed += version
        expect(await after.tree('head')).toEqual(version === 0 ? [] : ['/part/', '/part/large', '/part/small'])
        expect(await after.tree()).toEqual(['/part/', '/part/large', '/part/small', '/rest'])
        expect(await after.engine.undo()).toEqual({ restored: 1 })
        expect(await after.read('/discarded')).toBe('small')
        expect((await after.engine.commit({})).outcome).toBe('committed')
        const last = await after.another(after.storage.afterCrash('all-unsynced-lost'))
        const all = ['/discarded', '/part/', '/part/large', '/part/small', '/rest']
        expect(await last.tree('head')).toEqual(all)
        expect((await last.engine.verify({})).problems).toEqual([])
      }
    }
    expect(crashes).toBeGreaterThan(10)
    expect(committed).toBeGreaterThan(5)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change } from '../../../../shared/model'
import { isWithin } from '../../../../shared/path'
import { pendingTree } from './pending-source'

const change = (path: string): Change => ({
  path,
  oldPath: null,
  nodeId: path,
  fileType: 'file:data',
  change: 'added',
  sizeBefore: null,
  sizeAfter: 1,
  sha256Before: null,
  sha256After: 'x',
})

const paths = fc.uniqueArray(
  fc.array(fc.constantFrom('a', 'b', 'é', '🦆'), { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`),
  { maxLength: 12 },
)

describe('the tree of what is pending', () => {
  it('reaches every change through directories that count what is below them', async () => {
    await fc.assert(
      fc.asyncProperty(paths, async (changed) => {
        const { source } = pendingTree(changed.map(change))
        const found: string[] = []
        const visit = async (directory: string): Promise<void> => {
          const page = await source(directory, 0, 1_000)
          expect(page.total).toBe(page.entries.length)
          for (const entry of page.entries) {
            if (entry.change !== null) found.push(entry.path)
            expect(entry.pendingBelow).toBe(changed.filter((p) => p !== entry.path && isWithin(p, entry.path)).length)
            await visit(entry.path)
          }
        }
        await visit('/')
        expect(found.sort()).toEqual([...changed].sort())
      }),
    )
  })
})

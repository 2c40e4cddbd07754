/** The keyboard of the tree, over real models of small and large directories. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareUtf8 } from '../../../../shared/path'
import { intentionOf, typeAhead } from './tree-keys'
import { TreeModel, type TreeEntry, type TreeSource } from './tree-model'

const entry = (path: string, isDirectory: boolean): TreeEntry => ({
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  fileType: isDirectory ? 'directory' : 'file:data',
  size: 1,
  change: null,
  oldPath: null,
  pendingBelow: 0,
  target: null,
})

/** `/d` holds `inside`; the root holds `d` and these names. */
const source =
  (names: readonly string[]): TreeSource =>
  async (directory, offset, limit) => {
    const all =
      directory === '/'
        ? [...names, 'd'].sort(compareUtf8).map((name) => entry(`/${name}`, name === 'd'))
        : [entry('/d/inside', false)]
    return { total: all.length, entries: all.slice(offset, offset + limit) }
  }

async function modelOf(names: readonly string[]): Promise<TreeModel> {
  const model = new TreeModel(source(names))
  for (let i = 0; i < 50; i++) await Promise.resolve()
  return model
}

describe('the keyboard of the tree', () => {
  it('goes into a directory and out again', async () => {
    const model = await modelOf(['a', 'z'])
    const d = model.indexOf('/d')
    expect(intentionOf('ArrowRight', model, d, 10)).toEqual({ kind: 'expand', path: '/d' })
    model.expand('/d')
    for (let i = 0; i < 50; i++) await Promise.resolve()
    expect(intentionOf('ArrowRight', model, d, 10)).toEqual({ kind: 'go', row: d + 1 })
    expect(intentionOf('ArrowLeft', model, d + 1, 10)).toEqual({ kind: 'go', row: d })
    expect(intentionOf('ArrowLeft', model, d, 10)).toEqual({ kind: 'collapse', path: '/d' })
  })

  it('never leaves the tree, whatever is pressed wherever', async () => {
    const model = await modelOf(['a', 'b', 'z'])
    const keys = fc.constantFrom('ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'ArrowLeft', 'ArrowRight')
    fc.assert(
      fc.property(keys, fc.integer({ min: -1, max: 10 }), fc.nat({ max: 50 }), (key, row, page) => {
        const intention = intentionOf(key, model, row, page)
        if (intention?.kind === 'go') {
          expect(intention.row).toBeGreaterThanOrEqual(0)
          expect(intention.row).toBeLessThan(model.rowCount)
        }
      }),
    )
  })

  it('offers nothing on a tree without rows', async () => {
    const model = new TreeModel(async () => ({ total: 0, entries: [] }))
    for (let i = 0; i < 50; i++) await Promise.resolve()
    expect(intentionOf('End', model, 0, 10)).toBeNull()
  })
})

describe('typing a name', () => {
  it('goes to the next name that starts so, around the end, whatever its case', async () => {
    const model = await modelOf(['Alpha', 'apple', 'beta'])
    const from = async (path: string, text: string) => {
      const row = await typeAhead(model, model.indexOf(path), text)
      const at = row < 0 ? null : model.rowAt(row)
      return at?.kind === 'entry' ? at.entry.name : null
    }
    expect(await from('/beta', 'a')).toBe('Alpha')
    expect(await from('/Alpha', 'a')).toBe('apple')
    expect(await from('/Alpha', 'al')).toBe('Alpha')
    expect(await from('/Alpha', 'app')).toBe('apple')
    expect(await from('/Alpha', 'zzz')).toBeNull()
  })

  it('finds a name among 60,000 of which one page is loaded', async () => {
    const names = Array.from({ length: 60_000 }, (_, i) => `n${String(i).padStart(5, '0')}`)
    let asked = 0
    const all = source(names)
    const model = new TreeModel((...question) => {
      asked++
      return all(...question)
    })
    for (let i = 0; i < 50; i++) await Promise.resolve()
    const row = await typeAhead(model, 0, 'n4321')
    expect(row).toBe(model.indexOf('/n43210'))
    expect(row).toBeGreaterThan(0)
    expect(asked).toBeLessThan(25)
  })
})

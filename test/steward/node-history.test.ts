import { describe, expect, it } from 'vitest'
import { TestPond } from './test-pond'

const changes = async (pond: TestPond, path: string): Promise<[number | null, string, string][]> =>
  (await pond.engine.fileVersions(path)).map(({ version, change, path: at }) => [version, change, at])

/** `/d/x` made, moved to `/e/y`, changed, deleted, and brought back as it was in version 1. */
async function eventful(): Promise<TestPond> {
  const pond = await TestPond.create()
  await pond.put('/d/x', 'one')
  await pond.put('/e/other', 'other')
  await pond.commit()
  await pond.engine.stage((fs) => fs.rename('/d/x', '/e/y'))
  await pond.commit()
  await pond.put('/e/y', 'two')
  await pond.commit()
  await pond.engine.stage((fs) => fs.remove('/e/y'))
  await pond.commit()
  await pond.engine.restore('/d/x', '1')
  await pond.commit()
  return pond
}

const STORY = [
  [5, 'added', '/d/x'],
  [4, 'deleted', '/e/y'],
  [3, 'modified', '/e/y'],
  [2, 'renamed', '/e/y'],
  [1, 'added', '/d/x'],
]

describe('the history of an entry', () => {
  it('follows it through moves, deletion and coming back, by any path it had and by its id', async () => {
    const pond = await (await eventful()).another()
    expect(await changes(pond, '/d/x')).toEqual(STORY)
    const { nodeId } = await (await pond.engine.moment('head')).entry('/d/x')
    expect(await changes(pond, '/e/y')).toEqual(STORY)
    const byId = (await pond.engine.nodeHistory(nodeId)).map(({ version, change, path }) => [version, change, path])
    expect(byId).toEqual(STORY)
    expect((await pond.engine.fileVersions('/d/x')).map(({ nodeVersion }) => nodeVersion)).toEqual([5, 4, 3, 2, 1])
    await pond.engine.compact()
    expect(await changes(await pond.another(), '/d/x')).toEqual(STORY)
  })

  it('has what is pending on top, of nodes that were never committed, too', async () => {
    const pond = await eventful()
    await pond.put('/d/x', 'three')
    await pond.engine.stage((fs) => fs.rename('/d/x', '/z'))
    expect(await changes(pond, '/z')).toEqual([[null, 'renamed', '/z'], [null, 'modified', '/d/x'], ...STORY])
    await pond.put('/new', 'new')
    await pond.engine.stage((fs) => fs.rename('/new', '/newer'))
    const pending = [
      [null, 'renamed', '/newer'],
      [null, 'added', '/new'],
    ]
    expect(await changes(pond, '/newer')).toEqual(pending)
    expect(await changes(pond, '/new')).toEqual(pending)
  })

  it('of a path where nothing is any more is that of the entry that was there last, below moved and deleted directories', async () => {
    const pond = await TestPond.create()
    await pond.put('/a/b/f', 'first')
    await pond.commit()
    await pond.engine.stage((fs) => fs.rename('/a', '/moved'))
    await pond.commit()
    expect(await changes(pond, '/a/b/f')).toEqual([
      [2, 'renamed', '/moved/b/f'],
      [1, 'added', '/a/b/f'],
    ])
    await pond.engine.stage((fs) => fs.remove('/moved', { recursive: true }))
    await pond.commit()
    const gone = [
      [3, 'deleted', '/moved/b/f'],
      [2, 'renamed', '/moved/b/f'],
      [1, 'added', '/a/b/f'],
    ]
    expect(await changes(pond, '/a/b/f')).toEqual(gone)
    expect(await changes(pond, '/moved/b/f')).toEqual(gone)
    await pond.put('/a/b/g', 'another directory of that name')
    await pond.commit()
    expect(await changes(pond, '/a/b/f')).toEqual(gone)
    await expect(pond.engine.fileVersions('/a/b/h')).rejects.toMatchObject({ code: 'tinyfs.not-found' })
    await expect(pond.engine.nodeHistory('0190aaaa-0000-7000-8000-000000000000')).rejects.toMatchObject({
      code: 'tinyfs.not-found',
    })
  })
})

describe('an entry by its id', () => {
  it('is found, read, changed and removed wherever it is, at any moment', async () => {
    const pond = await eventful()
    const { nodeId } = await (await pond.engine.moment('head')).entry('/d/x')
    const readById = async (at: string): Promise<string> => {
      const reader = await (await pond.engine.moment(at)).openById(nodeId)
      try {
        return new TextDecoder().decode(await reader.read(0, reader.size))
      } finally {
        await reader.close()
      }
    }
    expect((await (await pond.engine.moment('3')).entryById(nodeId)).path).toBe('/e/y')
    expect([await readById('1'), await readById('3'), await readById('head')]).toEqual(['one', 'two', 'one'])
    await expect((await pond.engine.moment('4')).entryById(nodeId)).rejects.toMatchObject({ code: 'tinyfs.not-found' })
    const content = await pond.engine.prepare([new TextEncoder().encode('three')])
    const staged = await pond.engine.stage(async (fs) => {
      await fs.rename('/d', '/deep')
      return fs.putById(nodeId, content)
    })
    expect(staged.result).toBe('/deep/x')
    expect(await readById('pending')).toBe('three')
    const directory = (await (await pond.engine.moment('pending')).entry('/deep')).nodeId
    await expect((await pond.engine.moment('pending')).openById(directory)).rejects.toMatchObject({
      code: 'tinyfs.not-a-file',
    })
    await expect(pond.engine.stage((fs) => fs.putById(directory, content))).rejects.toMatchObject({
      code: 'tinyfs.not-a-file',
    })
    await expect(pond.engine.stage((fs) => fs.removeById(directory))).rejects.toMatchObject({
      code: 'tinyfs.not-empty',
    })
    await pond.engine.stage((fs) => fs.removeById(directory, { recursive: true }))
    expect(await pond.tree()).toEqual(['/e/', '/e/other'])
    await expect(pond.engine.stage((fs) => fs.removeById(nodeId))).rejects.toMatchObject({ code: 'tinyfs.not-found' })
    await expect((await pond.engine.moment('head')).entryById('no id')).rejects.toMatchObject({
      code: 'tinyfs.not-found',
    })
    const root = (await (await pond.engine.moment('head')).entry('/')).nodeId
    expect(await (await pond.engine.moment('head')).entryById(root)).toMatchObject({ path: '/', name: '' })
    await expect(pond.engine.stage((fs) => fs.removeById(root))).rejects.toMatchObject({ code: 'tinyfs.root' })
  })
})

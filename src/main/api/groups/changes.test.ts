import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nodeStorage, nodeWorld } from '../../platform/node'
import { createPond, type Pond } from '../../pond'
import { diffEntry } from './changes'

let folder: string
let pond: Pond

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pond-changes-'))
  pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
})

afterEach(async () => {
  await pond.close()
  await rm(folder, { recursive: true, force: true })
})

async function put(path: string, text: string): Promise<void> {
  const content = await pond.prepare([new TextEncoder().encode(text)])
  await pond.stage((fs) => fs.put(path, content, { replace: true, parents: true }))
}

it('a file below a directory that was moved is compared with what it was at its former path', async () => {
  await put('/a/b/edited.txt', 'one\n')
  await put('/a/b/kept.txt', 'kept\n')
  await pond.commit()
  await pond.stage((fs) => fs.rename('/a', '/z'))
  await put('/z/b/edited.txt', 'two\n')
  const changes = (await pond.diff()).changes.map(({ change, oldPath, path }) => [change, oldPath, path])
  expect(changes).toEqual([
    ['renamed', '/a', '/z'],
    ['modified', '/a/b/edited.txt', '/z/b/edited.txt'],
  ])
  for (const name of ['edited.txt', 'kept.txt']) {
    const diff = await diffEntry(pond, { path: `/z/b/${name}`, from: 'head', to: 'pending' })
    expect(diff).toMatchObject({ before: { path: `/a/b/${name}` }, after: { path: `/z/b/${name}` } })
  }
})

it('the diff of one entry looks at nothing else that changed', async () => {
  for (const name of ['edited', 'kept', 'moved']) await put(`/d/${name}.txt`, name)
  await pond.commit()
  await put('/d/edited.txt', 'again')
  await pond.stage((fs) => fs.rename('/d/moved.txt', '/d/there.txt'))
  await put('/d/moved.txt', 'another')
  const whole = vi.spyOn(pond, 'diff')
  const diffOf = (path: string) => diffEntry(pond, { path, from: 'head', to: 'pending' })
  expect(await diffOf('/d/edited.txt')).toMatchObject({ before: { size: 6 }, after: { size: 5 } })
  expect(await diffOf('/d/kept.txt')).toMatchObject({ before: { size: 4 }, after: { size: 4 } })
  expect(await diffOf('/d/there.txt')).toMatchObject({ before: { path: '/d/moved.txt' }, after: { size: 5 } })
  expect(await diffOf('/d/moved.txt')).toMatchObject({ before: null, after: { size: 7 } })
  expect(whole).not.toHaveBeenCalled()
})

it('an entry is followed between versions, by either of its paths', async () => {
  await put('/a/one.txt', 'one\n')
  await pond.commit()
  await pond.stage((fs) => fs.rename('/a/one.txt', '/moved.txt'))
  await pond.commit()
  await put('/moved.txt', 'two\n')
  await pond.commit()
  await put('/other.txt', 'other\n')
  await pond.commit()
  const moved = { before: { path: '/a/one.txt' }, after: { path: '/moved.txt' } }
  for (const path of ['/moved.txt', '/a/one.txt'])
    for (const to of ['3', 'head', 'pending'])
      expect(await diffEntry(pond, { path, from: '1', to })).toMatchObject(moved)
  expect(await diffEntry(pond, { path: '/moved.txt', from: '3', to: '1' })).toMatchObject({
    before: { path: '/moved.txt' },
    after: { path: '/a/one.txt' },
  })
  expect(await diffEntry(pond, { path: '/other.txt', from: '1', to: 'head' })).toMatchObject({ before: null })
})

it('an entry that came in the place of one that is gone is compared with that one', async () => {
  await put('/a.txt', 'one\n')
  await put('/b.txt', 'b\n')
  await pond.commit()
  await pond.stage((fs) => fs.remove('/a.txt'))
  await put('/a.txt', 'two\n')
  await pond.stage((fs) => fs.rename('/b.txt', '/c.txt'))
  await put('/b.txt', 'new\n')
  const diff = (path: string) => diffEntry(pond, { path, from: 'head', to: 'pending' })
  expect(await diff('/a.txt')).toMatchObject({ before: { path: '/a.txt' }, after: { path: '/a.txt' } })
  expect(await diff('/b.txt')).toMatchObject({ before: null, after: { path: '/b.txt' } })
  await expect(diff('/nowhere')).rejects.toEqual(expect.objectContaining({ code: 'tinyfs.not-found' }))
})

it('a change that comes while one entry is compared is not in one half of the answer', async () => {
  await put('/t.csv', 'a\n1\n')
  await pond.commit()
  await put('/t.csv', 'a,b\n1,2\n')
  // Somebody stages as soon as the first of the moments has been read.
  const { moment } = pond
  let asked = 0
  vi.spyOn(pond, 'moment').mockImplementation(async (at) => {
    const found = await moment.call(pond, at)
    if (asked++ === 1) await pond.stage((fs) => fs.rename('/t.csv', '/u.csv'))
    return found
  })
  expect(await diffEntry(pond, { path: '/t.csv', from: 'head', to: 'pending' })).toMatchObject({
    before: { path: '/t.csv', columns: [{ name: 'a' }] },
    after: { path: '/t.csv', columns: [{ name: 'a' }, { name: 'b' }] },
  })
})

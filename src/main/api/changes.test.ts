import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { nodeStorage, nodeWorld } from '../platform/node'
import { createPond } from '../pond'
import { diffEntry } from './changes'

it('a file below a directory that was moved is compared with what it was at its former path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pond-changes-'))
  const pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  const put = async (path: string, text: string): Promise<void> => {
    const content = await pond.prepare([new TextEncoder().encode(text)])
    await pond.stage((fs) => fs.put(path, content, { replace: true, parents: true }))
  }
  try {
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
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
})

it('the diff of what stayed at its path looks at nothing else that changed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pond-changes-'))
  const pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
  const put = async (path: string, text: string): Promise<void> => {
    const content = await pond.prepare([new TextEncoder().encode(text)])
    await pond.stage((fs) => fs.put(path, content, { replace: true, parents: true }))
  }
  try {
    for (const name of ['edited', 'kept', 'moved']) await put(`/d/${name}.txt`, name)
    await pond.commit()
    await put('/d/edited.txt', 'again')
    await pond.stage((fs) => fs.rename('/d/moved.txt', '/d/there.txt'))
    await put('/d/moved.txt', 'another')
    const whole = vi.spyOn(pond, 'diff')
    const diffOf = (path: string) => diffEntry(pond, { path, from: 'head', to: 'pending' })
    expect(await diffOf('/d/edited.txt')).toMatchObject({ before: { size: 6 }, after: { size: 5 } })
    expect(await diffOf('/d/kept.txt')).toMatchObject({ before: { size: 4 }, after: { size: 4 } })
    expect(whole).not.toHaveBeenCalled()
    expect(await diffOf('/d/there.txt')).toMatchObject({ before: { path: '/d/moved.txt' }, after: { size: 5 } })
    expect(await diffOf('/d/moved.txt')).toMatchObject({ before: null, after: { size: 7 } })
    expect(whole).toHaveBeenCalledTimes(2)
  } finally {
    await pond.close()
    await rm(folder, { recursive: true, force: true })
  }
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
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

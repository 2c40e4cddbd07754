import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { abandonedFolders, makeOwnedFolder } from './owned-folder'
import { nodeStorage, nodeWorld } from './node'
import { SimStorage, simWorld } from './sim'

const require = createRequire(import.meta.url)
const root = await mkdtemp(join(tmpdir(), 'duckpond-owned-'))
afterAll(() => rm(root, { recursive: true, force: true }))
const storage = nodeStorage(root)
const world = nodeWorld({ storage })
const place = { storage, folder: 'cache' }

async function removeAbandoned(): Promise<string[]> {
  const removed: string[] = []
  for await (const folder of abandonedFolders(world, place)) {
    removed.push(folder.path)
    await folder.remove()
  }
  return removed
}

describe('a folder that a process owns', () => {
  it('is not abandoned while the process lives, and is once it is killed', async () => {
    const mine = await makeOwnedFolder(world, place)
    const theirs = 'cache/work-theirs'
    await storage.makeFolder(`${theirs}/deep/er`)
    await writeFile(join(root, theirs, 'deep/er/file'), 'x')
    const script = join(root, 'holder.cjs')
    await writeFile(
      script,
      `const { openSync } = require('node:fs')
       const { tryLock } = require(${JSON.stringify(require.resolve('fs-native-extensions'))})
       process.send(tryLock(openSync(process.argv[2], 'a+'), 2 ** 30, 1))
       setInterval(() => undefined, 1000)`,
    )
    const child = fork(script, [join(root, theirs, 'lock')])
    expect(await once(child, 'message')).toEqual([true, undefined])
    expect(await removeAbandoned()).toEqual([])
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await removeAbandoned()).toEqual([theirs])
    expect(await readdir(join(root, 'cache'))).toEqual([mine.path.slice('cache/'.length)])
    await mine.remove()
    await mine.remove()
    expect(await readdir(join(root, 'cache'))).toEqual([])
  })

  it('is there for each of many that make one while others remove what is abandoned', async () => {
    const owned = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const folder = await makeOwnedFolder(world, place)
        await removeAbandoned()
        await writeFile(join(root, folder.path, 'file'), 'x')
        return folder
      }),
    )
    expect((await readdir(join(root, 'cache'))).sort()).toEqual(owned.map(({ path }) => path.slice(6)).sort())
    for (const { path } of owned) expect((await readdir(join(root, path))).sort()).toEqual(['file', 'lock'])
    await Promise.all(owned.map((folder) => folder.remove()))
    expect(await readdir(join(root, 'cache'))).toEqual([])
  })

  it('is abandoned where a machine has crashed', async () => {
    const disk = new SimStorage()
    const sim = simWorld({ seed: 1, storage: disk })
    const { path } = await makeOwnedFolder(sim, { storage: disk, folder: '' })
    const after = disk.afterCrash('nothing-lost')
    const found: string[] = []
    for await (const folder of abandonedFolders(sim, { storage: after, folder: '' })) {
      found.push(folder.path)
      await folder.remove()
    }
    expect(found).toEqual([path])
    expect(await after.list('')).toEqual([])
  })
})

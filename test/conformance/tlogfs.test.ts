import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OplogTable } from '../../src/main/oplog'
import { Pace } from '../../src/main/platform'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import { DynamicBackend, DynamicWriteBackend, type FileSystem } from '../../src/main/tinyfs'
import { readConformance } from '../../src/main/tinyfs/testing/read-conformance'
import { writeConformance } from '../../src/main/tinyfs/testing/write-conformance'
import { plantTree, type Tree } from '../../src/main/tinyfs/testing/tree'
import { Blobs, Overlay, StagingBackend, View } from '../../src/main/tlogfs'

const inFolder = async <T>(make: (folder: string) => Promise<T>): Promise<{ made: T; folder: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'pond-conformance-'))
  return { made: await make(folder), folder }
}

/** A pond with this tree staged, and committed where asked. */
async function planted(tree: Tree, committed: boolean, split: number) {
  const { made: engine, folder } = await inFolder(async (path) => createPond(nodeWorld({ storage: nodeStorage(path) })))
  const entries = [...tree]
  for (let i = 0; i < entries.length || i === 0; i += split) {
    await engine.stage((fs: FileSystem) => plantTree(fs, new Map(entries.slice(i, i + split))))
    if (committed) await engine.commit({ message: `from ${i}` })
  }
  const close = async (): Promise<void> => {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { engine, close }
}

const atMoment = (at: 'pending' | 'head', split: number) => async (tree: Tree) => {
  const { engine, close } = await planted(tree, at === 'head', split)
  return { backend: (await engine.moment(at)).backend, close }
}
const underDynamic = (plant: ReturnType<typeof atMoment>) => async (tree: Tree) => {
  const { backend, close } = await plant(tree)
  return { backend: new DynamicBackend(backend, []), close }
}

readConformance('the pending overlay', atMoment('pending', 3), 12)
readConformance('a committed version', atMoment('head', 5), 6)
readConformance('the pending overlay under the dynamic layer', underDynamic(atMoment('pending', 3)), 2)
readConformance('a committed version under the dynamic layer', underDynamic(atMoment('head', 5)), 2)

async function staging() {
  const { made, folder } = await inFolder(async (path) => {
    const world = nodeWorld({ storage: nodeStorage(path) })
    const table = await OplogTable.create(world.storage, 'data', world)
    const blobs = new Blobs(world.storage, world.random)
    const contents = new Map<number, Uint8Array>()
    const contentOf = async (seq: number): Promise<Uint8Array> => contents.get(seq) ?? new Uint8Array(0)
    const source = { blobs, pace: new Pace(world.clock) }
    const view = new View(await table.snapshot(), 0, source)
    const overlay = new Overlay(view, { ...source, contentOf, newestView: async () => view })
    const { now } = world.clock
    const newId = () => world.random.uuid(now())
    return new StagingBackend(overlay, { blobs, now, newId, nextSeq: 1, contents })
  })
  return {
    backend: made,
    close: () => rm(folder, { recursive: true, force: true }),
    leftovers: () => temporary(folder),
  }
}

/** Content on its way to becoming a blob. */
async function temporary(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'))
}

writeConformance('the staging filesystem', staging, 50)
writeConformance(
  'the staging filesystem under the dynamic layer',
  async () => {
    const subject = await staging()
    return { ...subject, backend: new DynamicWriteBackend(subject.backend, []) }
  },
  10,
)

describe('a stage', () => {
  const inPond = async (work: (engine: Pond, folder: string) => Promise<void>): Promise<void> => {
    const { made: engine, folder } = await inFolder(async (path) =>
      createPond(nodeWorld({ storage: nodeStorage(path) })),
    )
    try {
      await work(engine, folder)
    } finally {
      await engine.close()
      await rm(folder, { recursive: true, force: true })
    }
  }
  const large = new Uint8Array(300_000)

  it('leaves nothing of a file that nobody closed, whether it ends well or not', () =>
    inPond(async (engine, folder) => {
      await engine.stage(async (fs: FileSystem) => {
        const writer = await fs.createFile('/open')
        await writer.write(large)
        await fs.createDirectory('/d')
      })
      const failing = engine.stage(async (fs: FileSystem) => {
        const writer = await fs.createFile('/other')
        await writer.write(large)
        throw new Error('given up')
      })
      await expect(failing).rejects.toThrow('given up')
      expect((await (await engine.moment('pending')).fs.list('/')).map(({ name }) => name)).toEqual(['d'])
      expect(await temporary(folder)).toEqual([])
    }))

  it('takes nothing once it is over: what came late would be seen without being durable', () =>
    inPond(async (engine, folder) => {
      let late: FileSystem | undefined
      let running: Promise<unknown> | undefined
      await engine.stage(async (fs: FileSystem) => {
        late = fs
        await fs.createDirectory('/d')
        // Not awaited: it is in time or refused, but never half there.
        running = fs.createDirectory('/e').catch((error: unknown) => error)
      })
      await running
      const before = (await engine.moment('pending')).fs
      const names = (await before.list('/')).map(({ name }) => name)
      await expect(late!.createDirectory('/late')).rejects.toEqual(expect.objectContaining({ code: 'tinyfs.closed' }))
      const writer = await late!.createFile('/file')
      await writer.write(large)
      await expect(writer.close()).rejects.toEqual(expect.objectContaining({ code: 'tinyfs.closed' }))
      expect((await (await engine.moment('pending')).fs.list('/')).map(({ name }) => name)).toEqual(names)
      expect(await temporary(folder)).toEqual([])
      await engine.restoreFromOplog()
      expect((await (await engine.moment('pending')).fs.list('/')).map(({ name }) => name)).toEqual(names)
      expect(names).toContain('d')
    }))
})

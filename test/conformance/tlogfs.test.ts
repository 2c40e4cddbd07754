import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OplogTable } from '../../src/main/oplog'
import { Pace } from '../../src/main/platform'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { Steward } from '../../src/main/steward'
import type { FileSystem } from '../../src/main/tinyfs'
import { readConformance, writeConformance } from '../../src/main/tinyfs/testing/conformance'
import { plantTree, type Tree } from '../../src/main/tinyfs/testing/tree'
import { Blobs, Overlay, StagingBackend, View } from '../../src/main/tlogfs'

const inFolder = async <T>(make: (folder: string) => Promise<T>): Promise<{ made: T; folder: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'pond-conformance-'))
  return { made: await make(folder), folder }
}

/** A pond with this tree staged, and committed where asked. */
async function planted(tree: Tree, committed: boolean, split: number) {
  const { made: steward, folder } = await inFolder(async (path) =>
    Steward.create(nodeWorld({ storage: nodeStorage(path) }), {}),
  )
  const entries = [...tree]
  for (let i = 0; i < entries.length || i === 0; i += split) {
    await steward.stage((fs: FileSystem) => plantTree(fs, new Map(entries.slice(i, i + split))))
    if (committed) await steward.commit({ message: `from ${i}` })
  }
  const close = async (): Promise<void> => {
    await steward.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { steward, close }
}

readConformance(
  'the pending overlay',
  async (tree) => {
    const { steward, close } = await planted(tree, false, 3)
    return { backend: (await steward.moment('pending')).backend, close }
  },
  25,
)

readConformance(
  'a committed version',
  async (tree) => {
    const { steward, close } = await planted(tree, true, 5)
    return { backend: (await steward.moment('head')).backend, close }
  },
  15,
)

writeConformance(
  'the staging filesystem',
  async () => {
    const { made, folder } = await inFolder(async (path) => {
      const world = nodeWorld({ storage: nodeStorage(path) })
      const table = await OplogTable.create(world.storage, 'data', world)
      const blobs = new Blobs(world.storage, world.random)
      const contents = new Map<number, Uint8Array>()
      const contentOf = async (seq: number): Promise<Uint8Array> => contents.get(seq) ?? new Uint8Array(0)
      const view = new View(await table.snapshot(), 0, blobs)
      const overlay = new Overlay(view, { blobs, contentOf, newestView: async () => view, pace: new Pace(world.clock) })
      const { now } = world.clock
      return new StagingBackend(overlay, {
        blobs,
        now,
        newId: () => world.random.uuid(now()),
        nextSeq: 1,
        contents,
      })
    })
    return { backend: made, close: () => rm(folder, { recursive: true, force: true }) }
  },
  60,
)

import { DynamicBackend } from '../dynamic/dynamic-backend'
import { DynamicWriteBackend } from '../dynamic/dynamic-write-backend'
import { FileSystem } from '../filesystem'
import { memoryBackend } from '../testing/planted'
import { readConformance } from '../testing/read-conformance'
import { plantTree, type Tree } from '../testing/tree'
import { writeConformance } from '../testing/write-conformance'

async function planted(tree: Tree) {
  const backend = memoryBackend()
  await plantTree(new FileSystem(backend), tree)
  return backend
}

writeConformance('the memory backend', async () => ({ backend: memoryBackend() }), 500)
readConformance('the memory backend', async (tree) => ({ backend: await planted(tree) }), 40)

writeConformance(
  'the memory backend under the dynamic layer',
  async () => ({ backend: new DynamicWriteBackend(memoryBackend(), []) }),
  100,
)
readConformance(
  'the memory backend under the dynamic layer',
  async (tree) => ({ backend: new DynamicBackend(await planted(tree), []) }),
  10,
)

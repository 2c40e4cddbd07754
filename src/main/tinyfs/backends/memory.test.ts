import { readConformance, writeConformance } from '../testing/conformance'
import { FileSystem } from '../filesystem'
import { memoryBackend } from '../testing/planted'
import { plantTree } from '../testing/tree'

writeConformance('the memory backend', async () => ({ backend: memoryBackend() }), 500)

readConformance(
  'the memory backend',
  async (tree) => {
    const backend = memoryBackend()
    await plantTree(new FileSystem(backend), tree)
    return { backend }
  },
  200,
)

/** `pending-files [COUNT]`: stages many small files, looks at them, asks SQL about them and commits them. */
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import { measured } from './peak'
import { stageFiles } from './small-files'

const [count = '100000'] = process.argv.slice(2)

async function counted(pond: Pond): Promise<number> {
  const { batches } = await pond.queries.stream(await pond.source('pending'), 'SELECT count(*) FROM pond.files')
  let files = 0
  for await (const batch of batches) files = Number(batch[0]?.[0])
  return files
}

void measured({
  async prepare(folder) {
    const pond = await createPond(nodeWorld({ storage: nodeStorage(folder) }))
    await stageFiles(pond, 0, 1)
    await counted(pond)
    await pond.commit({ message: 'warm' })
    return pond
  },
  async work(pond) {
    await stageFiles(pond, 1, Number(count) + 1)
    const status = await pond.status()
    const listed = (await pond.list('/d0')).length
    const files = await counted(pond)
    const outcome = await pond.commit({ message: 'all' })
    await pond.close()
    return { pending: status.pendingOperations, listed, files, outcome: outcome.outcome }
  },
})

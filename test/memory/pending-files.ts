/** `pending-files [COUNT]`: stages many small files, looks at them, asks SQL about them and commits them. */
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import { measured } from './peak'

const [count = '100000'] = process.argv.slice(2)
const PER_STAGE = 10_000
const PER_DIRECTORY = 1_000

async function add(pond: Pond, from: number, to: number): Promise<void> {
  await pond.stage(async (fs) => {
    for (let i = from; i < to; i++) {
      const content = await pond.prepare([Buffer.alloc(1_024, `${i},`)])
      await fs.put(`/d${Math.floor(i / PER_DIRECTORY)}/f${i}`, content, { parents: true })
    }
  })
}

async function counted(pond: Pond): Promise<number> {
  const { batches } = await pond.queries.stream(await pond.source('pending'), 'SELECT count(*) FROM pond.files')
  let files = 0
  for await (const batch of batches) files = Number(batch[0]?.[0])
  return files
}

void measured({
  async prepare(folder) {
    const pond = await createPond(nodeWorld({ storage: nodeStorage(folder) }))
    await add(pond, 0, 1)
    await counted(pond)
    await pond.commit({ message: 'warm' })
    return pond
  },
  async work(pond) {
    for (let from = 1; from <= Number(count); from += PER_STAGE)
      await add(pond, from, Math.min(from + PER_STAGE, Number(count) + 1))
    const status = await pond.status()
    const listed = (await pond.list('/d0')).length
    const files = await counted(pond)
    const outcome = await pond.commit({ message: 'all' })
    await pond.close()
    return { pending: status.pendingOperations, listed, files, outcome: outcome.outcome }
  },
})

/**
 * `commit-pending make FOLDER COUNT` leaves so many files of 1 KiB pending in a pond; `commit-pending commit FOLDER`
 * opens and commits it.
 */
import { join } from 'node:path'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond, type Pond } from '../../src/main/pond'
import { measured } from './peak'

const [what, folder = '', count = '100000'] = process.argv.slice(2)
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

const worldOf = (path: string) => nodeWorld({ storage: nodeStorage(path) })

async function make(): Promise<void> {
  const pond = await createPond(worldOf(folder))
  for (let from = 0; from < Number(count); from += PER_STAGE)
    await add(pond, from, Math.min(from + PER_STAGE, Number(count)))
  await pond.close()
}

void (what === 'make'
  ? make()
  : measured({
      async prepare(own) {
        const pond = await createPond(worldOf(join(own, 'warm')))
        await add(pond, 0, 1)
        await pond.commit({ message: 'warm' })
        await pond.close()
      },
      async work() {
        const pond = await openPond(worldOf(folder))
        const { pendingOperations: pending } = await pond.status()
        const { outcome } = await pond.commit({ message: 'all' })
        await pond.close()
        return { pending, outcome }
      },
    }))

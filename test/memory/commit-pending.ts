/**
 * `commit-pending make FOLDER COUNT` leaves so many files of 1 KiB pending in a pond; `commit-pending commit FOLDER`
 * opens and commits it.
 */
import { join } from 'node:path'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond } from '../../src/main/pond'
import { measured } from './peak'
import { stageFiles } from './small-files'

const [what, folder = '', count = '100000'] = process.argv.slice(2)
const worldOf = (path: string) => nodeWorld({ storage: nodeStorage(path) })

async function make(): Promise<void> {
  const pond = await createPond(worldOf(folder))
  await stageFiles(pond, 0, Number(count))
  await pond.close()
}

void (what === 'make'
  ? make()
  : measured({
      async prepare(own) {
        const pond = await createPond(worldOf(join(own, 'warm')))
        await stageFiles(pond, 0, 1)
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

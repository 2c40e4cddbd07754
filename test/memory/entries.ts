/**
 * `entries make FOLDER COUNT` makes a pond of so many files in directories of a thousand; `entries open
 * FOLDER` opens it and looks around. Two processes, so that the second one's peak is that of opening.
 */
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, openPond } from '../../src/main/pond'
import { measured } from './peak'

const [step, folder = '', count = '0'] = process.argv.slice(2)
const PER_COMMIT = 50_000
const PER_DIRECTORY = 1_000

async function make(): Promise<void> {
  const pond = await createPond(nodeWorld({ storage: nodeStorage(folder) }))
  const content = await pond.prepare([Buffer.from('x')])
  for (let made = 0; made < Number(count);) {
    const end = Math.min(made + PER_COMMIT, Number(count))
    await pond.stage(
      async (fs) => {
        for (; made < end; made++)
          await fs.put(`/d${Math.floor(made / PER_DIRECTORY)}/f${made}`, content, { parents: true })
      },
      { commit: { message: `${made}` } },
    )
  }
  await pond.close()
}

if (step === 'make') void make()
else
  void measured({
    prepare: async () => undefined,
    async work() {
      const pond = await openPond(nodeWorld({ storage: nodeStorage(folder) }))
      const { totalNodes } = await pond.status()
      const root = await pond.list('/')
      const last = await pond.list(root.at(-1)?.path ?? '/')
      await pond.close()
      return { totalNodes, directories: root.length, last: last.length }
    },
  })

/** `copied-files [COUNT]`: copies many files of 1 KiB of this machine into a pond, as one change. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Import } from '../../src/main/api/transfer/imports'
import { nodeStorage, nodeWorld } from '../../src/main/platform/node'
import { createPond, type Pond } from '../../src/main/pond'
import { measured } from './peak'

const [count = '100000'] = process.argv.slice(2)
const PER_DIRECTORY = 1_000

async function made(folder: string, files: number): Promise<string> {
  for (let i = 0; i < files; i++) {
    const directory = join(folder, `d${Math.floor(i / PER_DIRECTORY)}`)
    if (i % PER_DIRECTORY === 0) await mkdir(directory, { recursive: true })
    await writeFile(join(directory, `f${i}`), Buffer.alloc(1_024, `${i},`))
  }
  return folder
}

async function copied(pond: Pond, hostPath: string): Promise<number> {
  const copy = new Import('copy', pond)
  const options = { report: () => undefined, signal: new AbortController().signal }
  await copy.addHostPaths({ destination: '/', hostPaths: [hostPath], ...options })
  const { imported } = await copy.finish({ onExisting: 'refuse', ...options })
  return imported.files
}

void measured({
  async prepare(folder) {
    const many = await made(join(folder, 'many'), Number(count))
    const pond = await createPond(nodeWorld({ storage: nodeStorage(join(folder, 'pond')) }))
    await copied(pond, await made(join(folder, 'few'), 10))
    await pond.commit({ message: 'warm' })
    return { pond, many }
  },
  async work({ pond, many }) {
    const files = await copied(pond, many)
    const { pendingOperations } = await pond.status()
    await pond.close()
    return { files, pendingOperations }
  },
})

/** What acts cost beside much that is pending: steps through it, and what is asked of the disk. */
import { vi } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { counted, type Counts } from '../../src/main/platform/testing/counted'
import { countSteps } from './steps'
import { TestPond } from './test-pond'

/** How many bytes are written grows with the digits of sequence numbers. */
export type Cost = { readonly steps: number } & Omit<Counts, 'bytesWritten'>

/** What acts cost with so many files pending, all of them in one directory beside the one that is worked in. */
export async function costs(pending: number): Promise<Record<string, Cost>> {
  const { storage, during } = counted(new SimStorage())
  const { engine } = await TestPond.create(storage)
  await engine.stage(async (fs) => {
    await fs.createDirectory('/here')
    await fs.createDirectory('/many')
  })
  const content = await engine.prepare([new TextEncoder().encode('text')])
  await engine.stage((fs) => fs.put('/here/text', content))
  await engine.commit({})
  await engine.stage(async (fs) => {
    for (let i = 0; i < pending; i++) await fs.put(`/many/f${i}`, content)
  })
  const moment = () => engine.moment('pending')
  const acts: Record<string, () => Promise<unknown>> = {
    'staging a directory': () => engine.stage((fs) => fs.createDirectory('/here/made')),
    'staging a file': () => engine.stage((fs) => fs.put('/here/new', content)),
    'removing an entry, to be taken back': () => engine.stage((fs) => fs.remove('/here/new'), { undoable: true }),
    'moving a directory': () => engine.stage((fs) => fs.rename('/here/made', '/here/moved')),
    'a status': () => engine.status(),
    'a listing': async () => (await moment()).list('/here', true),
    'a listing of what is above': async () => (await moment()).list('/', true),
    'a diff of one entry': async () => engine.entryPaths('/here/moved', await engine.moment('head'), await moment()),
    'an entry': async () => (await moment()).entry('/here/moved'),
  }
  const taken: Record<string, Cost> = {}
  for (const [name, act] of Object.entries(acts)) {
    const steps = countSteps()
    const { bytesWritten: _, ...asked } = await during(act)
    taken[name] = { steps: steps(), ...asked }
    vi.restoreAllMocks()
  }
  return taken
}

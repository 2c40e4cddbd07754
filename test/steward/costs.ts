/** What acts cost beside much that is pending: steps through it, and what is asked of the disk. */
import { vi } from 'vitest'
import { Pace } from '../../src/main/platform'
import { SimStorage } from '../../src/main/platform/sim'
import { counted, type Counts } from '../../src/main/platform/testing/counted'
import { Pending } from '../../src/main/tlogfs'
import { ForkedList } from '../../src/main/tlogfs/maps/forked-list'
import { ForkedMap } from '../../src/main/tlogfs/maps/forked-map'
import { TestPond } from './test-pond'

/** Every look at, and every step through, what is kept of pending operations, and every turn of a loop that may rest. */
function steps(): () => number {
  let count = 0
  const { entries } = ForkedMap.prototype
  vi.spyOn(ForkedMap.prototype, 'entries').mockImplementation(function* (this: ForkedMap<string, unknown>, from) {
    for (const entry of entries.call(this, from as string)) {
      count++
      yield entry
    }
  } as typeof entries)
  const { from } = ForkedList.prototype
  vi.spyOn(ForkedList.prototype, 'from').mockImplementation(function* (this: ForkedList<unknown>, index) {
    for (const value of from.call(this, index)) {
      count++
      yield value
    }
  })
  const spies = (['get', 'has', 'set', 'delete'] as const).map((name) => vi.spyOn(ForkedMap.prototype, name))
  const due = vi.spyOn(Pace.prototype, 'due', 'get')
  const { operations } = Pending.prototype
  vi.spyOn(Pending.prototype, 'operations').mockImplementation(async function (this: Pending, committed) {
    const all = await operations.call(this, committed)
    count += all.length
    return all
  })
  return () => count + [...spies, due].reduce((sum, spy) => sum + spy.mock.calls.length, 0)
}

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
    const count = steps()
    const { bytesWritten: _, ...asked } = await during(act)
    taken[name] = { steps: count(), ...asked }
    vi.restoreAllMocks()
  }
  return taken
}

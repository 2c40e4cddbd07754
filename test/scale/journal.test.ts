import { expect, it } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { createJournal, openJournal, type JournalEntry } from '../../src/main/tlogfs/journal/journal'

const POND = '01890000-0000-7000-8000-00000000abcd'
const PATH = 'pending/journal'

it('a journal takes an action of very many frames', async () => {
  const storage = new SimStorage()
  await storage.makeFolder('pending')
  await createJournal(storage, PATH, { pondId: POND, generation: 'g1', baseDelta: 7, nextSequence: 3 })
  const { journal } = await openJournal(storage, PATH, POND)
  const many = Array.from({ length: 150_000 }, (_, i): JournalEntry => ({ meta: { i } }))
  await journal.append(many)
  const { frames } = await openJournal(storage, PATH, POND)
  expect(frames.length).toBe(many.length)
  expect(frames.at(-1)!.meta).toMatchObject({ i: many.length - 1 })
})

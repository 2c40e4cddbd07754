import { describe, expect, it } from 'vitest'
import { JOURNAL } from '../../src/shared/pond-folder'
import { openJournal, type JournalAction } from '../../src/main/tlogfs/journal/journal'
import { TestPond } from './test-pond'

/** A pond with something committed and something pending, whose journal a newer DuckPond went on with. */
async function wentOnWith(action: JournalAction): Promise<TestPond> {
  const pond = await TestPond.create()
  await pond.put('/committed', 'old')
  await pond.commit()
  await pond.put('/pending', 'new')
  const { journal } = await openJournal(pond.storage, JOURNAL, pond.steward.store.pondFile.pondId)
  await journal.append(action)
  await journal.close()
  return pond
}

const OPERATION = {
  kind: 'create',
  nodeId: '01910000-0000-7000-8000-000000000001',
  fileType: 'file:data',
  place: { directoryId: '00000000-0000-7000-8000-000000000000', name: 'x' },
  from: null,
  stagedAt: 1,
  size: 0,
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  baseSha256: null,
  target: null,
  priorVersion: 0,
  attributes: {},
}

describe('a journal with a record that only a newer DuckPond knows', () => {
  it.each([
    ['a kind of record', { kind: 'lease', seq: 2, until: 7 }],
    ['a field of a record', { kind: 'undo', seq: 2, discard: 1, silently: true, at: 1 }],
    ['a kind of operation', { kind: 'operation', seq: 2, operation: { ...OPERATION, kind: 'swap' } }],
    ['a type of entry', { kind: 'operation', seq: 2, operation: { ...OPERATION, fileType: 'file:link' } }],
    ['a field of an operation', { kind: 'operation', seq: 2, operation: { ...OPERATION, expires: 3 } }],
  ])('stays as it is and refuses every change: %s', async (_, meta) => {
    const before = await wentOnWith([{ meta }])
    const bytes = await before.storage.readFile(JOURNAL)
    for (const pond of [before, await before.another()]) {
      const refused = { code: 'tlogfs.newer-journal' }
      await expect(pond.put('/x', 'x')).rejects.toMatchObject(refused)
      await expect(pond.engine.commit({})).rejects.toMatchObject(refused)
      await expect(pond.engine.discard([])).rejects.toMatchObject(refused)
      await expect(pond.engine.undo()).rejects.toMatchObject(refused)
      await expect(pond.engine.gc({ graceMs: 0 })).rejects.toMatchObject(refused)
      await expect(pond.engine.recover({ setJournalAside: true })).rejects.toMatchObject(refused)
      expect(await pond.read('/committed', 'head')).toBe('old')
      expect((await pond.engine.verify({})).problems).toMatchObject([{ file: JOURNAL, kind: 'tlogfs.newer-journal' }])
    }
    expect(await before.storage.readFile(JOURNAL)).toEqual(bytes)
  })

  it('is read as ever where every record is known', async () => {
    const pond = await wentOnWith([{ meta: { kind: 'operation', seq: 2, operation: OPERATION } }])
    expect(await pond.tree()).toEqual(['/committed', '/pending', '/x'])
    await pond.commit()
    expect(await pond.read('/x')).toBe('')
  })
})

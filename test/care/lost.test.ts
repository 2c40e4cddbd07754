/** Files that somebody removed: what is lost is said, and nothing is changed on top of it. */
import { describe, expect, it } from 'vitest'
import { SimClock, SimStorage } from '../../src/main/platform/sim'
import { TestPond } from '../steward/test-pond'
import { SimulatedPond } from '../simulation/pond'

const JOURNAL = 'pending/journal'
const ENTRY = 'data/_delta_log/00000000000000000002.json'

async function twoVersions(): Promise<TestPond> {
  const pond = await TestPond.create()
  await pond.put('/one', 'one')
  await pond.commit()
  await pond.put('/two', 'two')
  await pond.commit()
  return pond
}

describe('a lost last entry of the log', () => {
  it('keeps the pond from being changed and cleaned up, is named, and leaves what is there to be read', async () => {
    const before = await twoVersions()
    await before.storage.remove(ENTRY)
    const files = (await before.storage.list('data')).length
    const pond = await before.another(before.storage.afterCrash('nothing-lost'))
    const refusal = { code: 'oplog.corrupt-log', message: expect.stringContaining(ENTRY) as string }
    await expect(pond.put('/three', 'three')).rejects.toMatchObject(refusal)
    await expect(pond.engine.commit({})).rejects.toMatchObject(refusal)
    await expect(pond.engine.gc({ graceMs: 0 })).rejects.toMatchObject(refusal)
    await expect(pond.engine.recover()).rejects.toMatchObject(refusal)
    await expect(pond.engine.recover({ setJournalAside: true })).rejects.toMatchObject(refusal)
    await expect(pond.engine.diff('head', 'pending')).rejects.toMatchObject(refusal)
    expect(await pond.tree('head')).toEqual(['/one'])
    expect((await pond.engine.verify({})).problems).toMatchObject([{ kind: 'oplog.corrupt-log' }])
    expect((await pond.storage.list('data')).length).toBe(files)
  })
})

describe('a lost journal', () => {
  it.each(['with versions', 'before the first version'])('%s keeps the pond from being changed', async (when) => {
    const before = when === 'with versions' ? await twoVersions() : await TestPond.create()
    await before.put('/pending', 'lost')
    await before.storage.remove(JOURNAL)
    const pond = await before.another(before.storage.afterCrash('nothing-lost'))
    const refusal = { code: 'tlogfs.journal-damaged', message: expect.stringContaining('missing') as string }
    await expect(pond.put('/three', 'three')).rejects.toMatchObject(refusal)
    await expect(pond.engine.diff('head', 'pending')).rejects.toMatchObject(refusal)
    await expect(pond.engine.recover()).rejects.toMatchObject(refusal)
    expect((await pond.engine.verify({})).problems).toMatchObject([{ file: JOURNAL, kind: 'tlogfs.journal-damaged' }])
    expect(await pond.tree('head')).toEqual(when === 'with versions' ? ['/one', '/two'] : [])
    const { repaired } = await pond.engine.recover({ setJournalAside: true })
    expect(repaired).toEqual([expect.stringContaining('was missing')])
    await pond.put('/three', 'three')
    await pond.commit()
    expect((await pond.engine.verify({})).problems).toEqual([])
  })

  it('is none in an early pond, which had none before its first change', async () => {
    const before = await TestPond.create()
    const storage = new SimStorage()
    await storage.makeFolder('data/_delta_log')
    for (const file of ['data/_delta_log/00000000000000000000.json', 'pond.json']) {
      const writer = await storage.create(file)
      await writer.write(await before.storage.readFile(file))
      await writer.close()
    }
    const pond = await before.another(storage)
    expect((await pond.engine.verify({})).problems).toEqual([])
    await pond.put('/one', 'one')
    expect(await pond.commit()).toBe(1)
  })
})

describe('making a pond', () => {
  it('is whole or not at all wherever it was cut short, and can be tried again', async () => {
    for (let k = 1; ; k++) {
      const storage = new SimStorage()
      storage.crashAt(k)
      const isMade = await TestPond.create(storage).then(
        () => true,
        () => false,
      )
      for (const loss of ['nothing-lost', 'all-unsynced-lost', k] as const) {
        const after = storage.afterCrash(loss)
        const isPond = (await after.stat('pond.json')) !== undefined
        if (isMade) expect(isPond).toBe(true)
        if (!isPond) await new SimulatedPond(after, 2 + k).create()
        const pond = await (await TestPond.create()).another(after)
        expect((await after.stat(JOURNAL)) !== undefined).toBe(true)
        await pond.put('/a', 'a')
        expect(await pond.commit()).toBe(1)
      }
      if (isMade) return
    }
  })
})

describe('what may be the only copy', () => {
  it('a journal set aside outlives any clean-up for seven days', async () => {
    const clock = new SimClock()
    const before = await TestPond.create(new SimStorage({ nowMs: () => Math.floor(clock.now() / 1_000) }))
    await before.put('/pending', 'p')
    const bytes = await before.storage.readFile(JOURNAL)
    bytes[30]! ^= 4
    await before.storage.remove(JOURNAL)
    const writer = await before.storage.create(JOURNAL)
    await writer.write(bytes)
    await writer.close()
    const { engine, storage } = await before.another()
    await engine.recover({ setJournalAside: true })
    const aside = (await storage.list('pending')).find(({ name }) => name.startsWith('journal.damaged-'))!.name
    const { removed } = await engine.gc({ graceMs: 0 })
    expect(removed.map(({ file }) => file)).not.toContain(`pending/${aside}`)
    expect(await storage.stat(`pending/${aside}`)).toBeDefined()
  })

  it('a large file is not said to be unnamed where rows that may name it cannot be read', async () => {
    const before = await TestPond.create()
    await before.put('/large', new Uint8Array(200_000).fill(3))
    await before.commit()
    const [file] = (await before.storage.list('data')).filter(({ name }) => name.endsWith('.parquet'))
    await before.storage.remove(`data/${file!.name}`)
    const { engine } = await before.another()
    const { ok, notes } = await engine.verify({})
    expect({ ok, notes }).toEqual({ ok: false, notes: [] })
  })
})

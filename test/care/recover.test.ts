/** A damaged journal keeps a pond from being changed until somebody has it put aside. */
import { describe, expect, it } from 'vitest'
import { SimStorage } from '../../src/main/platform/sim'
import { sameTree, treeOf, type Tree } from '../simulation/model'
import { SimulatedPond } from '../simulation/pond'

const JOURNAL = 'pending/journal'
const COUNT = 6

/** Two versions and then `COUNT` pending files, one action each; what is pending after each. */
async function pendingPond(): Promise<{ storage: SimStorage; steps: Tree[]; ends: number[] }> {
  const pond = new SimulatedPond(new SimStorage(), 1)
  await pond.create()
  const write = (path: string, commit: boolean): Promise<void> =>
    pond.perform({ kind: 'stage', changes: [{ kind: 'write', path, content: new Uint8Array(300).fill(7) }], commit })
  await write('/one', true)
  await write('/two', true)
  const engine = await pond.open()
  const steps: Tree[] = []
  const ends: number[] = []
  const note = async (): Promise<void> => {
    steps.push(await treeOf((await engine.moment('pending')).fs))
    ends.push((await pond.storage.stat(JOURNAL))!.sizeBytes)
  }
  await note()
  for (let index = 0; index < COUNT; index++) {
    await write(`/pending ${index}`, false)
    await note()
  }
  await pond.close()
  return { storage: pond.storage, steps, ends }
}

async function flip(storage: SimStorage, at: number): Promise<Uint8Array> {
  const bytes = await storage.readFile(JOURNAL)
  bytes[at]! ^= 4
  await storage.remove(JOURNAL)
  const writer = await storage.create(JOURNAL)
  await writer.write(bytes)
  await writer.close()
  return bytes
}

describe('recovery', () => {
  it('cuts the unfinished end of a journal for who writes, says so, and leaves it to itself for who reads', async () => {
    const { storage: sound, steps, ends } = await pendingPond()
    const storage = sound.afterCrash('nothing-lost')
    const whole = await storage.readFile(JOURNAL)
    const cut = Math.floor((ends[COUNT - 1]! + ends[COUNT]!) / 2)
    await storage.remove(JOURNAL)
    const writer = await storage.create(JOURNAL)
    await writer.write(whole.subarray(0, cut))
    await writer.close()

    const pond = new SimulatedPond(storage, 2)
    const engine = await pond.open()
    expect(sameTree(await treeOf((await engine.moment('pending')).fs), steps[COUNT - 1]!)).toBe(true)
    expect((await storage.stat(JOURNAL))!.sizeBytes).toBe(cut)

    const { repaired } = await engine.recover()
    expect(repaired).toHaveLength(1)
    expect(repaired[0]).toContain('journal')
    expect((await storage.stat(JOURNAL))!.sizeBytes).toBe(ends[COUNT - 1])
    expect(sameTree(await treeOf((await engine.moment('pending')).fs), steps[COUNT - 1]!)).toBe(true)
    await pond.close()
  })

  it('sets a damaged journal aside when asked, keeps the changes before the damage pending, and says so', async () => {
    const { storage: sound, steps, ends } = await pendingPond()
    for (let at = ends[0]! + 3; at < ends[COUNT - 1]!; at += 101) {
      const storage = sound.afterCrash('nothing-lost')
      const damaged = await flip(storage, at)
      const engine = await new SimulatedPond(storage, 2).open()
      const { repaired } = await engine.recover({ setJournalAside: true })
      const found = await treeOf((await engine.moment('pending')).fs)
      const before = ends.findIndex((end) => end > at) - 1
      expect({ at, kept: steps.findIndex((step) => sameTree(step, found)) }).toEqual({ at, kept: before })
      const aside = (await storage.list('pending')).find(({ name }) => name.startsWith('journal.damaged-'))!.name
      expect(repaired).toHaveLength(1)
      expect(repaired[0]).toContain(`pending/${aside}`)
      expect(repaired[0]).toContain(`still pending: ${before};`)
      expect(await storage.readFile(`pending/${aside}`)).toEqual(damaged)
      expect((await engine.commit({ message: 'goes on' })).outcome).toBe(
        before === 0 ? 'nothing-to-commit' : 'committed',
      )
      expect(await engine.recover({ setJournalAside: true })).toEqual({ repaired })
      await engine.close()
    }
  })

  it('refuses a damaged journal unless asked, and leaves it alone', async () => {
    const { storage, ends } = await pendingPond()
    const damaged = await flip(storage, ends[2]! + 5)
    const engine = await new SimulatedPond(storage, 2).open()
    await expect(engine.recover()).rejects.toMatchObject({ code: 'tlogfs.journal-damaged' })
    expect(await storage.readFile(JOURNAL)).toEqual(damaged)
    expect(await treeOf((await engine.moment('head')).fs)).toHaveProperty('size', 2)
    await engine.close()
  })

  it('keeps nothing of a journal that cannot be begun, or that a commit has overtaken', async () => {
    const { storage: sound, ends } = await pendingPond()
    const unreadable = sound.afterCrash('nothing-lost')
    await flip(unreadable, 20)
    const first = await new SimulatedPond(unreadable, 2).open()
    expect((await first.recover({ setJournalAside: true })).repaired[0]).toContain('nothing in it can be read')
    expect(await first.status()).toMatchObject({ version: 2, pendingOperations: 0 })
    await first.close()

    // The journal from before a commit comes back, as from an old backup, and is damaged on top.
    const overtaken = sound.afterCrash('nothing-lost')
    const old = await overtaken.readFile(JOURNAL)
    const other = await new SimulatedPond(overtaken, 3).open()
    expect((await other.commit({ message: 'took them' })).outcome).toBe('committed')
    await other.close()
    await overtaken.remove(JOURNAL)
    const writer = await overtaken.create(JOURNAL)
    await writer.write(old)
    await writer.close()
    await flip(overtaken, ends[3]! + 5)
    const second = await new SimulatedPond(overtaken, 4).open()
    expect((await second.recover({ setJournalAside: true })).repaired[0]).toContain('may be committed already')
    expect(await second.status()).toMatchObject({ version: 3, pendingOperations: 0 })
    await second.close()
  })

  it('that ends at any step leaves the damage in place or the journal set aside, never less', async () => {
    const { storage: sound, steps, ends } = await pendingPond()
    const damagedStorage = sound.afterCrash('nothing-lost')
    await flip(damagedStorage, ends[4]! + 5)
    for (let k = 1; ; k++) {
      const storage = damagedStorage.afterCrash('nothing-lost')
      storage.crashAt(k)
      const dying = new SimulatedPond(storage, 2)
      const isDone = await dying
        .open()
        .then((engine) => engine.recover({ setJournalAside: true }))
        .then(
          () => true,
          () => false,
        )
      await dying.close()
      if (isDone) {
        expect(k).toBeGreaterThan(6)
        return
      }
      for (const loss of ['nothing-lost', 'all-unsynced-lost', k] as const) {
        const next = await new SimulatedPond(storage.afterCrash(loss), 3).open()
        await next.recover({ setJournalAside: true })
        expect(sameTree(await treeOf((await next.moment('pending')).fs), steps[4]!)).toBe(true)
        await next.close()
      }
    }
  })
})

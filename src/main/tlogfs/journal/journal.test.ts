import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { isPondError } from '../../../shared/errors'
import type { Storage } from '../../platform'
import { SimStorage } from '../../platform/sim'
import { createJournal, openJournal, type Journal, type JournalEntry, type JournalFrame } from './journal'

const POND = '01890000-0000-7000-8000-00000000abcd'
const HEADER = { pondId: POND, generation: 'g1', baseDelta: 7, nextSequence: 3 }
const PATH = 'pending/journal'

type Action = readonly JournalEntry[]

const entry = fc.record({
  meta: fc.record({ kind: fc.constant('operation'), text: fc.string() }),
  content: fc.uint8Array({ maxLength: 200 }),
})
const action = fc.array(entry, { minLength: 1, maxLength: 4 })
const history = fc.array(action, { minLength: 1, maxLength: 6 })
/** Of the size that tears. */
const largeAction = fc.array(
  fc.record({
    meta: fc.record({ kind: fc.constant('operation'), text: fc.string() }),
    content: fc.integer({ min: 0, max: 9_000 }).map((size) => new Uint8Array(size).fill(7)),
  }),
  { minLength: 1, maxLength: 4 },
)
const anywhere = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

const one = (text: string, content = new Uint8Array([1, 2])): JournalEntry[] => [
  { meta: { kind: 'operation', text }, content },
]
const plain = (actions: readonly Action[]): unknown[] =>
  actions.flat().map(({ meta, content }) => [meta['text'], Buffer.from(content ?? []).toString('hex')])
const read = (journal: Journal, frames: readonly JournalFrame[]): Promise<unknown[]> =>
  Promise.all(
    frames.map(async ({ meta, content }) => [
      meta['text'],
      Buffer.from(await journal.readContent(content)).toString('hex'),
    ]),
  )
const open = (storage: Storage): ReturnType<typeof openJournal> => openJournal(storage, PATH, POND)
/** What a process that comes new to it finds. */
async function found(storage: Storage): Promise<unknown[]> {
  const { journal, frames } = await open(storage)
  return read(journal, frames)
}

/** A journal with these actions, and the offsets at which they end; the first is the header's. */
async function written(
  actions: readonly Action[],
  storage = new SimStorage(),
): Promise<{ storage: SimStorage; journal: Journal; bytes: Uint8Array; ends: number[] }> {
  await storage.makeFolder('pending')
  await createJournal(storage, PATH, HEADER)
  const { journal } = await open(storage)
  const size = async (): Promise<number> => (await storage.stat(PATH))!.sizeBytes
  const ends = [await size()]
  for (const each of actions) {
    await journal.append(each)
    ends.push(await size())
  }
  return { storage, journal, bytes: await storage.readFile(PATH), ends }
}

async function overwrite(storage: Storage, bytes: Uint8Array): Promise<void> {
  const writer = await storage.create(`${PATH}.other`)
  await writer.write(bytes)
  await writer.close()
  await storage.replace(`${PATH}.other`, PATH)
}

describe('a pending journal', () => {
  it('gives back every action, with its content, and what its header says', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (actions) => {
        const { storage } = await written(actions)
        const { journal, frames } = await open(storage)
        expect(await read(journal, frames)).toEqual(plain(actions))
        expect(journal).toMatchObject({ generation: 'g1', baseDelta: 7, nextSequence: 3, tailBytes: 0 })
      }),
    )
  })

  it('returns from append where another reads the contents', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (actions) => {
        const { storage, journal } = await written([])
        const contents = []
        for (const each of actions) contents.push(...(await journal.append(each)))
        const other = await open(storage)
        expect(contents).toEqual(other.frames.map(({ content }) => content))
        expect(await read(journal, other.frames)).toEqual(plain(actions))
        expect(await journal.refresh()).toEqual({ replaced: false, frames: [] })
      }),
    )
  })

  it('cut anywhere, holds exactly the actions that are whole, and goes on after its tail is cut', async () => {
    await fc.assert(
      fc.asyncProperty(history, anywhere, async (actions, where) => {
        const { storage, bytes, ends } = await written(actions)
        const size = ends[0]! + Math.floor(where * (bytes.length - ends[0]! + 1))
        await overwrite(storage, bytes.subarray(0, size))
        const whole = ends.filter((end) => end <= size).length - 1
        const { journal, frames } = await open(storage)
        expect(await read(journal, frames)).toEqual(plain(actions.slice(0, whole)))
        expect((await journal.cutTail())?.bytes ?? 0).toBe(size - ends[whole]!)
        expect(journal.tailBytes).toBe(0)
        const asides = (await storage.list('pending')).filter(({ name }) => name.includes('.cut-'))
        expect(asides.length).toBe(size === ends[whole] ? 0 : 1)
        for (const { name } of asides)
          expect(await storage.readFile(`pending/${name}`)).toEqual(bytes.slice(ends[whole], size))
        await journal.append(one('after'))
        expect(await found(storage)).toEqual([...plain(actions.slice(0, whole)), ['after', '0102']])
      }),
    )
  })

  it('with any byte changed, is damaged, or lacks its last action, or owns up when the content is read', async () => {
    await fc.assert(
      fc.asyncProperty(history, anywhere, fc.integer({ min: 1, max: 255 }), async (actions, where, flip) => {
        const { storage, bytes, ends } = await written(actions)
        const at = Math.floor(where * bytes.length)
        const changed = bytes.slice()
        changed[at] = changed[at]! ^ flip
        await overwrite(storage, changed)
        const hit = ends.findIndex((end) => at < end) - 1
        const opened = await open(storage).catch((error: unknown) => error)
        if (hit === actions.length - 1) {
          const { journal, frames } = opened as Awaited<ReturnType<typeof open>>
          expect(await read(journal, frames)).toEqual(plain(actions.slice(0, -1)))
          expect(journal.tailBytes).toBe(bytes.length - ends.at(-2)!)
        } else if (opened instanceof Error) {
          expect(isPondError(opened, 'tlogfs.journal-damaged')).toBe(true)
        } else {
          expect(hit).toBeGreaterThanOrEqual(0)
          const { journal, frames } = opened as Awaited<ReturnType<typeof open>>
          expect(frames.length).toBe(plain(actions).length)
          const results = await Promise.allSettled(frames.map(({ content }) => journal.readContent(content)))
          expect(results.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1)
        }
      }),
      { numRuns: runs(400) },
    )
  })

  it('does not take zeros, or its own frames kept as content, for later actions', async () => {
    const first = await written([one('a'), one('b')])
    const { storage, bytes, ends } = await written([
      one('a'),
      one('b'),
      one('c', new Uint8Array(first.bytes)),
      one('d'),
    ])
    // The third action is torn, and its content is a journal of the same generation.
    const torn = bytes.slice(0, ends[3])
    torn[ends[2]! + 3] = 0
    await overwrite(storage, torn)
    expect(await found(storage)).toEqual(plain([one('a'), one('b')]))
    await overwrite(storage, new Uint8Array([...bytes, ...new Uint8Array(5_000)]))
    const { journal, frames } = await open(storage)
    expect(frames.length).toBe(4)
    expect(journal.tailBytes).toBe(5_000)
  })

  it('refuses one of another pond, and one that is none', async () => {
    const { storage } = await written([])
    await expect(openJournal(storage, PATH, 'another')).rejects.toMatchObject({ code: 'tlogfs.foreign-journal' })
    await overwrite(storage, new Uint8Array(0))
    await expect(open(storage)).rejects.toMatchObject({ code: 'tlogfs.journal-damaged' })
    await storage.remove(PATH)
    await expect(open(storage)).rejects.toMatchObject({ code: 'platform.not-found' })
  })
})

describe('a pending journal that others change too', () => {
  it('shows what was appended, and that it was replaced, and still reads what it knew', async () => {
    const { storage, journal } = await written([])
    const reader = await open(storage)
    await journal.append(one('a'))
    const [frame] = (await reader.journal.refresh()).frames
    expect(frame!.meta).toMatchObject({ text: 'a' })
    expect(await journal.replace({ generation: 'g2', baseDelta: 8, nextSequence: 9, action: one('b') })).toHaveLength(1)
    const { replaced, frames } = await reader.journal.refresh()
    expect(replaced).toBe(true)
    expect(await read(reader.journal, frames)).toEqual(plain([one('b')]))
    expect(reader.journal).toMatchObject({ generation: 'g2', baseDelta: 8, nextSequence: 9 })
    expect([...(await reader.journal.readContent(frame!.content))]).toEqual([1, 2])
    for (const generation of ['g3', 'g4', 'g5', 'g6']) {
      await journal.replace({ generation, baseDelta: 9, nextSequence: 9, action: [] })
      await reader.journal.refresh()
    }
    await expect(reader.journal.readContent(frame!.content)).rejects.toMatchObject({ code: 'tlogfs.missing-content' })
  })

  it('notices an action that was seen and then taken back, whatever came in its place', async () => {
    await fc.assert(
      fc.asyncProperty(history, action, fc.option(action), async (actions, seen, instead) => {
        const { storage, ends } = await written(actions)
        const { journal } = await open(storage)
        await journal.append(seen)
        const reader = await open(storage)
        await storage.truncate(PATH, ends.at(-1)!)
        const expected = instead === null ? actions : [...actions, instead]
        if (instead !== null) {
          const other = await open(storage)
          await other.journal.append(instead)
        }
        const { replaced, frames } = await reader.journal.refresh()
        expect(replaced).toBe(true)
        expect(await read(reader.journal, frames)).toEqual(plain(expected))
      }),
    )
  })
})

describe('a pending journal on a failing disk', () => {
  it('is as it was after a write that failed, and can be appended to', async () => {
    const { storage, journal } = await written([one('a')])
    storage.failAt(storage.operations + 1, 'no-space')
    await expect(journal.append(one('b'))).rejects.toMatchObject({ code: 'platform.no-space' })
    expect(await found(storage)).toEqual(plain([one('a')]))
    await journal.append(one('c'))
    expect(await found(storage)).toEqual(plain([one('a'), one('c')]))
  })

  it('takes nothing more after a sync that failed, until it is a new generation', async () => {
    const { storage, journal } = await written([one('a')])
    storage.failAt(storage.operations + 2, 'io')
    await expect(journal.append(one('b'))).rejects.toMatchObject({ code: 'platform.io' })
    expect(journal.poisoned).toBe(true)
    await expect(journal.append(one('c'))).rejects.toMatchObject({ code: 'platform.io' })
    await journal.refresh()
    expect(journal.poisoned).toBe(true)
    await journal.replace({ ...HEADER, generation: 'g2', action: one('a') })
    expect(journal.poisoned).toBe(false)
    await journal.append(one('d'))
    expect(await found(storage)).toEqual(plain([one('a'), one('d')]))
  })

  it('keeps what was acknowledged, and what was not only whole, wherever the power fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(largeAction, { minLength: 1, maxLength: 4 }),
        fc.nat(40),
        fc.nat(),
        async (actions, k, seed) => {
          const { storage, journal } = await written([])
          storage.crashAt(storage.operations + k)
          const done: Action[] = []
          try {
            for (const each of actions) {
              await journal.append(each)
              done.push(each)
            }
            await journal.replace({ ...HEADER, generation: 'g2', action: done.flat() })
          } catch (error) {
            expect(isPondError(error, 'platform.crashed')).toBe(true)
          }
          for (const loss of ['nothing-lost', 'all-unsynced-lost', seed, seed + 1, seed + 2] as const) {
            const after = storage.afterCrash(loss)
            const { journal: reopened, frames } = await open(after)
            const now = await read(reopened, frames)
            const all = [plain(done), plain(actions.slice(0, done.length + 1))]
            expect(all).toContainEqual(now)
            await reopened.cutTail()
            await reopened.append(one('next'))
            expect(await found(after.afterCrash('all-unsynced-lost'))).toEqual([...now, ['next', '0102']])
          }
        },
      ),
      { numRuns: runs(150) },
    )
  })

  it('is durable with its folder from the moment it is made', async () => {
    const storage = new SimStorage()
    await storage.makeFolder('pending')
    await createJournal(storage, PATH, HEADER)
    expect(await found(storage.afterCrash('all-unsynced-lost'))).toEqual([])
  })
})

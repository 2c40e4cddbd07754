import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isPondError } from '../../shared/errors'
import { nodeStorage } from '../platform/node'
import { createJournal, openJournal, type Journal, type JournalEntry } from './journal'

const POND = '01890000-0000-7000-8000-00000000abcd'
const header = { pondId: POND, generation: 'g1', baseDelta: 7, nextSequence: 3 }
const PATH = 'pending/journal'

const entry = fc.record({
  meta: fc.record({ kind: fc.constant('operation'), text: fc.string() }),
  content: fc.uint8Array({ maxLength: 200 }),
})
const history = fc.array(fc.array(entry, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })

describe('the pending journal', () => {
  let folder: string
  let file: string
  const storage = () => nodeStorage(folder)

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pond-journal-'))
    file = join(folder, PATH)
    await storage().makeFolder('pending')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const contents = async (journal: Journal): Promise<unknown[]> =>
    Promise.all(journal.frames.map(async (frame) => [frame.meta['text'], [...(await journal.readContent(frame))]]))
  const flat = (actions: readonly (readonly JournalEntry[])[]): unknown[] =>
    actions.flat().map(({ meta, content }) => [meta['text'], [...(content ?? [])]])

  const bytesOf = async (actions: readonly (readonly JournalEntry[])[]): Promise<{ bytes: Buffer; ends: number[] }> => {
    await createJournal(storage(), PATH, header)
    const journal = await openJournal(storage(), PATH, POND)
    const ends = [readFileSync(file).length]
    for (const action of actions) {
      await journal.append(action)
      ends.push(readFileSync(file).length)
    }
    await journal.close()
    return { bytes: readFileSync(file), ends }
  }

  it('gives back every action, with its content', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (actions) => {
        await bytesOf(actions)
        const journal = await openJournal(storage(), PATH, POND)
        expect(await contents(journal)).toEqual(flat(actions))
        expect(journal).toMatchObject({ generation: 'g1', baseDelta: 7, nextSequence: 3, tailBytes: 0 })
        await journal.close()
      }),
      { numRuns: 30 },
    )
  })

  it('cut anywhere, holds exactly the actions that were whole', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.double({ min: 0, max: 1, noNaN: true }), async (actions, where) => {
        const { bytes, ends } = await bytesOf(actions)
        const size = (ends[0] as number) + Math.floor(where * (bytes.length - (ends[0] as number)))
        writeFileSync(file, bytes.subarray(0, size))
        const whole = ends.filter((end) => end <= size).length - 1
        const journal = await openJournal(storage(), PATH, POND)
        expect(await contents(journal)).toEqual(flat(actions.slice(0, whole)))
        const cut = await journal.cutTail()
        expect(cut).toBe(size - (ends[whole] as number))
        await journal.append([{ meta: { kind: 'operation', text: 'after' } }])
        expect((await contents(journal)).at(-1)).toEqual(['after', []])
        await journal.close()
      }),
      { numRuns: 40 },
    )
  })

  it('with any byte changed, yields whole actions of before or says that it is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 255 }),
        async (actions, where, flip) => {
          const { bytes } = await bytesOf(actions)
          const at = Math.min(bytes.length - 1, Math.floor(where * bytes.length))
          const changed = Buffer.from(bytes)
          changed[at] = (changed[at] as number) ^ flip
          writeFileSync(file, changed)
          try {
            const journal = await openJournal(storage(), PATH, POND)
            const read = await contents(journal)
            expect(flat(actions).slice(0, read.length)).toEqual(read)
            expect(actions.map((_, i) => flat(actions.slice(0, i)).length).concat(flat(actions).length)).toContain(
              read.length,
            )
            await journal.close()
          } catch (error) {
            expect(isPondError(error, 'tlogfs.journal-damaged')).toBe(true)
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it('shows a reader what another process appended, and that it was replaced', async () => {
    await createJournal(storage(), PATH, header)
    const reader = await openJournal(storage(), PATH, POND)
    const writer = await openJournal(storage(), PATH, POND)
    await writer.append([{ meta: { kind: 'operation', text: 'a' }, content: new Uint8Array([1, 2]) }])
    const [frame] = (await reader.refresh()).frames
    expect(frame?.meta).toMatchObject({ text: 'a' })
    await writer.replace({ generation: 'g2', baseDelta: 8, nextSequence: 9, actions: [] })
    expect(await reader.refresh()).toEqual({ replaced: true, frames: [] })
    expect(reader).toMatchObject({ generation: 'g2', baseDelta: 8 })
    // Content of the generation before can still be read by whoever holds a frame of it.
    expect([...(await reader.readContent(frame as NonNullable<typeof frame>))]).toEqual([1, 2])
    await Promise.all([reader.close(), writer.close()])
  })

  it('refuses one of another pond', async () => {
    await createJournal(storage(), PATH, header)
    await expect(openJournal(storage(), PATH, 'another')).rejects.toMatchObject({ code: 'tlogfs.foreign-journal' })
  })

  it('does not take zeros after its end for frames', async () => {
    const { bytes } = await bytesOf([[{ meta: { kind: 'operation', text: 'a' } }]])
    writeFileSync(file, Buffer.concat([bytes, Buffer.alloc(5000)]))
    const journal = await openJournal(storage(), PATH, POND)
    expect(journal.frames).toHaveLength(1)
    expect(journal.tailBytes).toBe(5000)
    await journal.close()
  })
})

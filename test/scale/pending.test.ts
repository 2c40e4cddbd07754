import { describe, expect, it } from 'vitest'
import type { Storage } from '../../src/main/platform'
import { SimStorage } from '../../src/main/platform/sim'
import { createJournal } from '../../src/main/tlogfs/journal/journal'
import type { Operation } from '../../src/main/tlogfs/content/operation'
import { ROOT_ID } from '../../src/main/tlogfs/content/operation'
import { Pending } from '../../src/main/tlogfs/journal/pending'

const PATH = 'pending/journal'
const HEADER = { pondId: 'p', generation: 'g1', baseDelta: 0, nextSequence: 1 }

async function opened(storage: Storage): Promise<Pending> {
  await storage.makeFolder('pending')
  await createJournal(storage, PATH, HEADER)
  return Pending.open(storage, PATH, 'p')
}

function creation(seq: number, size: number): Operation {
  return {
    seq,
    kind: 'create',
    nodeId: `node-${seq}`,
    fileType: 'file:data',
    place: { directoryId: ROOT_ID, name: `file-${seq}` },
    from: null,
    stagedAt: seq,
    size,
    sha256: `${seq}`,
    minEventTime: null,
    maxEventTime: null,
    baseSha256: null,
    target: null,
    priorVersion: 0,
    attributes: {},
  }
}

async function stage(pending: Pending, seqs: readonly number[], size = 3): Promise<void> {
  const contents = new Map(seqs.map((seq) => [seq, new Uint8Array(size).fill(seq)]))
  await pending.appendOperations(
    seqs.map((seq) => creation(seq, size)),
    contents,
  )
}

const seqsOf = (operations: readonly Operation[]): number[] => operations.map(({ seq }) => seq)
const none = new Set<number>()

describe('what is pending', () => {
  it('goes to the next generation piece by piece, so that memory does not grow with it', async () => {
    const size = 60_000
    const held = { now: 0, most: 0 }
    const pending = await opened(metered(new SimStorage(), held))
    const seqs = Array.from({ length: 300 }, (_, i) => i + 1)
    for (let from = 0; from < seqs.length; from += 50) await stage(pending, seqs.slice(from, from + 50), size)
    Object.assign(held, { now: 0, most: 0 })
    await pending.startGeneration({ generation: 'g2', baseDelta: 1, committed: new Set([1, 150]) })
    expect(held.most).toBeGreaterThan(size)
    expect(held.most).toBeLessThan(3 << 20)
    expect(seqsOf(await pending.operations(none))).toEqual(seqs.filter((seq) => seq !== 1 && seq !== 150))
    const read = pending.contentReader()
    for (const seq of [2, 149, 151, 300]) expect(await read(seq)).toEqual(new Uint8Array(size).fill(seq))
  })

  it('keeps what was discarded for an undo while anything stays pending, and lets it go with the last commit', async () => {
    const pending = await opened(new SimStorage())
    await stage(pending, [1, 2, 3, 4])
    await pending.appendDiscard({ seqs: new Set([2]), failing: new Set([2]), at: 0 })
    await pending.startGeneration({ generation: 'g2', baseDelta: 1, committed: new Set([1]) })
    expect(seqsOf(await pending.operations(none))).toEqual([3, 4])
    const last = pending.lastUndoable(new Set())
    expect(last).toMatchObject({ seqs: new Set([2]), failing: new Set([2]) })
    expect(seqsOf(await pending.operationsWithout(last!.seq, none))).toEqual([2, 3, 4])
    expect(await pending.contentReader()(2)).toEqual(new Uint8Array(3).fill(2))
    await pending.startGeneration({ generation: 'g3', baseDelta: 2, committed: new Set([3, 4]) })
    expect(await pending.operations(none)).toEqual([])
    expect(pending.lastUndoable(new Set())).toBeUndefined()
    expect(pending.nextSeq).toBe(6)
  })

  it('forgets a discard that was undone, and goes on counting where it was', async () => {
    const pending = await opened(new SimStorage())
    await stage(pending, [1, 2])
    await pending.appendDiscard({ seqs: new Set([1]), failing: none, at: 0 })
    await pending.appendUndo(pending.lastUndoable(new Set())!.seq, 0)
    await pending.startGeneration({ generation: 'g2', baseDelta: 0, committed: none })
    expect(seqsOf(await pending.operations(none))).toEqual([1, 2])
    expect(pending.lastUndoable(new Set())).toBeUndefined()
    expect(pending.nextSeq).toBe(5)
  })
})

/** A storage that notes how many of the bytes read from it were not written to it again yet. */
function metered(storage: Storage, held: { now: number; most: number }): Storage {
  const note = (bytes: number): void => {
    held.now += bytes
    held.most = Math.max(held.most, held.now)
  }
  const noting = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name, object)
        if (typeof value !== 'function') return value
        return async (...input: unknown[]) => {
          const output: unknown = await Reflect.apply(value, object, input)
          if (name === 'read') note((output as Uint8Array).length)
          // What is read of the new file afterwards is looked at and let go.
          if (name === 'replace') held.now = -Infinity
          if (name === 'write') note(-(input[0] as Uint8Array).length)
          return name === 'open' || name === 'create' ? noting(output as object) : output
        }
      },
    })
  return noting(storage)
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareUtf8 } from '../../shared/path'
import { Pace } from '../platform'
import { SimClock } from '../platform/sim'
import type { DirectoryEntry } from '../tinyfs'
import { DirectoryState, type NameChanges } from './view/directory-state'
import { OverlayNames } from './overlay/overlay-names'

/** Each with the spellings that are equal after NFC: another program may have written any of them. */
const SPELLINGS = [
  ['caf\u00e9', 'cafe\u0301'],
  ['\u1ebf', '\u00ea\u0301', 'e\u0302\u0301'],
  ['\u00c5', '\u212b', 'A\u030a'],
  ['plain'],
  ['\uffee'],
  ['\u{1f986}'],
]
const ALL = SPELLINGS.flat()
const STORED = { fullEntries: 0, deltaEntries: 0, deltaRows: 0 }

const pace = new Pace(new SimClock())

let ids = 0
const changes: fc.Arbitrary<NameChanges> = fc
  .array(fc.tuple(fc.constantFrom(...ALL), fc.boolean()), { maxLength: 8 })
  .map((some) => new Map(some.map(([name, isThere]) => [name, isThere ? entryOf(name) : null])))

function entryOf(name: string): DirectoryEntry {
  return { name, node: { id: `node-${++ids}`, fileType: 'file:data', parentId: 'd' } }
}

/** What a directory with these names must answer. */
function mustBe(
  model: ReadonlyMap<string, DirectoryEntry>,
  answers: {
    readonly sorted: readonly DirectoryEntry[]
    readonly lookup: (name: string) => DirectoryEntry | undefined
  },
): void {
  expect(answers.sorted).toEqual([...model.values()].sort((a, b) => compareUtf8(a.name, b.name)))
  for (const name of ALL) {
    const found = answers.lookup(name)
    const twins = [...model.values()].filter((entry) => entry.name.normalize('NFC') === name.normalize('NFC'))
    if (model.has(name)) expect(found).toBe(model.get(name))
    else if (twins.length > 0) expect(twins).toContain(found)
    else expect(found).toBeUndefined()
  }
}

function applied(model: Map<string, DirectoryEntry>, some: NameChanges): void {
  for (const [name, entry] of some) {
    if (entry === null) model.delete(name)
    else model.set(name, entry)
  }
}

describe('the names in a directory', () => {
  it('are all listed, each is reached by its exact spelling, and else one that is equal after NFC', () => {
    fc.assert(
      fc.property(changes, fc.array(changes, { maxLength: 4 }), (first, later) => {
        const model = new Map<string, DirectoryEntry>()
        applied(model, first)
        let state = DirectoryState.of(new Map(first), STORED)
        for (const some of [new Map<string, DirectoryEntry | null>(), ...later]) {
          applied(model, some)
          state = state.next(some, STORED)
          mustBe(model, { sorted: state.sorted(), lookup: (name) => state.lookup(name) })
          expect(state.size).toBe(model.size)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('are the same with what is pending on top', async () => {
    await fc.assert(
      fc.asyncProperty(changes, fc.array(changes, { maxLength: 4 }), async (first, later) => {
        const model = new Map<string, DirectoryEntry>()
        applied(model, first)
        const base = DirectoryState.of(new Map(first), STORED)
        let names = new OverlayNames()
        for (const some of [new Map<string, DirectoryEntry | null>(), ...later]) {
          applied(model, some)
          // A copy to go on from, as each stage makes one.
          const before = await names.sorted('d', { base, pace })
          const next = new OverlayNames(names)
          for (const [name, entry] of some) {
            if (entry === null) next.remove({ directoryId: 'd', name })
            else next.set({ directoryId: 'd', name }, entry.node)
          }
          expect(await names.sorted('d', { base, pace })).toEqual(before)
          names = next
          const own = new Map([...model].map(([name]) => [name, next.lookup('d', base, name)!]))
          mustBe(own, {
            sorted: await names.sorted('d', { base, pace }),
            lookup: (name) => next.lookup('d', base, name),
          })
          expect([...own.values()]).toEqual([...model.values()])
        }
      }),
      { numRuns: 300 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../../shared/testing/runs'
import { OplogTable } from '../table'
import { FOLDER, Ledger, lineOf, read, row } from '../testing/ledger'
import { override } from '../testing/storage'
import type { OplogRow } from './row'
import { DIRECTORIES_TAG } from './directory-filter'

const id = (number: number): string => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
const DIRECTORIES = [1, 2, 3].map(id)
const NODES = Array.from({ length: 12 }, (_, index) => id(100 + index))

/** What happens to a directory of its own, or to a node in one, in each of some commits. */
const change = fc.record({ part: fc.nat(2), node: fc.nat(NODES.length), content: fc.uint8Array({ maxLength: 20 }) })
const history = fc.array(fc.array(change, { maxLength: 4 }), { minLength: 20, maxLength: 60 })

/** Commits a history, in which each node's versions count up, and merges what is due now and then. */
async function commitAll(commits: readonly (readonly { part: number; node: number; content: Uint8Array }[])[]) {
  const ledger = await Ledger.create()
  const versions = new Map<string, number>()
  for (const [index, changes] of commits.entries()) {
    await ledger.commit(
      changes.map(({ part, node, content }) => {
        const partId = DIRECTORIES[part]!
        const nodeId = node === NODES.length ? partId : NODES[node]!
        const version = (versions.get(nodeId) ?? 0) + 1
        versions.set(nodeId, version)
        return row({ partId, nodeId, version, content, fileType: nodeId === partId ? 'directory' : 'file:data' })
      }),
    )
    if (index % 17 === 16) await ledger.compact()
  }
  await ledger.reopen()
  return ledger
}

function newestOf(rows: readonly OplogRow[], parts: ReadonlyMap<string, string>, upTo: number): string[] {
  const newest = new Map<string, OplogRow>()
  for (const each of rows) {
    if (each.txnSeq > upTo || parts.get(each.nodeId) !== each.partId) continue
    if ((newest.get(each.nodeId)?.version ?? 0) < each.version) newest.set(each.nodeId, each)
  }
  return [...newest.values()].map((each) => lineOf(each)).sort()
}

describe('the newest rows of some nodes', () => {
  it('are those of the greatest version up to any pond version, each in its part', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.subarray(NODES, { minLength: 1 }), fc.nat(2), async (commits, nodes, part) => {
        const ledger = await commitAll(commits)
        const snapshot = await ledger.table.snapshot()
        const parts = new Map(nodes.map((node, index) => [node, DIRECTORIES[(part + (index % 2)) % 3]!]))
        for (let upTo = 0; upTo <= commits.length; upTo += 5) {
          const found = await snapshot.newest({ nodes: parts, txnSeqUpTo: upTo, content: true })
          expect([...found.values()].map((each) => lineOf(each)).sort()).toEqual(newestOf(ledger.rows, parts, upTo))
        }
      }),
      { numRuns: runs(15) },
    )
  })

  it('are read without opening the files before them', async () => {
    const ledger = await Ledger.create()
    for (let version = 1; version <= 60; version++) {
      await ledger.commit(NODES.map((nodeId) => row({ partId: DIRECTORIES[0]!, nodeId, version })))
      if (version % 16 === 0) await ledger.compact()
    }
    const { table, opened } = await watched(ledger)
    const snapshot = await table.snapshot()
    expect(snapshot.files.length).toBeGreaterThan(10)
    const parts = new Map(NODES.map((node) => [node, DIRECTORIES[0]!]))
    opened.clear()
    const found = await snapshot.newest({ nodes: parts, txnSeqUpTo: 60 })
    expect([...found.values()].map(({ version }) => version)).toEqual(NODES.map(() => 60))
    expect(opened.size).toBe(1)
  })

  it('are found where a compaction and a clean-up have moved them meanwhile', async () => {
    const ledger = await Ledger.create()
    for (let version = 1; version <= 20; version++) await ledger.commit([row({ version })])
    await ledger.reopen()
    const before = await ledger.table.snapshot()
    expect(await ledger.compact()).toMatchObject({ filesAfter: 1 })
    for (const { path } of before.files) await ledger.storage.remove(`${FOLDER}/${path}`)
    const [{ nodeId, partId }] = ledger.rows as [OplogRow]
    const found = await before.newest({ nodes: new Map([[nodeId, partId]]), txnSeqUpTo: 7 })
    expect(found.get(nodeId)?.version).toBe(7)
  })
})

describe("directories' own rows", () => {
  it('are all found, whichever files have them', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.subarray(DIRECTORIES), async (commits, wanted) => {
        const ledger = await commitAll(commits)
        const snapshot = await ledger.table.snapshot()
        const own = ({ partId, nodeId }: OplogRow): boolean => partId === nodeId
        const directories = new Set(wanted)
        expect(await read(snapshot, { directories, content: true })).toEqual(
          ledger.expected((each) => own(each) && directories.has(each.nodeId)),
        )
        for (const partId of wanted) {
          expect(await read(snapshot, { partId, nodeId: partId, content: true })).toEqual(
            ledger.expected((each) => own(each) && each.nodeId === partId),
          )
        }
      }),
      { numRuns: runs(15) },
    )
  })

  it('are looked for only in files that may have some, which their entries of the log tell', async () => {
    const ledger = await Ledger.create()
    for (let version = 1; version <= 30; version++) {
      const fields = { partId: DIRECTORIES[0]!, version }
      await ledger.commit([
        version === 3 ? row({ ...fields, nodeId: DIRECTORIES[0]! }) : row({ ...fields, nodeId: NODES[0]! }),
      ])
    }
    const { table, opened } = await watched(ledger)
    const snapshot = await table.snapshot()
    expect(snapshot.files).toHaveLength(30)
    opened.clear()
    const [partId] = DIRECTORIES
    const expected = ledger.expected(({ version }) => version === 3)
    expect(await read(snapshot, { partId: partId!, nodeId: partId!, content: true })).toEqual(expected)
    expect(await read(snapshot, { directories: new Set(DIRECTORIES), content: true })).toEqual(expected)
    expect(opened.size).toBe(1)
  })

  it('are found in files whose entries do not tell, as before there was a tag, or of very many directories', async () => {
    const ledger = await Ledger.create()
    const many = Array.from({ length: 2_100 }, (_, index) => id(10_000 + index))
    await ledger.commit(many.map((each) => row({ partId: each, nodeId: each })))
    await ledger.reopen()
    const snapshot = await ledger.table.snapshot()
    const [add] = [...snapshot.state.live.values()].map((file) => file.add)
    expect(add?.tags).not.toHaveProperty(DIRECTORIES_TAG)
    const wanted = new Set([many[0]!, many[2_099]!])
    expect(await read(snapshot, { directories: wanted })).toEqual(
      ledger.expected(({ nodeId }) => wanted.has(nodeId), false),
    )
  })
})

/** The table over its storage again, telling which data files are opened. */
async function watched(ledger: Ledger): Promise<{ readonly table: OplogTable; readonly opened: Set<string> }> {
  const opened = new Set<string>()
  const { storage } = ledger
  const storageWatched = override(storage, {
    open: (path) => (opened.add(path), storage.open(path)),
    readFile: (path) => (opened.add(path), storage.readFile(path)),
  })
  return { table: await OplogTable.open(storageWatched, FOLDER, ledger.world), opened }
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import { SimStorage } from '../platform/sim'
import { OplogTable } from './table'
import { countReads } from './testing/storage'
import { FOLDER, Ledger, PARTS, anyRow, read, row } from './testing/ledger'
import type { OplogRow } from './row'
import type { ScanFilter } from './scan'
import type { Snapshot } from './snapshot'

const LOG = `${FOLDER}/_delta_log`

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('commit' as const), rows: fc.array(anyRow, { maxLength: 6 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('checkpoint' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('compact' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('no hint', 'wrong hint', 'torn checkpoint') }) },
)

async function replace(storage: SimStorage, path: string, bytes: Uint8Array): Promise<void> {
  await storage.remove(path)
  const file = await storage.create(path)
  await file.write(bytes)
  await file.close()
}

/** What a crash or a careless tool may leave of a checkpoint or the hint. */
async function spoil(storage: SimStorage, how: string): Promise<void> {
  const names = (await storage.list(LOG)).map(({ name }) => name).sort()
  if (how === 'no hint') await storage.remove(`${LOG}/_last_checkpoint`)
  if (how === 'wrong hint')
    await replace(storage, `${LOG}/_last_checkpoint`, new TextEncoder().encode('{"version":999}'))
  const checkpoint = names.findLast((name) => name.endsWith('.checkpoint.parquet'))
  if (how !== 'torn checkpoint' || checkpoint === undefined) return
  const bytes = await storage.readFile(`${LOG}/${checkpoint}`)
  await replace(storage, `${LOG}/${checkpoint}`, bytes.subarray(0, bytes.length >> 1))
}

describe('a history of commits, checkpoints, compactions and reopenings', () => {
  it('holds at every version the rows that were committed up to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 0, max: 40 }),
        async (steps, small) => {
          const storage = new SimStorage()
          const ledger = await Ledger.create(storage)
          // Enough tiny files that a compaction finds something to do.
          for (let index = 0; index < small; index++) await ledger.commit([])
          for (const each of steps) {
            if (each.kind === 'commit') expect((await ledger.commit(each.rows)).outcome).toBe('committed')
            else if (each.kind === 'checkpoint') await ledger.checkpoint()
            else if (each.kind === 'compact') await ledger.compact()
            else if (each.kind === 'reopen') await ledger.reopen()
            else await spoil(storage, each.kind)
          }
          await ledger.reopen()
          const snapshot = await ledger.table.snapshot()
          expect(snapshot.pondVersion).toBe(ledger.version)
          expect(snapshot.lastTransactionId).toBe(ledger.transactions.at(-1) ?? null)
          expect(snapshot.foreign).toBeNull()
          expect(await read(snapshot)).toEqual(ledger.expected())
          for (let version = 0; version <= ledger.version; version += 7) {
            expect(await read(snapshot, { txnSeqUpTo: version, content: true })).toEqual(
              ledger.expected(({ txnSeq }) => txnSeq <= version),
            )
          }
          for (const transactionId of ledger.transactions.slice(-3)) {
            expect(await snapshot.hasTransaction(transactionId, 0)).toBe(true)
            expect(await snapshot.hasTransaction(transactionId, snapshot.deltaVersion)).toBe(false)
          }
          expect(await snapshot.hasTransaction('none', 0)).toBe(false)
        },
      ),
      { numRuns: runs(25) },
    )
  })

  it('gives the same rows for the same question before and after a compaction', async () => {
    const filters = fc.record(
      {
        partId: fc.constantFrom(...PARTS, 'none'),
        operations: fc.subarray(['create', 'commit', 'delete', 'entries']),
        txnSeqUpTo: fc.nat(40),
        txnSeqAbove: fc.nat(40),
        content: fc.boolean(),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { minLength: 33, maxLength: 40 }),
        fc.array(filters, { maxLength: 8 }),
        async (rows, asked) => {
          const ledger = await Ledger.create()
          for (const each of rows) await ledger.commit([each])
          const before = await ledger.table.snapshot()
          expect(await ledger.compact()).toMatchObject({ filesAfter: 1 })
          await ledger.reopen()
          const after = await ledger.table.snapshot()
          expect(after.files.length).toBeLessThan(before.files.length)
          expect(after.pondVersion).toBe(before.pondVersion)
          const some = rows.slice(0, 3).map(({ nodeId }) => nodeId)
          const questions: ScanFilter[] = [
            ...asked,
            { nodeIds: new Set(some), content: true },
            { nodeId: some[0]!, content: true },
          ]
          for (const filter of questions) {
            const expected = ledger.expected((row) => matches(row, filter), filter.content === true)
            expect(await read(before, filter)).toEqual(expected)
            expect(await read(after, filter)).toEqual(expected)
          }
        },
      ),
      { numRuns: runs(8) },
    )
  })

  it('fetches content of the rows that are wanted with it, and by address', async () => {
    const ledger = await Ledger.create()
    const rows = Array.from({ length: 40 }, (_, index) => new TextEncoder().encode(`content ${index}`))
    for (const content of rows) await ledger.commit([{ ...anyRowOnce, version: rows.indexOf(content) + 1, content }])
    await ledger.compact()
    await ledger.reopen()
    expect(await wantedContents(await ledger.table.snapshot())).toEqual(rows.length)
  })

  it('finds a few rows of a large merged file without reading the rest of it', async () => {
    const ledger = await Ledger.create()
    const part = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`
    for (let commit = 0; commit < 12; commit++) {
      const numbers = Array.from({ length: 600 }, (_, index) => (index * 7 + commit) % 500)
      await ledger.commit(
        numbers.map((number, index) => {
          const content = ledger.world.random.bytes(300)
          return row({ partId: part(number), nodeId: part(index), version: 1000 * commit + index, content, size: 300 })
        }),
      )
    }
    expect(await ledger.compact()).toEqual({ filesBefore: 12, filesAfter: 1, rows: 7200 })
    await ledger.reopen()
    const [file] = (await ledger.table.snapshot()).files
    expect(file!.size).toBeGreaterThan(2_000_000)
    for (const partId of [part(0), part(77), part(499), part(500)]) {
      const counted = countReads(ledger.storage)
      const table = await OplogTable.open(counted.storage, FOLDER, ledger.world)
      const opening = counted.bytes()
      const found = await read(await table.snapshot(), { partId, content: true })
      expect(found).toEqual(ledger.expected((each) => each.partId === partId))
      expect(counted.bytes() - opening).toBeLessThan(file!.size / 3)
      const once = counted.bytes()
      expect(await read(await table.snapshot(), { partId, content: true })).toEqual(found)
      expect(counted.bytes()).toBe(once)
    }
    const snapshot = await ledger.table.snapshot()
    expect(await read(snapshot)).toEqual(ledger.expected())
    expect(await wantedContents(snapshot)).toEqual(7200)
  })

  it('keeps contents of the largest size apart in a large merged file', async () => {
    const ledger = await Ledger.create()
    for (let version = 1; version <= 12; version++) {
      const contents = [ledger.world.random.bytes(65_536), ledger.world.random.bytes(65_536), null, new Uint8Array(0)]
      await ledger.commit(
        contents.map((content, index) =>
          row({ version: 10 * version + index, content, size: content?.length ?? null }),
        ),
      )
    }
    expect(await ledger.compact()).toMatchObject({ filesAfter: 1 })
    await ledger.reopen()
    const snapshot = await ledger.table.snapshot()
    expect(await read(snapshot)).toEqual(ledger.expected())
    expect(await wantedContents(snapshot)).toEqual(48)
  })
})

/** Reads content of every second row with the scan, and of all by address; how many rows there are. */
async function wantedContents(snapshot: Snapshot): Promise<number> {
  let rows = 0
  for await (const batch of snapshot.scan({ content: (each) => each.version % 2 === 0 })) {
    for (const each of batch) {
      // Every row by address would read most pages hundreds of times.
      if (rows++ % 20 !== 0) continue
      const content = await snapshot.contentOf(each.address)
      expect(each.content).toEqual(each.version % 2 === 0 ? content : null)
    }
  }
  return rows
}

/** The definition of a filter, written once more and plainly. */
function matches(row: OplogRow, filter: ScanFilter): boolean {
  return (
    (filter.partId ?? row.partId) === row.partId &&
    (filter.nodeId ?? row.nodeId) === row.nodeId &&
    (filter.nodeIds ?? new Set([row.nodeId])).has(row.nodeId) &&
    (filter.operations ?? [row.operation]).includes(row.operation) &&
    row.txnSeq <= (filter.txnSeqUpTo ?? Infinity) &&
    row.txnSeq > (filter.txnSeqAbove ?? -Infinity)
  )
}

const anyRowOnce = fc.sample(anyRow, { numRuns: 1, seed: 1 })[0]!

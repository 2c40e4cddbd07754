import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../../shared/testing/runs'
import { SimStorage } from '../platform/sim'
import { wantedContents } from './testing/contents'
import { FOLDER, Ledger, PARTS, anyRow, read } from './testing/ledger'
import type { OplogRow } from './data/row'
import type { ScanFilter } from './data/scan'

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
})

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

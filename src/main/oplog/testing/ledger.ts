/** A table and, beside it, the plain list of rows it should hold: what tests of the oplog compare. */
import fc from 'fast-check'
import { SimStorage, simWorld } from '../../platform/sim'
import type { Storage } from '../../platform'
import type { CommitResult } from '../commit'
import type { OplogWorld } from '../log/log'
import type { OplogRow } from '../data/row'
import type { ScanFilter } from '../data/scan'
import type { Snapshot } from '../state/snapshot'
import { OplogTable } from '../table'
import { OPLOG_COLUMNS } from '../data/oplog-table'

export const FOLDER = 'data'
export const PARTS = [
  '00000000-0000-7000-8000-000000000000',
  '01900000-0000-7000-8000-00000000000a',
  '01900000-0000-7000-8000-00000000000b',
]

export function row(fields: Partial<OplogRow> = {}): OplogRow {
  return {
    partId: PARTS[0]!,
    nodeId: '01900000-0000-7000-8000-000000000001',
    fileType: 'file:data',
    timestamp: 1_767_225_600_000_001,
    version: 1,
    content: null,
    sha256: null,
    size: null,
    minEventTime: null,
    maxEventTime: null,
    extendedAttributes: null,
    txnSeq: 1,
    operation: 'create',
    name: null,
    path: null,
    ...fields,
  }
}

const text = fc.oneof(
  fc.constantFrom(
    '',
    '\ufeffbom',
    'line\nbreak',
    '😀'.repeat(40),
    '\u{10ffff}'.repeat(33),
    ' lead',
    '"\\%2F',
    'é',
    'e\u0301',
  ),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
)
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const integer = fc.oneof(fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER, -1), fc.maxSafeInteger())

/** Rows of every shape a column can hold; their keys are unique only by luck. */
export const anyRow: fc.Arbitrary<Omit<OplogRow, 'txnSeq'>> = fc.record({
  partId: fc.oneof(fc.constantFrom(...PARTS), fc.uuid({ version: 7 })),
  nodeId: fc.uuid({ version: 7 }),
  fileType: fc.constantFrom('directory', 'symlink', 'file:data', 'file:table', 'file:series', 'transaction'),
  timestamp: fc.integer({ min: 0, max: 4_000_000_000_000_000 }),
  version: fc.integer({ min: 1, max: 1_000_000 }),
  content: nullable(
    fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(new Uint8Array(0), new Uint8Array(65_536).fill(7))),
  ),
  sha256: nullable(fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })),
  size: nullable(fc.nat()),
  minEventTime: nullable(integer),
  maxEventTime: nullable(integer),
  extendedAttributes: nullable(fc.json()),
  operation: fc.constantFrom('create', 'update', 'append', 'delete', 'rename', 'entries', 'commit'),
  name: nullable(text),
  path: nullable(text),
})

export class Ledger {
  readonly storage: Storage
  readonly world: OplogWorld
  readonly rows: OplogRow[] = []
  readonly transactions: string[] = []
  table: OplogTable

  private constructor(storage: Storage, world: OplogWorld, table: OplogTable) {
    this.storage = storage
    this.world = world
    this.table = table
  }

  static async create(storage: Storage = new SimStorage(), world: OplogWorld = simWorld({ seed: 1 })): Promise<Ledger> {
    return new Ledger(storage, world, await OplogTable.create(storage, FOLDER, world))
  }

  /** The same ledger over a copy of its storage. */
  async over(storage: Storage, world: OplogWorld): Promise<Ledger> {
    const copy = new Ledger(storage, world, await OplogTable.open(storage, FOLDER, world))
    copy.rows.push(...this.rows)
    copy.transactions.push(...this.transactions)
    return copy
  }

  get version(): number {
    return this.transactions.length
  }

  /** Commits rows as the next version, and takes them into the list when the table says it did. */
  async commit(rows: readonly Omit<OplogRow, 'txnSeq'>[], on?: Snapshot): Promise<CommitResult> {
    const version = this.version + 1
    const committed = rows.map((each) => ({ ...each, txnSeq: version }))
    const pond = this.nextTransaction()
    const snapshot = on ?? (await this.table.snapshot())
    const result = await this.table.commit({ on: snapshot, rows: committed, pond, operation: 'WRITE' })
    if (result.outcome === 'committed') this.record(pond.transactionId, committed)
    return result
  }

  /** What the next commit is called. */
  nextTransaction(): { readonly version: number; readonly transactionId: string; readonly committedAtUs: number } {
    const committedAtUs = this.world.clock.now()
    return { version: this.version + 1, transactionId: this.world.random.uuid(committedAtUs), committedAtUs }
  }

  record(transactionId: string, rows: readonly OplogRow[]): void {
    this.transactions.push(transactionId)
    this.rows.push(...rows)
  }

  async reopen(): Promise<void> {
    this.table = await OplogTable.open(this.storage, FOLDER, this.world)
  }

  async compact(): Promise<unknown> {
    return this.table.compact(await this.table.snapshot(), { underLock: (work) => work() })
  }

  async checkpoint(): Promise<void> {
    await this.table.checkpoint(await this.table.snapshot())
  }

  /** The list's rows that a scan should give, comparable with `read`. */
  expected(keep: (row: OplogRow) => boolean = () => true, content = true): readonly string[] {
    return this.rows
      .filter(keep)
      .map((each) => lineOf(each, content))
      .sort()
  }
}

/** What a scan gives, a line for each row, in an order that does not depend on the arrangement of files. */
export async function read(snapshot: Snapshot, filter: ScanFilter = { content: true }): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const batch of snapshot.scan(filter)) lines.push(...batch.map((each) => lineOf(each)))
  return lines.sort()
}

/** Every column of a row in one line. */
export function lineOf(given: OplogRow, content = true): string {
  const values = OPLOG_COLUMNS.map(({ field }) => {
    if (field !== 'content') return given[field]
    return content && given.content !== null ? Buffer.from(given.content).toString('base64') : null
  })
  return JSON.stringify(values)
}

/** What is pending as entries of the journal. `journal-record.ts` reads them. */
import { inlineBytes, type InlineContent } from '../content/blobs'
import type { Operation } from '../content/operation'
import type { Micros } from '../../../shared/model'
import type { Transaction } from '../rows'
import type { JournalEntry, JournalMeta } from './journal'
import { toRanges } from './ranges'
import type { Intent, KnownDiscard } from './undoable'

export function discardMeta({ seq, seqs, failing, undoes }: Omit<KnownDiscard, 'undone'>): JournalMeta {
  const known = { kind: 'discard', seq, seqs: toRanges(seqs) }
  return { ...known, ...(failing.size > 0 && { failing: toRanges(failing) }), ...(undoes !== null && { undoes }) }
}

export function displacementMeta(seq: number, seqs: ReadonlySet<number>): JournalMeta {
  return { kind: 'displacement', seq, seqs: toRanges(seqs) }
}

export function intentMeta({
  seq,
  transactionId,
  seqs,
  at,
}: Intent & { readonly seq: number; readonly at: Micros }): JournalMeta {
  return { kind: 'intent', seq, transactionId, seqs: toRanges(seqs), at }
}

export interface AppendOptions {
  /** Whether the operations take the place of pending ones, so that `undo` takes them back. Default false. */
  readonly displaces?: boolean
  /** The transaction of which it is not known whether it committed them. */
  readonly maybeCommittedBy?: Pick<Transaction, 'transactionId' | 'wallClock'> | undefined
}

/** What is said of operations in the same action, after them. */
export function recordsAfter(
  operations: readonly Operation[],
  { displaces = false, maybeCommittedBy: transaction }: AppendOptions,
): JournalMeta[] {
  const records: JournalMeta[] = []
  const seqs = new Set(operations.map(({ seq }) => seq))
  const nextSeq = (): number => (operations.at(-1)?.seq ?? 0) + 1 + records.length
  if (displaces) records.push(displacementMeta(nextSeq(), seqs))
  if (transaction !== undefined) {
    const { transactionId, wallClock: at } = transaction
    records.push(intentMeta({ seq: nextSeq(), transactionId, seqs, at }))
  }
  return records
}

/** One at a time: content that is read only now is let go when it is written. */
export async function* operationEntries(
  operations: readonly Operation[],
  contents: ReadonlyMap<number, InlineContent>,
  after: readonly JournalMeta[],
): AsyncGenerator<JournalEntry> {
  for (const operation of operations) {
    const content = contents.get(operation.seq)
    yield operationEntry(operation, content && (await inlineBytes(content)))
  }
  for (const meta of after) yield { meta }
}

export function operationEntry(operation: Operation, content: Uint8Array | undefined): JournalEntry {
  const { seq, ...rest } = operation
  const meta = { kind: 'operation', seq, operation: rest }
  return content === undefined ? { meta } : { meta, content }
}

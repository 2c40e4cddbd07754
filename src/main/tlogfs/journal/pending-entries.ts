/** What is pending as entries of the journal. `journal-record.ts` reads them. */
import { inlineBytes, type InlineContent } from '../content/blobs'
import type { Operation } from '../content/operation'
import type { JournalEntry } from './journal'
import { toRanges } from './ranges'
import type { KnownDiscard } from './undoable'

export function discardMeta({ seq, seqs, failing, undoes }: Omit<KnownDiscard, 'undone'>): JournalEntry['meta'] {
  const known = { kind: 'discard', seq, seqs: toRanges(seqs) }
  return { ...known, ...(failing.size > 0 && { failing: toRanges(failing) }), ...(undoes !== null && { undoes }) }
}

export function displacementMeta(seq: number, seqs: ReadonlySet<number>): JournalEntry['meta'] {
  return { kind: 'displacement', seq, seqs: toRanges(seqs) }
}

/** One at a time: content that is read only now is let go when it is written. */
export async function* operationEntries(
  operations: readonly Operation[],
  contents: ReadonlyMap<number, InlineContent>,
  displaces: boolean,
): AsyncGenerator<JournalEntry> {
  for (const operation of operations) {
    const content = contents.get(operation.seq)
    yield operationEntry(operation, content && (await inlineBytes(content)))
  }
  if (!displaces) return
  yield { meta: displacementMeta(seqOfDisplacement(operations), new Set(operations.map(({ seq }) => seq))) }
}

export function seqOfDisplacement(operations: readonly Operation[]): number {
  return (operations.at(-1)?.seq ?? 0) + 1
}

export function operationEntry(operation: Operation, content: Uint8Array | undefined): JournalEntry {
  const { seq, ...rest } = operation
  const meta = { kind: 'operation', seq, operation: rest }
  return content === undefined ? { meta } : { meta, content }
}

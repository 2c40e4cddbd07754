/**
 * What can still be read of a journal that is damaged: its actions from the beginning up to the first
 * that is not whole, contents included. Earlier actions never depend on later ones.
 */
import type { Storage } from '../../platform'
import { isContent, readHeader, readUntilDamage, type JournalEntry } from './journal-frames'
import { readRecord } from './journal-record'

export interface Salvaged {
  /** Delta version that the operations were left over from. */
  readonly baseDelta: number
  /** Above every sequence number that was read. */
  readonly nextSequence: number
  /** Operations, and discards and undos among them; without intents. */
  readonly entries: readonly JournalEntry[]
  readonly operations: number
}

/** @throws tlogfs.journal-damaged, tlogfs.foreign-journal where not even the beginning can be read, tlogfs.newer-journal */
export async function salvageJournal(storage: Storage, path: string, pondId: string): Promise<Salvaged> {
  const reader = await storage.open(path)
  try {
    const { header, bytes } = await readHeader(reader, path, pondId)
    const actions = await readUntilDamage(reader, { generation: header.generation, start: bytes })
    const entries: JournalEntry[] = []
    for (const action of actions) {
      const read: JournalEntry[] = []
      for (const { meta, content } of action) {
        const bytesOf = await reader.read(content.offset, content.bytes)
        if (!isContent(bytesOf, content)) return salvaged(header, entries)
        // What a newer DuckPond wrote is not given up for damage further on.
        if (readRecord(meta, path).kind !== 'intent')
          read.push(content.bytes === 0 ? { meta } : { meta, content: bytesOf })
      }
      entries.push(...read)
    }
    return salvaged(header, entries)
  } finally {
    await reader.close()
  }
}

function salvaged(
  { baseDelta, nextSequence }: { readonly baseDelta: number; readonly nextSequence: number },
  given: readonly JournalEntry[],
): Salvaged {
  // The mark of an action's end is for the journal to set.
  const entries = given.map(({ meta: { end: _end, ...meta }, ...rest }) => ({ ...rest, meta }))
  const last = entries.reduce((max, { meta }) => Math.max(max, Number(meta['seq'])), nextSequence - 1)
  const operations = entries.filter(({ meta }) => meta['kind'] === 'operation').length
  return { baseDelta, nextSequence: last + 1, entries, operations }
}

/**
 * What is staged and not committed, as the journal tells it: operations, discards that took some back,
 * undos that brought them back again, and intents of commits. Everything durable is in the journal;
 * this keeps the operations, which the overlay shares, and knows where each one's content is.
 */
import { PondError } from '../../../shared/errors'
import type { Micros } from '../../../shared/model'
import type { Pace, Storage } from '../../platform'
import {
  openJournal,
  type Journal,
  type JournalContent,
  type JournalEntry,
  type JournalFrame,
  type JournalMeta,
} from './journal'
import { ContentPlaces } from './content-places'
import type { InlineContent } from '../content/blobs'
import { hasInlineContent, type Operation } from '../content/operation'
import { operationBytes } from '../content/operation-bytes'
import { readRecord } from './journal-record'
import {
  discardMeta,
  displacementMeta,
  intentMeta,
  operationEntries,
  operationEntry,
  recordsAfter,
  type AppendOptions,
} from './pending-entries'
import { fromRanges } from './ranges'
import type { Discard, Displacement, Intent, KnownDiscard, Undoable } from './undoable'

export class Pending {
  readonly #journal: Journal
  readonly #path: string
  /** For loops over all that is pending. */
  readonly #pace: Pace | undefined
  /** In order. Never changed, only added to. */
  #operations: Operation[] = []
  #memoryBytes = 0
  /** Where inline content is, by sequence number. */
  #content = new ContentPlaces()
  #discards: KnownDiscard[] = []
  #displacements: Displacement[] = []
  #intents: Intent[] = []
  #nextSeq = 1
  #revision = 0

  private constructor(journal: Journal, path: string, pace: Pace | undefined) {
    this.#journal = journal
    this.#path = path
    this.#pace = pace
  }

  /** @throws tlogfs.journal-damaged, tlogfs.newer-journal, tlogfs.foreign-journal, platform.not-found */
  static async open(storage: Storage, path: string, pondId: string, pace?: Pace): Promise<Pending> {
    const { journal, frames } = await openJournal(storage, path, pondId)
    const pending = new Pending(journal, path, pace)
    try {
      await pending.#take(frames)
    } catch (error) {
      await journal.close()
      throw error
    }
    return pending
  }

  async close(): Promise<void> {
    await this.#journal.close()
  }

  /** Identity of the journal file; a commit replaces it. */
  get generation(): string {
    return this.#journal.generation
  }

  /** Delta version that the journal's operations were left over from. */
  get baseDelta(): number {
    return this.#journal.baseDelta
  }

  get nextSeq(): number {
    return this.#nextSeq
  }

  /** Grows with every change read or written; equal revisions mean equal pending state. */
  get revision(): number {
    return this.#revision
  }

  get memoryBytes(): number {
    return this.#memoryBytes
  }

  get intents(): readonly Intent[] {
    return this.#intents
  }

  /** Whether there is nothing to commit, to undo or to settle, and it can be appended to. */
  get isEmpty(): boolean {
    const isWritten =
      this.#operations.length + this.#discards.length + this.#displacements.length + this.#intents.length
    return isWritten === 0 && !this.poisoned && this.tailBytes === 0
  }

  /** Bytes of an unfinished action at the journal's end, to be cut by whoever holds the lock. */
  get tailBytes(): number {
    return this.#journal.tailBytes
  }

  /** Reads what others wrote since. */
  async refresh(): Promise<'same' | 'changed'> {
    const { replaced, frames } = await this.#journal.refresh()
    if (replaced) this.#reset()
    else if (frames.length === 0) return 'same'
    await this.#take(frames)
    return 'changed'
  }

  /** What those are. */
  get tail(): Journal['tail'] {
    return this.#journal.tail
  }

  /** Cuts the tail, keeping the bytes aside. Under the lock. Null where there is none. */
  cutTail(): ReturnType<Journal['cutTail']> {
    return this.#journal.cutTail()
  }

  /** Operations that are neither discarded nor in `committed`, in order. */
  operations(committed: ReadonlySet<number>): Promise<Operation[]> {
    return this.#all(this.#select(this.#discarded(), committed))
  }

  /** All operations that the journal holds: pending, committed but not yet cleared, and discarded ones that can be undone. */
  everything(): Iterable<Operation> {
    return this.#select(new Set(), new Set())
  }

  /** Reads the content of every operation there is; returns how many bytes. @throws tlogfs.journal-damaged */
  async checkContents(): Promise<number> {
    let bytes = 0
    for (const place of this.#content.values()) bytes += (await this.#journal.readContent(place)).length
    return bytes
  }

  /** The last act that `undo` can reverse, of those that are not reversed and not committed. */
  lastUndoable(committed: ReadonlySet<number>): Undoable | undefined {
    const discard = this.#discards.findLast(({ undone, undoes }) => !undone && undoes === null)
    const gone = this.#displacements.length === 0 ? committed : new Set([...this.#discarded(), ...committed])
    for (const { seq, seqs, undone } of this.#displacements.toReversed()) {
      if (discard !== undefined && discard.seq > seq) break
      const left = undone ? [] : [...seqs].filter((one) => !gone.has(one))
      if (left.length > 0) return { kind: 'displacement', seq, seqs: new Set(left) }
    }
    return discard && { kind: 'discard', ...discard }
  }

  /**
   * Reads inline content by sequence number, checked against its frame. What it returns goes on reading
   * the present generation when a commit has replaced it, and what is pending for as long as it is.
   * @throws tlogfs.journal-damaged; tlogfs.missing-content for what left the journal some commits ago
   */
  contentReader(): (seq: number) => Promise<Uint8Array> {
    const places = this.#content
    return async (seq) => {
      const place = places.get(seq)
      const now = this.#content.get(seq)
      if (place !== undefined && (now === undefined || this.#journal.has(place)))
        return this.#journal.readContent(place)
      if (now !== undefined) return this.#journal.readContent(now)
      throw new PondError('tlogfs.missing-content', `operation ${seq} is not pending any more`, { seq })
    }
  }

  /** Appends operations durably, with what is said of them, as one action. Under the lock. */
  async appendOperations(
    operations: readonly Operation[],
    contents: ReadonlyMap<number, InlineContent>,
    options: AppendOptions = {},
  ): Promise<void> {
    const records = recordsAfter(operations, options)
    const places = await this.#journal.append(operationEntries(operations, contents, records))
    this.#revision++
    for (const [i, operation] of operations.entries()) this.#add(operation, places[i]!)
    await this.#take(records.map((meta, i) => ({ meta, content: places[operations.length + i]! })))
  }

  /** @param discard.undoes the displacement that this takes back */
  async appendDiscard({
    at,
    undoes = null,
    ...discard
  }: Omit<Discard, 'seq'> & { readonly at: Micros; readonly undoes?: number | null }): Promise<void> {
    await this.#append({ ...discardMeta({ ...discard, undoes, seq: this.#nextSeq }), at })
  }

  /** The operations as they would be with a discard undone. */
  operationsWithout(discardSeq: number, committed: ReadonlySet<number>): Promise<Operation[]> {
    return this.#all(this.#select(this.#discarded(discardSeq), committed))
  }

  async appendUndo(discardSeq: number, at: Micros): Promise<void> {
    await this.#append({ kind: 'undo', seq: this.#nextSeq, discard: discardSeq, at })
  }

  async appendIntent(transactionId: string, seqs: ReadonlySet<number>, at: Micros): Promise<void> {
    await this.#append(intentMeta({ seq: this.#nextSeq, transactionId, seqs, at }))
  }

  /** True after a failed sync: nothing can be appended before a new generation was started. */
  get poisoned(): boolean {
    return this.#journal.poisoned
  }

  /**
   * Replaces the journal by a new generation that keeps what is not committed, with its sequence
   * numbers. Discards can be undone for as long as something stays pending; a commit that leaves nothing
   * lets them go for good. Under the lock.
   */
  async startGeneration(input: {
    readonly generation: string
    readonly baseDelta: number
    readonly committed: ReadonlySet<number>
  }): Promise<void> {
    const { generation, baseDelta, committed } = input
    const isLeft = this.#select(this.#discarded(), committed).next().done !== true
    const keepDiscards = committed.size === 0 || isLeft
    const frames = await this.#journal.replace({
      generation,
      baseDelta,
      nextSequence: this.#nextSeq,
      action: this.#kept({ committed, keepDiscards }),
    })
    this.#reset()
    await this.#take(frames)
  }

  /** Entries for a new generation, one at a time: content goes from the old file to the new one. */
  async *#kept({
    committed,
    keepDiscards,
  }: {
    readonly committed: ReadonlySet<number>
    readonly keepDiscards: boolean
  }): AsyncGenerator<JournalEntry> {
    const read = this.#journal.contentInOrder()
    for (const operation of this.#select(keepDiscards ? new Set() : this.#discarded(), committed)) {
      const content = this.#content.get(operation.seq)
      yield operationEntry(operation, content && (await read(content)))
    }
    if (!keepDiscards) return
    for (const discard of this.#discards) if (!discard.undone) yield { meta: discardMeta(discard) }
    for (const { seq, seqs, undone } of this.#displacements) {
      const left = undone ? [] : [...seqs].filter((one) => !committed.has(one))
      if (left.length > 0) yield { meta: displacementMeta(seq, new Set(left)) }
    }
  }

  async #append(meta: JournalMeta): Promise<void> {
    const [content] = await this.#journal.append([{ meta }])
    await this.#take([{ meta, content: content! }])
  }

  #reset(): void {
    this.#operations = []
    this.#memoryBytes = 0
    this.#content = new ContentPlaces()
    this.#discards = []
    this.#displacements = []
    this.#intents = []
    this.#nextSeq = 1
  }

  async #take(frames: readonly JournalFrame[]): Promise<void> {
    this.#revision++
    this.#nextSeq = Math.max(this.#nextSeq, this.#journal.nextSequence)
    for (const frame of frames) {
      if (this.#pace?.due) await this.#pace.rest()
      const record = readRecord(frame.meta, this.#path)
      this.#nextSeq = Math.max(this.#nextSeq, record.seq + 1)
      switch (record.kind) {
        case 'operation':
          this.#add(record.operation, frame.content)
          break
        case 'discard': {
          const { seq, undoes } = record
          const [seqs, failing] = [fromRanges(record.seqs), fromRanges(record.failing)]
          this.#discards.push({ seq, seqs, failing, undone: false, undoes })
          const displacement = this.#displacements.find((one) => one.seq === undoes)
          if (displacement !== undefined) displacement.undone = true
          break
        }
        case 'displacement':
          this.#displacements.push({ seq: record.seq, seqs: fromRanges(record.seqs), undone: false })
          break
        case 'undo': {
          const discard = this.#discards.find(({ seq }) => seq === record.discard)
          if (discard !== undefined) discard.undone = true
          break
        }
        case 'intent':
          this.#intents.push({ transactionId: record.transactionId, seqs: fromRanges(record.seqs) })
          break
      }
    }
  }

  #add(operation: Operation, content: JournalContent): void {
    this.#nextSeq = Math.max(this.#nextSeq, operation.seq + 1)
    this.#operations.push(operation)
    this.#memoryBytes += operationBytes(operation)
    if (hasInlineContent(operation)) this.#content.add(operation.seq, content)
  }

  #discarded(except?: number): ReadonlySet<number> {
    const all = new Set<number>()
    for (const discard of this.#discards) {
      if (!discard.undone && discard.seq !== except) for (const seq of discard.seqs) all.add(seq)
    }
    return all
  }

  async #all(selected: Iterable<Operation>): Promise<Operation[]> {
    const operations: Operation[] = []
    for (const operation of selected) {
      if (this.#pace?.due) await this.#pace.rest()
      operations.push(operation)
    }
    return operations
  }

  *#select(discarded: ReadonlySet<number>, committed: ReadonlySet<number>): Generator<Operation> {
    for (const operation of this.#operations)
      if (!discarded.has(operation.seq) && !committed.has(operation.seq)) yield operation
  }
}

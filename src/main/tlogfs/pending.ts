/**
 * What is staged and not committed, as the journal tells it: operations, discards that took some back,
 * undos that brought them back again, and intents of commits. Everything durable is in the journal;
 * this keeps the operations by column and knows where each one's content is.
 */
import type { Micros } from '../../shared/model'
import type { Storage } from '../platform'
import { openJournal, type Journal, type JournalEntry, type JournalFrame } from './journal'
import { hasInlineContent, type Operation } from './operation'
import { OperationColumns } from './operation-columns'
import { fromRanges, toRanges, type Range } from './ranges'

interface Discard {
  readonly seq: number
  readonly seqs: ReadonlySet<number>
  undone: boolean
}

export interface Intent {
  readonly transactionId: string
  readonly seqs: ReadonlySet<number>
}

/** A change of the journal, ready to be appended as one action. */
export interface JournalAction {
  readonly entries: readonly JournalEntry[]
}

export class Pending {
  readonly #journal: Journal
  #columns = new OperationColumns()
  /** Frames that carry content, by sequence number. */
  #content = new Map<number, JournalFrame>()
  #discards: Discard[] = []
  #intents: Intent[] = []
  #nextSeq = 1
  #revision = 0

  private constructor(journal: Journal) {
    this.#journal = journal
    this.#take(journal.frames)
  }

  /** @throws tlogfs.journal-damaged, tlogfs.foreign-journal, platform.not-found */
  static async open(storage: Storage, path: string, pondId: string): Promise<Pending> {
    return new Pending(await openJournal(storage, path, pondId))
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
    return this.#columns.memoryBytes
  }

  get intents(): readonly Intent[] {
    return this.#intents
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
    this.#take(replaced ? this.#journal.frames : frames)
    return 'changed'
  }

  /** Cuts the unfinished tail, keeping the bytes aside. Under the lock. Returns the bytes cut. */
  cutTail(): Promise<number> {
    return this.#journal.cutTail()
  }

  /** Operations that are neither discarded nor in `committed`, in order. */
  *operations(committed: ReadonlySet<number>): Generator<Operation> {
    const discarded = this.#discarded()
    for (let i = 0; i < this.#columns.length; i++) {
      const seq = this.#columns.seqAt(i)
      if (!discarded.has(seq) && !committed.has(seq)) yield this.#columns.at(i)
    }
  }

  count(committed: ReadonlySet<number>): number {
    const discarded = this.#discarded()
    if (discarded.size === 0 && committed.size === 0) return this.#columns.length
    let count = 0
    for (let i = 0; i < this.#columns.length; i++) {
      const seq = this.#columns.seqAt(i)
      if (!discarded.has(seq) && !committed.has(seq)) count++
    }
    return count
  }

  /** The discard that `undo` would bring back. */
  lastDiscard(): { readonly seq: number; readonly seqs: ReadonlySet<number> } | undefined {
    return this.#discards.findLast((discard) => !discard.undone)
  }

  /** Checked against the frame's checksum. @throws tlogfs.journal-damaged */
  async readContent(seq: number): Promise<Uint8Array> {
    const frame = this.#content.get(seq)
    return frame === undefined ? new Uint8Array(0) : this.#journal.readContent(frame)
  }

  /** Appends operations durably, as one action. Under the lock. */
  async appendOperations(operations: readonly Operation[], contents: ReadonlyMap<number, Uint8Array>): Promise<void> {
    await this.#append(operations.map((operation) => operationEntry(operation, contents.get(operation.seq))))
  }

  async appendDiscard(seqs: ReadonlySet<number>, at: Micros): Promise<void> {
    await this.#append([{ meta: { kind: 'discard', seq: this.#nextSeq, seqs: toRanges(seqs), at } }])
  }

  async appendUndo(discardSeq: number, at: Micros): Promise<void> {
    await this.#append([{ meta: { kind: 'undo', seq: this.#nextSeq, discard: discardSeq, at } }])
  }

  async appendIntent(transactionId: string, seqs: ReadonlySet<number>, at: Micros): Promise<void> {
    await this.#append([{ meta: { kind: 'intent', seq: this.#nextSeq, transactionId, seqs: toRanges(seqs), at } }])
  }

  /**
   * Replaces the journal by a new generation that keeps what is neither committed nor discarded,
   * with its sequence numbers. Under the lock.
   */
  async startGeneration(input: { readonly generation: string; readonly baseDelta: number; readonly committed: ReadonlySet<number> }): Promise<void> {
    const kept: JournalEntry[] = []
    for (const operation of this.operations(input.committed)) {
      const frame = this.#content.get(operation.seq)
      kept.push(operationEntry(operation, frame === undefined ? undefined : await this.#journal.readContent(frame)))
    }
    await this.#journal.replace({ generation: input.generation, baseDelta: input.baseDelta, nextSequence: this.#nextSeq, actions: kept.length === 0 ? [] : [kept] })
    this.#reset()
    this.#take(this.#journal.frames)
  }

  async #append(entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length > 0) this.#take(await this.#journal.append(entries))
  }

  #reset(): void {
    this.#columns = new OperationColumns()
    this.#content = new Map()
    this.#discards = []
    this.#intents = []
    this.#nextSeq = 1
  }

  #take(frames: readonly JournalFrame[]): void {
    this.#revision++
    this.#nextSeq = Math.max(this.#nextSeq, this.#journal.nextSequence)
    for (const frame of frames) {
      const { meta } = frame
      this.#nextSeq = Math.max(this.#nextSeq, (meta['seq'] as number) + 1)
      switch (meta['kind']) {
        case 'operation': {
          const operation = meta['operation'] as Operation
          this.#columns.push({ ...operation, seq: meta['seq'] as number })
          if (hasInlineContent(operation)) this.#content.set(meta['seq'] as number, frame)
          break
        }
        case 'discard':
          this.#discards.push({ seq: meta['seq'] as number, seqs: fromRanges(meta['seqs'] as Range[]), undone: false })
          break
        case 'undo': {
          const discard = this.#discards.find(({ seq }) => seq === meta['discard'])
          if (discard !== undefined) discard.undone = true
          break
        }
        case 'intent':
          this.#intents.push({ transactionId: meta['transactionId'] as string, seqs: fromRanges(meta['seqs'] as Range[]) })
          break
      }
    }
  }

  #discarded(): ReadonlySet<number> {
    const all = new Set<number>()
    for (const discard of this.#discards) if (!discard.undone) for (const seq of discard.seqs) all.add(seq)
    return all
  }
}

function operationEntry(operation: Operation, content: Uint8Array | undefined): JournalEntry {
  const { seq, ...rest } = operation
  const meta = { kind: 'operation', seq, operation: rest }
  return content === undefined ? { meta } : { meta, content }
}

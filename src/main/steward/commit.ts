/**
 * A commit, step by step, under the lock: replay on the head, intent, data and log, new journal. Up to
 * the log entry nothing has happened; from it on everything has. Source of the order: docs/formats.md.
 */
import { isPondError, PondError } from '../../shared/errors'
import type { CommitOutcome, Progress } from '../../shared/model'
import type { CommitResult, OplogTable } from '../oplog'
import { dependencies, transactionRows, type Overlay, type Transaction } from '../tlogfs'
import type { History } from './history'
import type { Hold, Keeper } from './keeper'
import { mustReplay } from './replay'

export interface CommitInput {
  readonly message: string
  readonly author: string
  readonly command: string
  /** Sequence numbers of the operations to commit; those they depend on come along. Default: all. */
  readonly only?: ReadonlySet<number>
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

const MAX_TRIES = 10

/** Commits what is pending: all of it, or what `input.only` needs. */
export async function commitPending(
  keeper: Keeper,
  history: History,
  hold: Hold,
  input: CommitInput,
): Promise<CommitOutcome> {
  const { world } = keeper
  const started = world.clock.elapsed()
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const state = hold.state()
    const { snapshot } = state
    if (state.conflicts.length > 0)
      return { outcome: 'conflict', version: snapshot.pondVersion, conflicts: state.conflicts }
    if (state.pendingCount === 0 || input.only?.size === 0)
      return { outcome: 'nothing-to-commit', version: snapshot.pondVersion }
    const progress = (done: number, note: string): void =>
      input.onProgress?.({ kind: 'progress', done, total: 3, unit: 'percent', note })

    progress(0, 'reading what is pending')
    const overlay = input.only === undefined ? state.overlay : await chosenOverlay(keeper, hold, input.only)
    const transaction = await describe(keeper, history, hold, input)
    const { rows, contentOf } = await transactionRows(overlay, transaction)
    input.signal?.throwIfAborted()

    progress(1, 'writing')
    const seqs = new Set(overlay.applied.map(({ operation }) => operation.seq))
    await hold.pending.appendIntent(transaction.transactionId, seqs, transaction.wallClock)
    const result = await commitRows(keeper, {
      on: snapshot,
      rows,
      ...(contentOf && { contentOf }),
      pond: {
        version: transaction.version,
        transactionId: transaction.transactionId,
        committedAtUs: transaction.committedAt,
      },
      operation: 'WRITE',
      parameters: { mode: 'Append' },
    })
    if (result.outcome === 'superseded') {
      const { foreign } = (await hold.refresh()).snapshot
      if (foreign !== null)
        throw new PondError(
          'oplog.foreign-commit',
          `another program changed the table meanwhile (${foreign.reason}); nothing was committed`,
        )
      continue
    }

    progress(2, 'clearing the journal')
    await clearJournal(keeper, hold, {
      baseDelta: result.snapshot.deltaVersion,
      committed: seqs,
      all: input.only === undefined,
    })
    await hold.refresh()
    keeper.markDurable()
    return {
      outcome: 'committed',
      version: transaction.version,
      transactionId: transaction.transactionId,
      operationsCommitted: overlay.applied.length,
      bytesWritten: result.bytesWritten,
      recordBatchSize: result.rows,
      durationUs: world.clock.elapsed() - started,
    }
  }
  throw new PondError('steward.conflict', 'other programs keep changing the table; nothing was committed')
}

async function commitRows({ table }: Keeper, input: Parameters<OplogTable['commit']>[0]): Promise<CommitResult> {
  try {
    return await table.commit(input)
  } catch (error) {
    if (!isPondError(error, 'oplog.not-known-durable')) throw error
    throw new PondError(
      'steward.not-known-durable',
      `version ${input.pond.version} is written, but the disk did not confirm that it is durable. It is not lost if it shows up in the log; do not commit the same changes again without looking`,
      { version: input.pond.version },
      error,
    )
  }
}

/** The commit stands whatever happens here: the next holder of the lock does it otherwise. */
async function clearJournal(
  keeper: Keeper,
  hold: Hold,
  {
    baseDelta,
    committed,
    all,
  }: { readonly baseDelta: number; readonly committed: ReadonlySet<number>; readonly all: boolean },
): Promise<void> {
  const { random, clock, log } = keeper.world
  try {
    await hold.pending.startGeneration({
      generation: random.uuid(clock.now()),
      baseDelta,
      committed,
      keepDiscards: !all,
    })
  } catch (error) {
    log.warn('steward.journal-not-cleared', { error: String(error) })
  }
}

async function describe(keeper: Keeper, history: History, hold: Hold, input: CommitInput): Promise<Transaction> {
  const { clock, random } = keeper.world
  const { snapshot } = hold.state()
  const wallClock = clock.now()
  // Commit times grow strictly, whatever the wall clock does; other engines travel by milliseconds.
  const committedAt = Math.max(wallClock, snapshot.lastCommittedAt + 1000)
  const last = snapshot.pondVersion === 0 ? undefined : await history.transaction(snapshot, snapshot.pondVersion)
  return {
    version: snapshot.pondVersion + 1,
    transactionId: random.uuid(wallClock),
    committedAt,
    previousAt: snapshot.lastCommittedAt,
    wallClock,
    author: input.author,
    message: input.message,
    command: input.command,
    nodesBefore: last?.totalNodes ?? 0,
  }
}

/** The head with the chosen operations and what they need. @throws steward.conflict where the rest would not hold then */
async function chosenOverlay(keeper: Keeper, hold: Hold, only: ReadonlySet<number>): Promise<Overlay> {
  const { head, committed } = hold.state()
  const operations = hold.pending.operations(committed)
  const seqs = dependencies(operations, only)
  const refused = 'cannot commit this alone'
  const chosen = operations.filter(({ seq }) => seqs.has(seq))
  const rest = operations.filter(({ seq }) => !seqs.has(seq))
  const overlay = await mustReplay(keeper.overlayOn(head, hold.pending), chosen, refused)
  await mustReplay(overlay.fork(hold.pending.contentReader()), rest, refused)
  return overlay
}

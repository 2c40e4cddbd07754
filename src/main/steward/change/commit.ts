/**
 * A commit, step by step, under the lock: replay on the head, intent, data and log, new journal. Up to
 * the log entry nothing has happened; from it on everything has. Source of the order: docs/formats.md.
 */
import { describeChanges } from '../../../shared/describe-changes'
import { mustGoOn } from '../../../shared/cancellation'
import { isPondError, PondError } from '../../../shared/errors'
import type { CommitOutcome, Conflict, Version } from '../../../shared/model'
import { cleanUp } from '../../diagnostics'
import type { CommitResult } from '../../oplog'
import type { Clock } from '../../platform'
import { changesOf, dependencies, transactionRows, type Overlay, type Transaction } from '../../tlogfs'
import { withDirectoriesAbove } from './choice'
import type { History } from '../read/history'
import type { CommitOptions } from './options'
import type { Hold } from '../state/hold'
import type { PondStore } from '../state/pond-store'
import { mustReplay } from '../state/replay'

const MAX_TRIES = 10

/** What a commit works on. */
export interface CommitParts {
  readonly store: PondStore
  readonly history: History
  readonly hold: Hold
}

/** Commits what is pending: all of it, or the operations of these sequence numbers and what they depend on. */
export async function commitPending(
  parts: CommitParts,
  input: CommitOptions & { readonly only?: ReadonlySet<number> | undefined },
): Promise<CommitOutcome> {
  const { store, hold } = parts
  const started = store.world.clock.elapsed()
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { snapshot } = hold.state()
    tellProgress(input, 0, 'reading what is pending')
    const part = await partOf(store, hold, input.only)
    if (part.conflicts.length > 0)
      return { outcome: 'conflict', version: snapshot.pondVersion, conflicts: part.conflicts }
    const { overlay } = part
    if (overlay.applied.length === 0) return { outcome: 'nothing-to-commit', version: snapshot.pondVersion }
    const seqs = seqsOf(overlay)
    const { transaction, result } = await writeVersion(parts, overlay, input, (begun) =>
      hold.pending.appendIntent(begun.transactionId, seqs, begun.wallClock),
    )
    if (result.outcome === 'superseded') {
      const { foreign } = (await hold.refresh()).snapshot
      if (foreign !== null)
        throw new PondError(
          'oplog.foreign-commit',
          `another program changed the table meanwhile (${foreign.reason}); nothing was committed`,
        )
      continue
    }

    tellProgress(input, 2, 'clearing the journal')
    await clearJournal(store, hold, {
      baseDelta: result.snapshot.deltaVersion,
      committed: seqs,
    })
    await refreshAfter(store, hold)
    return committed(transaction, result, {
      overlay,
      alsoCommitted: alsoCommitted(overlay, input.only),
      started,
      clock: store.world.clock,
    })
  }
  throw new PondError('steward.conflict', 'other programs keep changing the table; nothing was committed')
}

/**
 * Writes what an overlay changes as the next version of the pond.
 * @param begin called once it is known which transaction it will be, before anything of it is written
 * @throws steward.not-known-durable, oplog.foreign-commit, platform.*
 */
export async function writeVersion(
  { store, history, hold }: CommitParts,
  overlay: Overlay,
  input: CommitOptions,
  begin: (transaction: Transaction) => Promise<void> | void,
): Promise<{ readonly transaction: Transaction; readonly result: CommitResult }> {
  const { snapshot } = hold.state()
  const message = input.message ?? describeChanges(await changesOf(await overlay.differences(), overlay.pace))
  const transaction = await describe(store, history, hold, { ...input, message })
  const rows = await transactionRows(overlay, transaction)
  mustGoOn(input.signal)

  tellProgress(input, 1, 'writing')
  await begin(transaction)
  const result = await store.table
    .commit({
      on: snapshot,
      rows,
      pond: {
        version: transaction.version,
        transactionId: transaction.transactionId,
        committedAtUs: transaction.committedAt,
      },
      operation: 'WRITE',
      parameters: { mode: 'Append' },
    })
    .catch((error: unknown) => {
      throw notKnownDurable(error, transaction.version)
    })
  return { transaction, result }
}

/** What a commit tells of itself, of either kind. */
export function committed(
  { version, transactionId }: Transaction,
  { bytesWritten, rows }: Extract<CommitResult, { outcome: 'committed' }>,
  told: {
    readonly overlay: Overlay
    readonly alsoCommitted: readonly string[]
    readonly started: number
    readonly clock: Pick<Clock, 'elapsed'>
  },
): CommitOutcome {
  return {
    outcome: 'committed',
    version,
    transactionId,
    operationsCommitted: told.overlay.applied.length,
    alsoCommitted: told.alsoCommitted,
    bytesWritten,
    recordBatchSize: rows,
    durationUs: told.clock.elapsed() - told.started,
  }
}

export function tellProgress({ onProgress }: CommitOptions, done: number, note: string): void {
  onProgress?.({ kind: 'progress', done, total: 3, unit: 'percent', note })
}

function notKnownDurable(error: unknown, version: Version): unknown {
  if (!isPondError(error, 'oplog.not-known-durable')) return error
  const message = `version ${version} is written, but the disk did not confirm that it is durable. It is not lost if it shows up in the log; do not commit the same changes again without looking`
  return new PondError('steward.not-known-durable', message, { version }, error)
}

/** The commit stands whatever happens here. If this fails, the next lock holder clears the journal. */
async function clearJournal(
  store: PondStore,
  hold: Hold,
  { baseDelta, committed }: { readonly baseDelta: number; readonly committed: ReadonlySet<number> },
): Promise<void> {
  const { random, clock, log } = store.world
  await cleanUp(log, 'committed operations in the journal', () =>
    hold.pending.startGeneration({ generation: random.uuid(clock.now()), baseDelta, committed }),
  )
}

/** After what is done and durable: a failure here is met again by the next who reads, and changes nothing of it. */
export async function refreshAfter(store: PondStore, hold: Hold): Promise<void> {
  await cleanUp(store.world.log, 'what this process knows of the pond', async () => {
    await hold.refresh()
    store.markDurable()
  })
}

async function describe(
  store: PondStore,
  history: History,
  hold: Hold,
  input: CommitOptions & { readonly message: string },
): Promise<Transaction> {
  const { clock, random, process } = store.world
  const { snapshot } = hold.state()
  const { author } = await store.config.read()
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
    said: {
      author: input.author ?? author ?? process.user,
      message: input.message,
      command: input.command ?? process.command,
    },
    nodesBefore: last?.totalNodes ?? 0,
  }
}

/** What a commit is about: the pending filesystem with that alone, or why some of it does not hold. */
interface ChosenPart {
  readonly overlay: Overlay
  readonly conflicts: readonly Conflict[]
}

/**
 * All that is pending; or the chosen operations with what they depend on.
 * @throws steward.conflict where the rest would not hold then
 */
async function partOf(store: PondStore, hold: Hold, only: ReadonlySet<number> | undefined): Promise<ChosenPart> {
  const state = hold.state()
  if (only === undefined) return state
  const operations = await hold.pending.operations(state.committed)
  const given = await withDirectoriesAbove(only, state.overlay, operations)
  const seqs = await dependencies(operations, given, store.pace)
  const conflicts = state.conflicts.filter(({ seq }) => seqs.has(seq))
  const refused = 'cannot commit this alone'
  const overlay = store.overlayOn(state.head, hold.pending)
  if (conflicts.length > 0 || seqs.size === 0) return { overlay, conflicts }
  const chosen = operations.filter(({ seq }) => seqs.has(seq))
  const rest = operations.filter(({ seq }) => !seqs.has(seq))
  await mustReplay(overlay, chosen, { refused })
  await mustReplay(overlay.fork(hold.pending.contentReader()), rest, { refused, known: state.conflicts })
  return { overlay, conflicts }
}

export function seqsOf({ applied }: Overlay): ReadonlySet<number> {
  return new Set(Array.from(applied, ({ operation }) => operation.seq))
}

function alsoCommitted(overlay: Overlay, only: ReadonlySet<number> | undefined): readonly string[] {
  if (only === undefined) return []
  const company = new Set<string>()
  for (const { operation, path } of overlay.applied) if (!only.has(operation.seq)) company.add(path)
  return [...company]
}

/**
 * Work on the pending filesystem, in a hold of the lock: first this process alone knows what was done, then it is made
 * pending, or committed at once.
 */
import { mustGoOn } from '../../../shared/cancellation'
import { PondError } from '../../../shared/errors'
import type { OperationKind, OperationRecord } from '../../../shared/model'
import { quote } from '../../../shared/path'
import type { NodeId } from '../../tinyfs'
import {
  inlineBytes,
  StagingBackend,
  type AppliedOperation,
  type InlineContent,
  type Operation,
  type Overlay,
  type Transaction,
} from '../../tlogfs'
import { pendingOperation } from '../read/history'
import type { Hold } from '../state/hold'
import { followHead } from './commit-at-once'
import type { PondStore } from '../state/pond-store'
import { contentBytes } from '../state/state'

/** Work that was done on the pending filesystem of this process alone. */
export interface DoneWork<T> {
  readonly result: T
  readonly staged: {
    /** The pending filesystem with it. */
    readonly overlay: Overlay
    readonly operations: readonly Operation[]
    /** By sequence number, until the journal has it. */
    readonly contents: Map<number, InlineContent>
  }
  readonly operations: OperationRecord[]
  readonly displaced: readonly string[]
}

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined
  /** Operations of these kinds on an entry with pending changes take their place. */
  readonly displacing?: readonly OperationKind[]
  readonly refuseToDisplace?: boolean
}

/** Does the work, which is neither pending nor committed then. */
export async function doWork<T>(
  store: PondStore,
  hold: Hold,
  work: (staging: StagingBackend) => Promise<T>,
  { signal, displacing = [], refuseToDisplace = false }: WorkOptions,
): Promise<DoneWork<T>> {
  const { clock, random } = store.world
  const state = hold.state()
  const contents = { staged: new Map<number, InlineContent>(), journal: hold.pending.contentReader() }
  const overlay = state.overlay.fork(async (seq) => {
    const staged = contents.staged.get(seq)
    return staged === undefined ? contents.journal(seq) : inlineBytes(staged)
  })
  const staging = new StagingBackend(overlay, {
    blobs: store.blobs,
    now: () => clock.now(),
    newId: () => random.uuid(clock.now()),
    nextSeq: hold.pending.nextSeq,
    contents: contents.staged,
  })
  let result: T
  try {
    result = await work(staging)
  } finally {
    await staging.end()
  }
  mustGoOn(signal)
  await overlay.settle()
  const applied = [...overlay.applied.from(state.overlay.applied.length)]
  const displaced = displacedBy(applied, state.overlay, displacing)
  if (refuseToDisplace && displaced.length > 0) throw wouldDisplace(displaced)
  if (staging.operations.length > 0) {
    await store.blobs.syncFolders()
    if (store.blobs.hasPublished) await store.useNewFormat()
  }
  const staged = { overlay, operations: staging.operations, contents: contents.staged }
  return { result, staged, operations: applied.map(pendingOperation), displaced }
}

/**
 * Makes what was done pending, durably.
 * @param maybeCommittedBy the transaction that committed it already, if that stands
 */
export async function keepWork(
  store: PondStore,
  hold: Hold,
  { staged, displaced }: DoneWork<unknown>,
  maybeCommittedBy?: Transaction,
): Promise<void> {
  const { overlay, operations, contents } = staged
  if (operations.length === 0) return
  const state = hold.state()
  const displaces = displaced.length > 0
  await followHead(store, hold)
  await hold.pending.appendOperations(operations, contents, { displaces, maybeCommittedBy })
  contents.clear()
  hold.publish({
    ...state,
    overlay,
    pendingCount: state.pendingCount + operations.length,
    contentBytes: state.contentBytes + contentBytes(operations),
    pendingBytes: hold.pending.memoryBytes,
    undoable: displaces ? operations.length : state.undoable,
    key: hold.keyOf(state.snapshot),
  })
  store.markDurable()
}

/** The paths, before it, of entries whose pending changes an act takes the place of. */
function displacedBy(
  applied: readonly AppliedOperation[],
  before: Overlay,
  displacing: readonly OperationKind[],
): readonly string[] {
  const isPending = (id: NodeId): boolean => before.stateById(id) !== undefined
  const displaced = applied.filter(({ operation: { kind, nodeId } }) => displacing.includes(kind) && isPending(nodeId))
  return [...new Set(displaced.map(({ path, formerPath }) => formerPath ?? path))]
}

function wouldDisplace(paths: readonly string[]): PondError {
  const [first = ''] = paths
  const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`
  const message = `the pending changes of ${quote(first)}${others} would give way: commit or discard them first`
  return new PondError('steward.would-displace', message, { paths: paths.slice(0, 1_000), count: paths.length })
}

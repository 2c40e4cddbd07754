/**
 * Which of the pending operations somebody means: those behind some paths, or the first few. Relies on the
 * overlay to know where everything is and was; what those need or bring along is in `tlogfs/dependencies`.
 */
import { PondError } from '../../../shared/errors'
import { parsePath, type PondPath } from '../../../shared/path'
import { PathSet } from '../../../shared/path-set'
import { ReadFileSystem, type NodeId } from '../../tinyfs'
import { ROOT_ID, type Operation, type Overlay } from '../../tlogfs'
import type { State } from '../state/state'

/** A part of what is pending: all at or below some paths, or so many operations from the oldest on. */
export type Choice = { readonly paths: readonly string[] } | { readonly first: number }

/**
 * Sequence numbers of the operations to commit for a choice, without what they depend on.
 * @throws tinyfs.not-found for a path at which nothing is and nothing is pending; steward.bad-count
 */
export async function chooseForCommit(
  choice: Choice,
  state: State,
  operations: readonly Operation[],
): Promise<Set<number>> {
  if ('first' in choice) return firstOperations(operations, choice.first)
  const paths = choice.paths.map((path) => parsePath(path))
  return operationsNamed(paths, state, operations)
}

/**
 * As `operationsAt`, for paths that somebody wrote.
 * @throws tinyfs.not-found for a path at which nothing is and nothing is pending
 */
export async function operationsNamed(
  paths: readonly PondPath[],
  state: State,
  operations: readonly Operation[],
): Promise<Set<number>> {
  const found = await operationsAt(paths, state, operations)
  for (const path of paths) if (!found.paths.has(path)) await mustExist(path, state)
  return found.seqs
}

/**
 * Operations on entries that are or were at or below one of the paths, and those of the paths that have
 * some; all operations when there is no path.
 */
async function operationsAt(
  paths: readonly PondPath[],
  { overlay, conflicts }: State,
  operations: readonly Operation[],
): Promise<{ readonly seqs: Set<number>; readonly paths: ReadonlySet<PondPath> }> {
  if (paths.length === 0) return { seqs: new Set(operations.map(({ seq }) => seq)), paths: new Set() }
  const wanted = new PathSet(paths)
  const found = new Set<PondPath>()
  const isWanted = (path: string | null | undefined): boolean => {
    if (path === null || path === undefined) return false
    let isFound = false
    for (const at of wanted.above(path)) {
      found.add(at)
      isFound = true
    }
    return isFound
  }
  const nodes = new Set<NodeId>()
  for (const { id, before, after } of await overlay.differences()) {
    const [was, is] = [isWanted(before?.path), isWanted(after?.path)]
    if (was || is) nodes.add(id)
  }
  const seqs = new Set<number>()
  for (const { operation, path, formerPath } of overlay.applied) {
    if (overlay.pace.due) await overlay.pace.rest()
    const [was, is] = [isWanted(formerPath), isWanted(path)]
    if (was || is || nodes.has(operation.nodeId)) seqs.add(operation.seq)
  }
  // What does not hold is in no overlay, and is what somebody most needs to name.
  for (const { seq, path } of conflicts) if (isWanted(path)) seqs.add(seq)
  return { seqs, paths: found }
}

/**
 * The operations, and those on directories above them: so that what is committed is committed at the
 * path at which it is pending.
 */
export async function withDirectoriesAbove(
  given: ReadonlySet<number>,
  overlay: Overlay,
  operations: readonly Operation[],
): Promise<Set<number>> {
  const above = new Set<NodeId>()
  for (const { seq, place } of operations) if (given.has(seq)) await addAbove(above, place.directoryId, overlay)
  const chosen = new Set(given)
  for (const { seq, nodeId } of operations) if (above.has(nodeId)) chosen.add(seq)
  return chosen
}

function firstOperations(operations: readonly Operation[], count: number): Set<number> {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new PondError('steward.bad-count', `expected how many operations to commit, found ${count}`, { first: count })
  }
  return new Set(operations.slice(0, count).map(({ seq }) => seq))
}

async function mustExist(path: PondPath, { overlay, head }: State): Promise<void> {
  for (const backend of [overlay, head]) if (await new ReadFileSystem(backend).exists(path, { follow: false })) return
  throw new PondError('tinyfs.not-found', `${path} does not exist, and nothing is pending there`, { path })
}

async function addAbove(above: Set<NodeId>, directoryId: NodeId, overlay: Overlay): Promise<void> {
  for (let id = directoryId; id !== ROOT_ID && !above.has(id);) {
    const state = await overlay.state({ id, fileType: 'directory', parentId: id })
    if (state === undefined) return
    above.add(id)
    id = state.node.parentId
  }
}

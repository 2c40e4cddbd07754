/**
 * The way back to a version, as pending operations: what is gone comes back under its own id, what
 * moved moves back, what changed gets its old content, what came since goes. Nothing is lost, because
 * all of it is one more change.
 */
import { isPondError, PondError } from '../../shared/errors'
import { compareUtf8, isWithin } from '../../shared/path'
import type { NodeId, NodeRef } from '../tinyfs'
import {
  contentHash,
  differences,
  INLINE_LIMIT,
  sameContent,
  seriesFacts,
  type NodeDifference,
  type NodeState,
  type OperationDraft,
  type PreparedContent,
  type StagingBackend,
  type View,
} from '../tlogfs'

interface Step {
  readonly id: NodeId
  readonly path: string
  /** Lower ranks go first; within a rank by path, deletes from the bottom up. */
  readonly rank: number
  perform(): Promise<void>
  /** Gets out of the way of others, where that is possible. */
  stepAside?(): Promise<void>
}

/**
 * Stages the way from what is pending to `target`, for entries at or below `path` (all when null).
 * Returns the number of nodes that it touched.
 * @throws tinyfs.not-found when nothing is at the path, neither now nor then
 */
export async function stageRestore(
  staging: StagingBackend,
  newest: View,
  target: View,
  path: string | null,
): Promise<number> {
  const all = await differences(staging.overlay, target)
  const chosen = path === null ? all : choose(all, path)
  const reborn = chosen.filter(({ before }) => before === null).map(({ id }) => id)
  const { last } = reborn.length === 0 ? { last: new Map<NodeId, number>() } : await newest.locate(new Set(reborn))
  const steps = chosen.flatMap((difference) => stepsOf(staging, target, difference, last.get(difference.id) ?? 0))
  await performAll(steps)
  return new Set(steps.map(({ id }) => id)).size
}

function choose(all: readonly NodeDifference[], path: string): NodeDifference[] {
  const chosen = all.filter(({ before, after }) =>
    [before, after].some((side) => side !== null && isWithin(side.path, path)),
  )
  // What comes back needs the directories above it.
  const needed = new Set(chosen.flatMap(({ after }) => (after === null ? [] : [after.path])))
  for (const difference of all) {
    const { before, after } = difference
    if (before !== null || after === null || chosen.includes(difference)) continue
    if ([...needed].some((below) => isWithin(below, after.path))) chosen.push(difference)
  }
  return chosen
}

function stepsOf(
  staging: StagingBackend,
  target: View,
  { id, before, after }: NodeDifference,
  priorVersion: number,
): Step[] {
  if (after === null) {
    if (before === null) return []
    const directory = before.state.node.fileType === 'directory'
    return [{ id, path: before.path, rank: directory ? 5 : 1, perform: () => remove(staging, id, before.state) }]
  }
  const { state, path } = after
  if (before === null) {
    const perform = async (): Promise<void> => {
      const draft = {
        kind: 'create',
        nodeId: id,
        fileType: state.node.fileType,
        place: placeOf(state),
        priorVersion,
        attributes: ownAttributes(state),
        ...asItWas(state),
      } as const
      await staging.perform(await withContent(draft, state, target))
    }
    return [{ id, path, rank: state.node.fileType === 'directory' ? 2 : 3, perform }]
  }
  const steps: Step[] = []
  const moved = before.state.node.parentId !== state.node.parentId || before.state.name !== state.name
  if (moved) {
    const move = async (place: OperationDraft['place']): Promise<void> => {
      const now = current(staging, id, before.state)
      await staging.perform({ kind: 'rename', nodeId: id, fileType: now.node.fileType, place, from: placeOf(now) })
    }
    const aside = { ...placeOf(before.state), name: `.restoring-${id}` }
    steps.push({ id, path, rank: 2, perform: () => move(placeOf(state)), stepAside: () => move(aside) })
  }
  if (!sameContent(before.state, state)) {
    const perform = async (): Promise<void> => {
      const now = current(staging, id, before.state)
      const draft = {
        kind: 'update',
        nodeId: id,
        fileType: state.node.fileType,
        place: placeOf(now),
        baseSha256: contentHash(now),
        ...asItWas(state),
      } as const
      await staging.perform(await withContent(draft, state, target))
    }
    steps.push({ id, path, rank: 4, perform })
  }
  return steps
}

async function remove(staging: StagingBackend, id: NodeId, before: NodeState): Promise<void> {
  const now = current(staging, id, before)
  await staging.perform({ kind: 'delete', nodeId: id, fileType: now.node.fileType, place: placeOf(now) })
}

/** Tries the steps in order and again, as long as some succeed: each may need another to go first. */
async function performAll(steps: readonly Step[]): Promise<void> {
  let waiting = [...steps].sort(
    (a, b) => a.rank - b.rank || (a.rank === 5 ? compareUtf8(b.path, a.path) : compareUtf8(a.path, b.path)),
  )
  const asides = new Set<Step>()
  while (waiting.length > 0) {
    const next: Step[] = []
    let refusal: unknown
    for (const step of waiting) {
      try {
        await step.perform()
      } catch (error) {
        if (
          !isPondError(error, 'tinyfs.exists') &&
          !isPondError(error, 'tinyfs.not-found') &&
          !isPondError(error, 'tinyfs.not-empty') &&
          !isPondError(error, 'tinyfs.into-itself')
        )
          throw error
        refusal = error
        next.push(step)
      }
    }
    if (next.length === waiting.length) {
      // Names that wait for each other in a ring: one goes out of the way.
      const blocked = next.find((step) => step.stepAside !== undefined && !asides.has(step))
      if (blocked?.stepAside === undefined) throw refusal
      asides.add(blocked)
      await blocked.stepAside()
    }
    waiting = next
  }
}

function current(staging: StagingBackend, id: NodeId, before: NodeState): NodeState {
  const now = staging.overlay.stateById(id)
  if (now === null) throw new PondError('tinyfs.not-found', `node ${id} is gone`, { nodeId: id })
  return now ?? before
}

function placeOf({ node, name }: NodeState): { directoryId: NodeRef['parentId']; name: string } {
  return { directoryId: node.parentId, name }
}

function ownAttributes(state: NodeState): Readonly<Record<string, unknown>> {
  const { seq: _seq, parent: _parent, formerPath: _path, formerPart: _part, ...own } = state.attributes
  return own
}

/** A series goes back by naming the node version it was made of then: its parts stay where they are. */
function asItWas(state: NodeState): Pick<OperationDraft, 'attributes' | 'minEventTime' | 'maxEventTime'> {
  const facts = seriesFacts(state)
  if (facts === null) return {}
  const { minEventTime, maxEventTime, nodeVersion } = state
  const series = { ...facts, partsOf: nodeVersion }
  return { attributes: { ...ownAttributes(state), series }, minEventTime, maxEventTime }
}

async function withContent(draft: OperationDraft, state: NodeState, target: View): Promise<OperationDraft> {
  if (state.target !== null) return { ...draft, target: state.target }
  if (state.size === null || state.sha256 === null) return draft
  const reader = await target.openState(state)
  try {
    const content: PreparedContent = {
      size: state.size,
      sha256: state.sha256,
      inline: state.size > INLINE_LIMIT ? null : await readWhole(reader.chunks(), state.size),
      temp: null,
    }
    return { ...draft, content }
  } finally {
    await reader.close()
  }
}

async function readWhole(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  let offset = 0
  for await (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

/**
 * The one place that decides whether an operation still holds, and what it makes of its node. Each
 * operation has a condition; one that does not hold is a conflict, a value with its reason, and changes
 * nothing. Source of the conditions: docs/engine.md.
 */
import type { ErrorCode } from '../../../shared/errors'
import { quote } from '../../../shared/path'
import type { NodeId, NodeRef } from '../../tinyfs'
import type { Refusal } from './applied'
import type { LastRow } from '../view/last-rows'
import type { NodeState } from '../content/node-state'
import { hasAttributes, hasBlob, NO_ATTRIBUTES, type Operation, type Place } from '../content/operation'
import type { OverlayNodes } from './overlay-nodes'
import { contentHash, factsAfter } from '../content/series'

/** Applies an operation if its condition holds; else says why not, and nothing has changed. */
export async function applyOperation(nodes: OverlayNodes, operation: Operation): Promise<Refusal | null> {
  switch (operation.kind) {
    case 'create':
      return create(nodes, operation)
    case 'update':
    case 'append':
      return update(nodes, operation)
    case 'delete':
      return remove(nodes, operation)
    case 'rename':
      return rename(nodes, operation)
  }
}

async function create(nodes: OverlayNodes, operation: Operation): Promise<Refusal | null> {
  const { nodeId, fileType, place } = operation
  const directory = await directoryProblem(nodes, place)
  if (directory !== null) return directory
  if ((await nodes.lookup(place.directoryId, place.name)) !== undefined)
    return refuse('tinyfs.exists', `the name ${quote(place.name)} is taken`)
  const pending = nodes.end(nodeId)
  const committed = pending === undefined ? await endInBase(nodes, operation) : undefined
  const end = pending ?? committed
  if (nodes.stateById(nodeId) || committed?.isLive) return refuse('tinyfs.exists', 'the entry exists again already')
  const nodeVersion = Math.max(operation.priorVersion, end?.nodeVersion ?? 0) + 1
  const created = stateOf(operation, { id: nodeId, fileType, parentId: place.directoryId }, nodeVersion)
  const after = withFacts({ operation, before: null, after: created })
  nodes.names.set(place, after.node)
  const former = end?.partId ?? place.directoryId
  const formerPart = fileType === 'directory' || former === place.directoryId ? null : former
  await record(nodes, { operation, before: null, after, formerPath: null, formerPart })
  return null
}

async function update(nodes: OverlayNodes, operation: Operation): Promise<Refusal | null> {
  const before = await live(nodes, operation)
  if (before === null) return refuse('tinyfs.not-found', 'the file does not exist any more')
  if (operation.kind === 'update' && contentHash(before) !== operation.baseSha256) {
    return refuse('tlogfs.changed', 'its content is not what it was when this was staged')
  }
  if (operation.kind === 'append' && before.node.fileType !== 'file:series')
    return refuse('tlogfs.not-a-series', `it is ${before.node.fileType} and no series`)
  const updated = stateOf(operation, { ...before.node, fileType: operation.fileType }, before.nodeVersion + 1)
  const attributes = merged(before.attributes, operation.attributes)
  const after = withFacts({ operation, before, after: { ...updated, name: before.name, attributes } })
  if (after.node.fileType !== before.node.fileType)
    nodes.names.set({ directoryId: after.node.parentId, name: after.name }, after.node)
  await record(nodes, { operation, before, after, formerPath: null })
  return null
}

/** What an operation says of a file comes on top of what was said before; null takes it away. */
function merged(before: NodeState['attributes'], said: Operation['attributes']): NodeState['attributes'] {
  // Most have none to say, and there may be many of them.
  if (!hasAttributes(said)) return before
  return Object.fromEntries(Object.entries({ ...before, ...said }).filter(([, value]) => value !== null))
}

async function remove(nodes: OverlayNodes, operation: Operation): Promise<Refusal | null> {
  const { place, nodeId, fileType } = operation
  const entry = await nodes.lookup(place.directoryId, place.name)
  if (entry?.node.id !== nodeId) return refuse('tinyfs.not-found', `it is not at ${quote(place.name)} any more`)
  if (fileType === 'directory' && !(await nodes.isEmpty(nodeId))) {
    return refuse('tinyfs.not-empty', 'the directory is not empty')
  }
  const before = await nodes.mustState(entry.node)
  const directoryPath = await nodes.directoryPath(before.node.parentId)
  nodes.names.remove({ directoryId: place.directoryId, name: entry.name })
  const nodeVersion = before.nodeVersion + 1
  nodes.record({ operation, nodeVersion, directoryPath, formerPath: null, formerPart: null, before, after: null })
  return null
}

async function rename(nodes: OverlayNodes, operation: Operation): Promise<Refusal | null> {
  const { place, nodeId } = operation
  if (operation.from === null) return refuse('tinyfs.not-found', 'it does not say where from')
  const entry = await nodes.lookup(operation.from.directoryId, operation.from.name)
  if (entry?.node.id !== nodeId) {
    return refuse('tinyfs.not-found', `it is not at ${quote(operation.from.name)} any more`)
  }
  const directory = await directoryProblem(nodes, place)
  if (directory !== null) return directory
  const taken = await nodes.lookup(place.directoryId, place.name)
  if (taken !== undefined && taken.node.id !== nodeId)
    return refuse('tinyfs.exists', `the name ${quote(place.name)} is taken`)
  if (entry.node.fileType === 'directory' && (await nodes.isWithin(place.directoryId, nodeId))) {
    return refuse('tinyfs.into-itself', 'it would be inside itself')
  }
  const before = await nodes.mustState(entry.node)
  const formerPath = await nodes.pathOf(before)
  if (entry.node.fileType === 'directory') await nodes.settle()
  const after: NodeState = {
    ...before,
    node: { ...before.node, parentId: place.directoryId },
    name: place.name,
    nodeVersion: before.nodeVersion + 1,
    modifiedAt: operation.stagedAt,
    version: null,
  }
  nodes.names.remove({ directoryId: operation.from.directoryId, name: entry.name })
  nodes.names.set(place, after.node)
  await record(nodes, { operation, before, after, formerPath })
  return null
}

function refuse(code: ErrorCode, reason: string): Refusal {
  return { code, reason }
}

async function record(
  nodes: OverlayNodes,
  step: {
    readonly operation: Operation
    readonly before: NodeState | null
    readonly after: NodeState
    readonly formerPath: string | null
    readonly formerPart?: NodeId | null
  },
): Promise<void> {
  const { operation, before, after, formerPath, formerPart } = step
  const former = formerPath === null || before === null ? null : before.node
  nodes.record({
    operation,
    nodeVersion: after.nodeVersion,
    directoryPath: await nodes.directoryPath(after.node.parentId),
    formerPath,
    before,
    after,
    formerPart: former === null ? (formerPart ?? null) : former.fileType === 'directory' ? former.id : former.parentId,
  })
}

/** What became of a node that the operation brings back, where no pending operation knows better. */
async function endInBase(nodes: OverlayNodes, operation: Operation): Promise<LastRow | undefined> {
  const { nodeId, from, priorVersion } = operation
  if (priorVersion === 0 || from === null) return undefined
  return (await nodes.base.lastRows(new Map([[nodeId, from.directoryId]]))).get(nodeId)
}

async function live(nodes: OverlayNodes, { nodeId, fileType, place }: Operation): Promise<NodeState | null> {
  const changed = nodes.stateById(nodeId)
  if (changed !== undefined) return changed
  return (await nodes.base.state({ id: nodeId, fileType, parentId: place.directoryId })) ?? null
}

function stateOf(operation: Operation, node: NodeRef, nodeVersion: number): NodeState {
  const { size, sha256, minEventTime, maxEventTime, target, attributes } = operation
  return {
    node,
    name: operation.place.name,
    nodeVersion,
    modifiedAt: operation.stagedAt,
    size,
    sha256,
    minEventTime,
    maxEventTime,
    target,
    attributes: merged(NO_ATTRIBUTES, attributes),
    content:
      size === null
        ? { kind: 'none' }
        : hasBlob(operation)
          ? { kind: 'blob' }
          : { kind: 'operation', seq: operation.seq },
    version: null,
  }
}

/** A series' facts go from state to state; no other file has any. */
function withFacts({
  operation,
  before,
  after,
}: {
  readonly operation: Operation
  readonly before: NodeState | null
  readonly after: NodeState
}): NodeState {
  const isSeries = after.node.fileType === 'file:series'
  if (!isSeries && after.attributes['series'] === undefined) return after
  const { series: _series, ...attributes } = after.attributes
  if (!isSeries) return { ...after, attributes }
  return { ...after, attributes: { ...attributes, series: factsAfter(before, operation, after) } }
}

async function directoryProblem(nodes: OverlayNodes, { directoryId }: Place): Promise<Refusal | null> {
  if (await nodes.isLiveDirectory(directoryId)) return null
  return refuse('tinyfs.not-found', 'its directory does not exist any more')
}

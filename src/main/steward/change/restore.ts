/**
 * The way back to a version, as pending operations: what is gone comes back under its own id, what
 * moved moves back, what changed gets its old content, what came since goes. Nothing is lost, because
 * all of it is one more change.
 */
import { PondError } from '../../../shared/errors'
import { isWithin, parentPath, type PondPath } from '../../../shared/path'
import { PathSet } from '../../../shared/path-set'
import { ReadFileSystem, type NodeId, type NodeRef } from '../../tinyfs'
import {
  contentHash,
  differences,
  INLINE_LIMIT,
  ROOT_ID,
  sameContent,
  seriesFacts,
  type NodeDifference,
  type NodeEnd,
  type NodeState,
  type OperationDraft,
  type Overlay,
  type StagingBackend,
  type View,
} from '../../tlogfs'
import { performAll, type Step } from './restore-steps'

/**
 * Stages the way from what is pending to `target`: afterwards the same is at `path` as was then (everywhere
 * when null). Of what is elsewhere, only those entries change that were at the path or are to be there, and
 * directories that lead to them come back. Returns the number of nodes that it touched.
 * @throws steward.conflict where something else is in the way
 */
export async function stageRestore(staging: StagingBackend, target: View, path: PondPath | null): Promise<number> {
  const all = await differences(staging.overlay, target)
  const restore = new Restore({ staging, target, path, all })
  const chosen = path === null ? all : await restore.choose(all, path)
  await performAll(chosen.flatMap((difference) => restore.stepsOf(difference)))
  return new Set(staging.operations.map(({ nodeId }) => nodeId)).size
}

type Side = NodeDifference['before']

class Restore {
  readonly #staging: StagingBackend
  readonly #target: View
  readonly #path: PondPath | null
  readonly #ends: ReadonlyMap<NodeId, NodeEnd>

  constructor(input: {
    readonly staging: StagingBackend
    readonly target: View
    readonly path: PondPath | null
    readonly all: readonly NodeDifference[]
  }) {
    this.#staging = input.staging
    this.#target = input.target
    this.#path = input.path
    this.#ends = new Map(input.all.map(({ id, last }) => [id, last]))
  }

  /** What differs at or below a path, in either moment. */
  async choose(all: readonly NodeDifference[], path: PondPath): Promise<NodeDifference[]> {
    const isWanted = (side: Side): boolean => side !== null && isWithin(side.path, path)
    // What a directory took along since to where it is now comes back with it, and is not to be there.
    const taken = new PathSet()
    for (const { before, after } of all) if (isWanted(after) && isMoved(before, after)) taken.add(before.path)
    const isTaken = (side: Side): boolean => side !== null && taken.covers(side.path)
    const chosen = all.filter(({ before, after }) => isWanted(before) || isWanted(after) || isTaken(before))
    // Where a directory above was moved, other entries are at the path though nothing happened to them.
    const [now, then] = [await nodeAt(this.#staging.overlay, path), await nodeAt(this.#target, path)]
    if (now?.id === then?.id) return chosen
    const known = new Set(chosen.map(({ id }) => id))
    for (const node of [now, then])
      if (node !== undefined && !known.has(node.id)) chosen.push(await this.#unchanged(node))
    return chosen
  }

  stepsOf({ id, before, after, last }: NodeDifference): Step[] {
    if (after === null) {
      if (before === null) return []
      const isDirectory = before.state.node.fileType === 'directory'
      return [{ path: before.path, rank: isDirectory ? 5 : 1, perform: () => this.#remove(before.state) }]
    }
    const { state, path } = after
    const isDirectory = state.node.fileType === 'directory'
    if (before === null) return [{ path, rank: isDirectory ? 2 : 3, perform: () => this.#create(state, path, last) }]
    // In the root, which stays: directories may hold each other now.
    const aside = { directoryId: ROOT_ID, name: `.restoring-${id}` }
    const steps: Step[] = [
      {
        path,
        rank: 2,
        perform: async () => this.#move(before.state, { directoryId: await this.#home(state, path), name: state.name }),
        stepAside: () => this.#move(before.state, aside),
      },
    ]
    if (!sameContent(before.state, state))
      steps.push({ path, rank: 4, perform: () => this.#update(before.state, state) })
    return steps
  }

  /** A node that no row tells of, at one path or the other: its state is the same, its path is not. */
  async #unchanged(node: NodeRef): Promise<NodeDifference> {
    const partId = node.fileType === 'directory' ? node.id : node.parentId
    const [before, after] = [await sideIn(this.#staging.overlay, node), await sideIn(this.#target, node)]
    return { id: node.id, before, after, last: { nodeVersion: before?.state.nodeVersion ?? 0, partId } }
  }

  async #create(state: NodeState, path: string, last: NodeEnd): Promise<void> {
    const directoryId = await this.#home(state, path)
    await this.#staging.perform({
      kind: 'create',
      nodeId: state.node.id,
      fileType: state.node.fileType,
      place: { directoryId, name: state.name },
      ...goesOnFrom(last, state),
      ...this.#asItWas(state),
    })
  }

  async #move(before: NodeState, place: OperationDraft['place']): Promise<void> {
    const now = this.#current(before)
    if (now.node.parentId === place.directoryId && now.name === place.name) return
    const { id, fileType } = now.node
    await this.#staging.perform({ kind: 'rename', nodeId: id, fileType, place, from: placeOf(now) })
  }

  async #update(before: NodeState, state: NodeState): Promise<void> {
    const now = this.#current(before)
    await this.#staging.perform({
      kind: 'update',
      nodeId: now.node.id,
      fileType: state.node.fileType,
      place: placeOf(now),
      baseSha256: contentHash(now),
      ...this.#asItWas(state),
    })
  }

  async #remove(before: NodeState): Promise<void> {
    const now = this.#current(before)
    const { id, fileType } = now.node
    await this.#staging.perform({ kind: 'delete', nodeId: id, fileType, place: placeOf(now) })
  }

  /** The directory that an entry goes back to: its own, or the one that is at the same path now. */
  async #home(state: NodeState, path: string): Promise<NodeId> {
    const above = parentPath(path as PondPath)
    if (this.#path === null || isWithin(above, this.#path)) return state.node.parentId
    return this.#directoryAt(state.node.parentId)
  }

  /**
   * The directory at the path that one of the target's had. Where there is none it comes back under its own
   * id; where that lives elsewhere now, another takes its place.
   * @throws tinyfs.not-a-directory
   */
  async #directoryAt(id: NodeId): Promise<NodeId> {
    if (id === ROOT_ID) return ROOT_ID
    const { overlay } = this.#staging
    const ref: NodeRef = { id, fileType: 'directory', parentId: id }
    const state = await this.#target.mustState(ref)
    const directoryId = await this.#directoryAt(state.node.parentId)
    const parent: NodeRef = { id: directoryId, fileType: 'directory', parentId: directoryId }
    const there = await overlay.lookup(parent, state.name)
    if (there?.node.fileType === 'directory') return there.node.id
    if (there !== undefined) {
      const path = await this.#target.directoryPath(id)
      const message = `${path} was a directory then and is a ${there.node.fileType} now: move it away first`
      throw new PondError('tinyfs.not-a-directory', message, { path })
    }
    if ((await overlay.state(ref)) !== undefined) return (await this.#staging.createDirectory(parent, state.name)).id
    await this.#staging.perform({
      kind: 'create',
      nodeId: id,
      fileType: 'directory',
      place: { directoryId, name: state.name },
      ...goesOnFrom(this.#ends.get(id) ?? { nodeVersion: state.nodeVersion, partId: id }, state),
      attributes: ownAttributes(state),
    })
    return id
  }

  #current(before: NodeState): NodeState {
    const { id } = before.node
    const now = this.#staging.overlay.stateById(id)
    if (now === null) throw new PondError('tinyfs.not-found', `node ${id} is gone`, { nodeId: id })
    return now ?? before
  }

  /** What the entry had then. A series goes back by naming the node version it was made of: its parts stay where they are. */
  #asItWas(state: NodeState): Partial<OperationDraft> {
    const { target, size, sha256, minEventTime, maxEventTime, nodeVersion } = state
    const facts = seriesFacts(state)
    const attributes = ownAttributes(state)
    if (target !== null) return { target, attributes }
    if (size === null || sha256 === null) return { attributes }
    const isInline = size <= INLINE_LIMIT
    return {
      attributes: facts === null ? attributes : { ...attributes, series: { ...facts, partsOf: nodeVersion } },
      ...(facts === null ? {} : { minEventTime, maxEventTime }),
      content: { size, sha256, inline: isInline ? { read: () => readWhole(this.#target, state) } : null, temp: null },
    }
  }
}

function isMoved(before: Side, after: Side): before is NonNullable<Side> {
  return before !== null && after !== null && before.path !== after.path
}

async function nodeAt(backend: View | Overlay, path: PondPath): Promise<NodeRef | undefined> {
  const fs = new ReadFileSystem(backend)
  return (await fs.exists(path, { follow: false })) ? (await fs.find(path, { follow: false })).node : undefined
}

async function sideIn(side: View | Overlay, node: NodeRef): Promise<NodeDifference['before']> {
  const state = await side.state(node)
  if (state === undefined) return null
  const directory = await side.directoryPath(state.node.parentId)
  return { state, path: directory === '/' ? `/${state.name}` : `${directory}/${state.name}` }
}

function placeOf({ node, name }: NodeState): OperationDraft['place'] {
  return { directoryId: node.parentId, name }
}

function goesOnFrom(
  { nodeVersion, partId }: NodeEnd,
  { name }: NodeState,
): Pick<OperationDraft, 'priorVersion' | 'from'> {
  return { priorVersion: nodeVersion, from: { directoryId: partId, name } }
}

function ownAttributes(state: NodeState): Readonly<Record<string, unknown>> {
  const { seq: _seq, parent: _parent, formerPath: _path, formerPart: _part, series: _series, ...own } = state.attributes
  // What was said later of how it is read goes.
  return state.node.fileType === 'file:data' ? { reading: null, ...own } : own
}

async function readWhole(view: View, state: NodeState): Promise<Uint8Array> {
  const reader = await view.openState(state)
  try {
    const parts: Uint8Array[] = []
    for await (const chunk of reader.chunks()) parts.push(chunk)
    return parts.length === 1 ? (parts[0] as Uint8Array) : new Uint8Array(Buffer.concat(parts))
  } finally {
    await reader.close()
  }
}

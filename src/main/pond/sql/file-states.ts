/**
 * One file of a pond through time, for SQL that compares its rows: where it is at a moment, and in which
 * versions its content changed. A path means what is there; where nothing is, the node that the path leads to
 * at the other end, so that what was moved is followed.
 */
import { isPondError } from '../../../shared/errors'
import type { Micros, ResolvedAt } from '../../../shared/model'
import { childPath, isWithin, parsePath, type PondPath } from '../../../shared/path'
import type { FileState, TableFile } from '../../query'
import type { Moment, Steward } from '../../steward'
import type { Found, NodeId } from '../../tinyfs'
import { Overlay, parseAttributes, type View } from '../../tlogfs'

export interface FileAt {
  readonly path: PondPath
  readonly node: Found['node']
}

interface Context {
  readonly steward: Steward
  readonly here: Moment
  /** Another moment beside the same head. */
  readonly moment: (at: ResolvedAt) => Promise<Moment>
  readonly table: (moment: Moment, file: FileAt) => Promise<TableFile>
}

interface Span {
  readonly path: string
  readonly from: ResolvedAt
  readonly to: ResolvedAt
  readonly between: boolean
}

/** What `QuerySource.fileStates` promises. */
export async function fileStates(context: Context, { path, between, ...span }: Span): Promise<readonly FileState[]> {
  const [from, to] = [await context.moment(span.from), await context.moment(span.to)]
  const met = (await fileAt(to, path)) ?? (await fileAt(from, path)) ?? (await fileAt(context.here, path))
  const id = met?.node.id ?? null
  const stateAt = async (moment: Moment): Promise<FileState> => {
    const found = (await fileAt(moment, path)) ?? (id === null ? undefined : await fileById(moment, id))
    const version = moment.at.kind === 'pending' ? null : moment.at.version
    return {
      version,
      committedAt: version === null ? null : await committedAt(context.steward, version),
      file: found === undefined ? null : await context.table(moment, found),
    }
  }
  const states = [await stateAt(from)]
  if (between && from.at.kind === 'version') {
    const versions = await touchingVersions(context, { path, from, to, id })
    for (const version of versions) {
      const state = await stateAt(await context.moment({ kind: 'version', version }))
      if (differ(states.at(-1)!, state)) states.push(state)
    }
  }
  const last = await stateAt(to)
  if (!between || differ(states.at(-1)!, last)) states.push(last)
  return states
}

/** The file at a path, links followed. */
async function fileAt(moment: Moment, path: string): Promise<FileAt | undefined> {
  const found = await find(moment, path, true)
  return found?.node.fileType.startsWith('file:') ? found : undefined
}

async function fileById(moment: Moment, id: NodeId): Promise<FileAt | undefined> {
  const { backend } = moment
  const changed = backend instanceof Overlay ? backend.stateById(id) : undefined
  const state = changed === undefined ? (await viewOf(moment).locate(new Set([id]))).states.get(id) : changed
  if (!state?.node.fileType.startsWith('file:')) return undefined
  const directory = (await backend.directoryPath(state.node.parentId)) as PondPath
  return { path: childPath(directory, state.name), node: state.node }
}

/**
 * Versions up to the later moment that touched what the path meant on the way, ascending: operations at it, on a
 * directory above it, and on every node that was found there.
 */
async function touchingVersions(
  { moment: momentAt }: Context,
  {
    path,
    from,
    to,
    id,
  }: { readonly path: string; readonly from: Moment; readonly to: Moment; readonly id: NodeId | null },
): Promise<number[]> {
  const { snapshot } = viewOf(to)
  const range = { txnSeqAbove: from.at.version, txnSeqUpTo: to.at.version }
  const places = new Set([parsePath(path), ...(await ends([from, to], path)).map((found) => found.path)])
  const concerns = (other: string | null): boolean =>
    other !== null && [...places].some((place) => isWithin(place, other))
  const versions = new Set<number>()
  for await (const rows of snapshot.scan({ ...range, operations: ['create', 'delete', 'rename'] })) {
    for (const row of rows) {
      if (concerns(row.path) || concerns(formerPath(row.extendedAttributes))) versions.add(row.txnSeq)
    }
  }
  const known = new Set<NodeId>()
  const seen = new Set<number>()
  let waiting = new Set((await ends([from, to], path)).map(({ node }) => node.id))
  if (id !== null) waiting.add(id)
  for (;;) {
    for (const version of versions) {
      if (seen.has(version)) continue
      seen.add(version)
      for (const { node } of await ends([await momentAt({ kind: 'version', version })], path)) waiting.add(node.id)
    }
    waiting = new Set([...waiting].filter((id) => !known.has(id)))
    if (waiting.size === 0) return [...versions].sort((a, b) => a - b)
    for (const id of waiting) known.add(id)
    for await (const rows of snapshot.scan({ ...range, nodeIds: waiting })) {
      for (const row of rows) versions.add(row.txnSeq)
    }
  }
}

/** What is at the path, and what it leads to. */
async function ends(moments: readonly Moment[], path: string): Promise<Found[]> {
  const found: Found[] = []
  for (const moment of moments) {
    for (const follow of [false, true])
      found.push(...[await find(moment, path, follow)].filter((each) => each !== undefined))
  }
  return found
}

async function find(moment: Moment, path: string, follow: boolean): Promise<Found | undefined> {
  try {
    return await moment.fs.find(path, { follow })
  } catch (error) {
    const isAbsent = ['tinyfs.not-found', 'tinyfs.not-a-directory', 'tinyfs.symlink-loop'] as const
    if (isAbsent.some((code) => isPondError(error, code))) return undefined
    throw error
  }
}

async function committedAt(steward: Steward, version: number): Promise<Micros | null> {
  const [entry] = await steward.log.entries({ before: version + 1, limit: 1 })
  return entry?.version === version ? entry.committedAt : null
}

function viewOf({ backend }: Moment): View {
  return backend instanceof Overlay ? backend.base : backend
}

function formerPath(attributes: string | null): string | null {
  const former = parseAttributes(attributes)['formerPath']
  return typeof former === 'string' ? former : null
}

function differ(a: FileState, b: FileState): boolean {
  return a.file?.sha256 !== b.file?.sha256
}

/**
 * Where an entry was because of the directories above it. Its own rows name its directory and nothing
 * higher: that a directory on the way was moved is in that directory's rows alone. Costs the rows of the
 * directories that the entry was below, in the time in which it was.
 */
import { PondError } from '../../../shared/errors'
import type { OplogRow } from '../../oplog'
import type { NodeId } from '../../tinyfs'
import { parseAttributes } from '../content/node-state'
import { ROOT_ID } from '../content/operation'
import type { View } from './view'

/** When an operation took effect: in which version, and as which of its operations. */
export interface Instant {
  readonly txnSeq: number
  readonly seq: number
}

/** A change of an entry's path by the move of a directory above it. */
export interface MoveAbove extends Instant {
  readonly formerPath: string
  readonly path: string
}

/** A time in which an entry was at `suffix` below a directory, up to and without `to`. */
interface Span {
  readonly from: Instant
  readonly to: Instant
  readonly parentId: NodeId
  readonly suffix: string
}

/** Where a directory was put by one of its rows. */
interface Placed extends Instant {
  readonly parentId: NodeId
  readonly name: string
}

const END: Instant = { txnSeq: Infinity, seq: Infinity }
/** Deeper than any path can be; only damage makes directories contain each other. */
const MAX_DEPTH = 100_000
/** From this many directories on, their rows are read in one pass. */
const MANY_DIRECTORIES = 8

/** When a row took effect. A row of a directory's names stands for all of its version. */
export function instantOf({ txnSeq, operation, extendedAttributes }: OplogRow): Instant {
  if (operation === 'entries') return { txnSeq, seq: Infinity }
  const { seq } = parseAttributes(extendedAttributes)
  return { txnSeq, seq: typeof seq === 'number' ? seq : 0 }
}

/**
 * The moves of directories above an entry, in order. @param rows all of the entry's own, by node version
 * @throws tlogfs.corrupt-directory
 */
export async function movesAbove(view: View, rows: readonly OplogRow[]): Promise<readonly MoveAbove[]> {
  const own = rows.filter(({ operation }) => operation !== 'entries')
  let waiting = own.flatMap((row, index): Span[] => {
    if (row.operation === 'delete') return []
    const { parentId, name, ...from } = placedBy(row)
    const next = own[index + 1]
    return [{ from, to: next === undefined ? END : instantOf(next), parentId, suffix: `/${name}` }]
  })
  const placed = new Map<NodeId, readonly Placed[]>()
  const whole: Span[] = []
  for (let depth = 0; waiting.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      const directoryId = waiting[0]!.parentId
      throw new PondError('tlogfs.corrupt-directory', `directory ${directoryId} is inside itself`, { directoryId })
    }
    whole.push(...waiting.filter(({ parentId }) => parentId === ROOT_ID))
    waiting = waiting.filter(({ parentId }) => parentId !== ROOT_ID)
    await readPlaces(view, new Set(waiting.map(({ parentId }) => parentId)), placed)
    waiting = waiting.flatMap((span) => [...cut(span, placed.get(span.parentId)!)])
  }
  whole.sort((a, b) => compareInstants(a.from, b.from))
  const ownKeys = new Set(own.map((row) => keyOf(instantOf(row))))
  return whole.flatMap(({ from, suffix }, index): MoveAbove[] => {
    const before = whole[index - 1]
    if (before === undefined || compareInstants(before.to, from) !== 0 || before.suffix === suffix) return []
    // Where the entry's own row ends a span, that row says how it went on.
    return ownKeys.has(keyOf(from)) ? [] : [{ ...from, formerPath: before.suffix, path: suffix }]
  })
}

export function compareInstants(a: Instant, b: Instant): number {
  if (a.txnSeq !== b.txnSeq) return a.txnSeq - b.txnSeq
  return a.seq === b.seq ? 0 : a.seq - b.seq
}

/** The span as pieces in each of which its directory was at one place. */
function* cut(span: Span, placed: readonly Placed[]): Generator<Span> {
  for (const [index, { parentId, name, ...since }] of placed.entries()) {
    const until = placed[index + 1] ?? END
    const from = compareInstants(since, span.from) > 0 ? since : span.from
    const to = compareInstants(until, span.to) < 0 ? until : span.to
    if (compareInstants(from, to) < 0)
      yield { from: instant(from), to: instant(to), parentId, suffix: `/${name}${span.suffix}` }
  }
}

function keyOf({ txnSeq, seq }: Instant): string {
  return `${txnSeq} ${seq}`
}

function instant({ txnSeq, seq }: Instant): Instant {
  return { txnSeq, seq }
}

async function readPlaces(
  { snapshot, version }: View,
  ids: ReadonlySet<NodeId>,
  known: Map<NodeId, readonly Placed[]>,
): Promise<void> {
  const unknown = [...ids].filter((id) => !known.has(id))
  const operations = ['create', 'rename']
  const filters =
    unknown.length >= MANY_DIRECTORIES
      ? [{ directories: new Set(unknown) }]
      : unknown.map((id) => ({ partId: id, nodeId: id }))
  const rows = new Map<NodeId, OplogRow[]>(unknown.map((id) => [id, []]))
  for (const filter of filters) {
    for await (const batch of snapshot.scan({ ...filter, operations, txnSeqUpTo: version }))
      for (const row of batch) rows.get(row.nodeId)?.push(row)
  }
  for (const [id, own] of rows) known.set(id, own.sort((a, b) => a.version - b.version).map(placedBy))
}

function placedBy(row: OplogRow): Placed {
  const { parent } = parseAttributes(row.extendedAttributes)
  const ofDirectory = typeof parent === 'string' ? parent : ROOT_ID
  return {
    ...instantOf(row),
    parentId: row.fileType === 'directory' ? ofDirectory : row.partId,
    name: row.name ?? '',
  }
}

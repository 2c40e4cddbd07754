/**
 * From replayed operations to the rows of a transaction: one row per operation, one `entries` row per
 * committed directory whose names changed, and the transaction's own row. Pure but for reading content.
 */
import type { Micros, Version } from '../../shared/model'
import type { LaterRow, OplogRow } from '../oplog'
import type { DirectoryEntry, NodeId } from '../tinyfs'
import type { AppliedOperation } from './overlay/applied'
import { encodeEntries } from './view/directory'
import type { DirectoryState } from './view/directory-state'
import type { NodeState } from './content/node-state'
import { INLINE_LIMIT, TRANSACTIONS_ID } from './content/operation'
import type { Overlay } from './overlay/overlay'
import type { ChangedNames } from './overlay/overlay-names'

export interface Transaction {
  readonly version: Version
  readonly transactionId: string
  readonly committedAt: Micros
  /** Commit time of the version before. */
  readonly previousAt: Micros
  readonly wallClock: Micros
  /** What whoever committed says of it, kept as it is: author, message, command. */
  readonly said: Readonly<Record<string, string>>
  /** Live nodes before, without the root. */
  readonly nodesBefore: number
}

/** A directory gets a full state again once its deltas outgrow the last one, in entries or in rows. */
const MIN_DELTA_ROWS = 64
const ENTRIES_PER_DELTA_ROW = 256

/** Commits of fewer operations, with less inline content, have their rows in memory. */
const MANY_OPERATIONS = 4_096
const MUCH_CONTENT = 8 << 20
/** Of a batch of pending rows. */
const BATCH_ROWS = 1_024
const BATCH_BYTES = 4 << 20

/** In no order. Where there are many, or there is much content, they are made when they are written. */
export async function transactionRows(
  overlay: Overlay,
  transaction: Transaction,
): Promise<readonly (OplogRow | LaterRow)[]> {
  const births = new Map<NodeId, AppliedOperation>()
  let inline = 0
  for (const applied of overlay.applied) {
    const { kind, fileType, nodeId } = applied.operation
    inline += inlineBytes(applied.after)
    if (kind === 'create' && fileType === 'directory') births.set(nodeId, applied)
  }
  const isMuch = overlay.applied.length > MANY_OPERATIONS || inline > MUCH_CONTENT
  const source = { overlay, transaction, births }
  const rows: (OplogRow | LaterRow)[] = []
  for (const applied of overlay.applied) {
    if (overlay.pace.due) await overlay.pace.rest()
    const row = new LaterOperationRow(source, applied, rows.length)
    rows.push(isMuch ? row : await row.make())
  }
  for (const { id, names } of overlay.changedDirectories()) {
    const row = await entriesRow(overlay, id, names, transaction)
    if (row !== null) rows.push(row)
  }
  rows.push(transactionRow(overlay, transaction))
  return rows
}

interface RowSource {
  readonly overlay: Overlay
  readonly transaction: Transaction
  /** The last creation of each directory: its row has the names in it. */
  readonly births: ReadonlyMap<NodeId, AppliedOperation>
}

/** The row of one applied operation. */
class LaterOperationRow implements LaterRow {
  readonly #source: RowSource
  readonly #applied: AppliedOperation
  /** Among the operations of the transaction. */
  readonly #index: number

  constructor(source: RowSource, applied: AppliedOperation, index: number) {
    this.#source = source
    this.#applied = applied
    this.#index = index
  }

  get partId(): NodeId {
    return partOf(this.#applied)
  }

  get nodeId(): NodeId {
    return this.#applied.operation.nodeId
  }

  get version(): number {
    return this.#applied.nodeVersion
  }

  get bytes(): number {
    return ROW_BYTES + inlineBytes(this.#applied.after)
  }

  async make(): Promise<OplogRow> {
    const { overlay, transaction, births } = this.#source
    if (overlay.pace.due) await overlay.pace.rest()
    const applied = this.#applied
    const isBirth = births.get(applied.operation.nodeId) === applied
    const content = isBirth ? await fullEntries(overlay, applied) : await contentOf(overlay, applied)
    return operationRow(applied, this.#index, content, transaction)
  }
}

/** About what a row takes without its content. */
const ROW_BYTES = 400

function inlineBytes(state: NodeState | null): number {
  return state?.size != null && state.size <= INLINE_LIMIT ? state.size : 0
}

/** One row per applied operation as it is while pending, with txnSeq -1 and no directory content, in batches of bounded size. */
export async function* operationRows(
  overlay: Overlay,
  options: {
    /** Whether rows have the content of files; links have their targets anyway. */
    readonly content: boolean
  },
): AsyncGenerator<OplogRow[]> {
  let batch: OplogRow[] = []
  let bytes = 0
  let index = 0
  for (const applied of overlay.applied) {
    if (overlay.pace.due) await overlay.pace.rest()
    const isWanted = options.content || inlineBytes(applied.after) === 0
    const content = isWanted ? await contentOf(overlay, applied) : null
    batch.push(operationRow(applied, index++, content, null))
    bytes += content?.length ?? 0
    if (batch.length >= BATCH_ROWS || bytes > BATCH_BYTES) {
      yield batch
      batch = []
      bytes = 0
    }
  }
  if (batch.length > 0) yield batch
}

/** The directory whose rows it is among. */
function partOf({ operation, before, after }: AppliedOperation): NodeId {
  if (operation.fileType === 'directory') return operation.nodeId
  return (after ?? before)?.node.parentId ?? operation.place.directoryId
}

function operationRow(
  applied: AppliedOperation,
  index: number,
  content: Uint8Array | null,
  transaction: Transaction | null,
): OplogRow {
  const { operation, nodeVersion, path, formerPath, formerPart, after } = applied
  const isDirectory = operation.fileType === 'directory'
  const attributes: Record<string, unknown> = { ...(after?.attributes ?? {}), seq: index }
  for (const key of ['parent', 'formerPath', 'formerPart']) delete attributes[key]
  if (isDirectory) attributes['parent'] = operation.place.directoryId
  if (formerPath !== null) attributes['formerPath'] = formerPath
  if (formerPart !== null) attributes['formerPart'] = formerPart
  const deleted = operation.kind === 'delete'
  return {
    partId: partOf(applied),
    nodeId: operation.nodeId,
    fileType: after?.node.fileType ?? operation.fileType,
    timestamp:
      transaction === null
        ? operation.stagedAt
        : clamp(operation.stagedAt, transaction.previousAt, transaction.committedAt),
    version: nodeVersion,
    content,
    sha256: deleted ? null : (after?.sha256 ?? null),
    size: deleted ? null : (after?.size ?? null),
    minEventTime: deleted ? null : (after?.minEventTime ?? null),
    maxEventTime: deleted ? null : (after?.maxEventTime ?? null),
    extendedAttributes: JSON.stringify(attributes),
    txnSeq: transaction?.version ?? -1,
    operation: operation.kind,
    name: after?.name ?? operation.place.name,
    path,
  }
}

const encoder = new TextEncoder()

async function contentOf(overlay: Overlay, { operation, after }: AppliedOperation): Promise<Uint8Array | null> {
  if (operation.kind === 'delete' || operation.fileType === 'directory' || after === null) return null
  if (after.target !== null) return encoder.encode(after.target)
  if (after.size === null || after.size > INLINE_LIMIT) return null
  const reader = await overlay.openState(after)
  try {
    // Read through `chunks`, which checks the hash: a damaged journal must not become a row.
    const parts: Uint8Array[] = []
    for await (const chunk of reader.chunks()) parts.push(chunk)
    return parts.length === 1 ? (parts[0] as Uint8Array) : new Uint8Array(Buffer.concat(parts))
  } finally {
    await reader.close()
  }
}

async function fullEntries(overlay: Overlay, applied: AppliedOperation): Promise<Uint8Array | null> {
  const node = applied.after?.node
  if (node === undefined || (await overlay.state(node)) === undefined) return null
  return encodeFull(await overlay.entries(node))
}

function encodeFull(entries: readonly DirectoryEntry[]): Uint8Array {
  return encodeEntries(
    entries.map(({ name, node }) => ({ name, childNodeId: node.id, operation: 'insert', nodeType: node.fileType })),
    'full',
  )
}

async function entriesRow(
  overlay: Overlay,
  id: NodeId,
  names: ChangedNames['names'],
  transaction: Transaction,
): Promise<OplogRow | null> {
  const base = overlay.originOf(id) === null ? undefined : await overlay.base.findDirectory(id)
  if (base === undefined) return null
  const delta: {
    name: string
    childNodeId: string
    operation: 'insert' | 'update' | 'delete'
    nodeType: DirectoryEntry['node']['fileType']
  }[] = []
  for (const [name, now] of names.entries()) {
    const was = base.exact(name)
    if (now === null) {
      if (was !== undefined)
        delta.push({ name, childNodeId: was.node.id, operation: 'delete', nodeType: was.node.fileType })
    } else if (was === undefined) {
      delta.push({ name, childNodeId: now.node.id, operation: 'insert', nodeType: now.node.fileType })
    } else if (was.node.id !== now.node.id || was.node.fileType !== now.node.fileType) {
      delta.push({ name, childNodeId: now.node.id, operation: 'update', nodeType: now.node.fileType })
    }
  }
  if (delta.length === 0) return null
  const directory = { id, fileType: 'directory' as const, parentId: id }
  const content = wantsFull(base, delta.length)
    ? encodeFull(await overlay.entries(directory))
    : encodeEntries(delta, 'delta')
  const path = await overlay.directoryPath(id)
  return {
    partId: id,
    nodeId: id,
    fileType: 'directory',
    timestamp: transaction.committedAt,
    version: await overlay.nextDirectoryVersion(id),
    content,
    sha256: null,
    size: null,
    minEventTime: null,
    maxEventTime: null,
    extendedAttributes: null,
    txnSeq: transaction.version,
    operation: 'entries',
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
  }
}

function wantsFull({ stored }: DirectoryState, changes: number): boolean {
  if (stored.deltaEntries + changes > stored.fullEntries) return true
  return stored.deltaRows + 1 > Math.max(MIN_DELTA_ROWS, stored.fullEntries / ENTRIES_PER_DELTA_ROW)
}

function transactionRow(overlay: Overlay, transaction: Transaction): OplogRow {
  const { counts, bytesDelta, nodesDelta } = overlay.summary
  const { said, wallClock, committedAt } = transaction
  return {
    partId: TRANSACTIONS_ID,
    nodeId: transaction.transactionId,
    fileType: 'transaction',
    timestamp: committedAt,
    version: 1,
    content: null,
    sha256: null,
    size: null,
    minEventTime: null,
    maxEventTime: null,
    extendedAttributes: JSON.stringify({
      ...said,
      operations: overlay.applied.length,
      ...counts,
      bytesDelta,
      totalNodes: transaction.nodesBefore + nodesDelta,
      ...(wallClock === committedAt ? {} : { wallClock }),
    }),
    txnSeq: transaction.version,
    operation: 'commit',
    name: null,
    path: null,
  }
}

function clamp(value: Micros, low: Micros, high: Micros): Micros {
  return Math.min(Math.max(value, low), high)
}

/**
 * From replayed operations to the rows of a transaction: one row per operation, one `entries` row per
 * committed directory whose names changed, and the transaction's own row. Pure but for reading content.
 */
import type { Micros, Version } from '../../shared/model'
import type { OplogRow } from '../oplog'
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
  readonly author: string
  readonly message: string
  readonly command: string
  /** Live nodes before, without the root. */
  readonly nodesBefore: number
}

/** A directory gets a full state again once its deltas outgrow the last one, in entries or in rows. */
const MIN_DELTA_ROWS = 64
const ENTRIES_PER_DELTA_ROW = 256

/** Commits whose inline content is less than this have it in memory. */
const CONTENT_IN_MEMORY = 8 << 20

export interface TransactionRows {
  /** In no order. */
  readonly rows: OplogRow[]
  /** Where there is much content, `rows` come without it and this reads it. */
  readonly contentOf: ((row: OplogRow) => Promise<Uint8Array | null>) | undefined
}

export async function transactionRows(overlay: Overlay, transaction: Transaction): Promise<TransactionRows> {
  let inline = 0
  for (const { after } of overlay.applied) inline += inlineBytes(after)
  const deferred = inline > CONTENT_IN_MEMORY ? new Map<OplogRow, AppliedOperation>() : undefined
  const rows: OplogRow[] = []
  for await (const batch of operationRows(overlay, { transaction, ...(deferred && { deferred }) })) rows.push(...batch)
  for (const { id, names } of overlay.changedDirectories()) {
    const row = await entriesRow(overlay, id, names, transaction)
    if (row !== null) rows.push(row)
  }
  rows.push(transactionRow(overlay, transaction))
  if (deferred === undefined) return { rows, contentOf: undefined }
  const contentOfRow = async (row: OplogRow): Promise<Uint8Array | null> => {
    const applied = deferred.get(row)
    return applied === undefined ? null : contentOf(overlay, applied)
  }
  return { rows, contentOf: contentOfRow }
}

function inlineBytes(state: NodeState | null): number {
  return state?.size != null && state.size <= INLINE_LIMIT ? state.size : 0
}

/**
 * One row per applied operation, in batches of bounded size. Without a transaction: as they are while
 * pending, with txnSeq -1 and no directory content.
 */
export async function* operationRows(
  overlay: Overlay,
  {
    transaction,
    deferred,
  }: {
    readonly transaction: Transaction | null
    /** Takes the rows whose content is left out. */
    readonly deferred?: Map<OplogRow, AppliedOperation>
  },
): AsyncGenerator<OplogRow[]> {
  const lastCreate = new Map<NodeId, number>()
  let count = 0
  for (const { operation } of overlay.applied) {
    if (operation.kind === 'create' && operation.fileType === 'directory') lastCreate.set(operation.nodeId, count)
    count++
  }
  let batch: OplogRow[] = []
  let bytes = 0
  let index = -1
  for (const applied of overlay.applied) {
    index++
    if (overlay.pace.due) await overlay.pace.rest()
    const isDirectory = applied.operation.fileType === 'directory'
    const defers = deferred !== undefined && inlineBytes(applied.after) > 0
    let content = isDirectory || defers ? null : await contentOf(overlay, applied)
    if (isDirectory && transaction !== null && lastCreate.get(applied.operation.nodeId) === index) {
      content = await fullEntries(overlay, applied)
    }
    const row = operationRow(applied, index, content, transaction)
    batch.push(row)
    if (defers) deferred.set(row, applied)
    bytes += content?.length ?? 0
    if (batch.length >= 1024 || bytes > 4 << 20) {
      yield batch
      batch = []
      bytes = 0
    }
  }
  if (batch.length > 0) yield batch
}

function operationRow(
  applied: AppliedOperation,
  index: number,
  content: Uint8Array | null,
  transaction: Transaction | null,
): OplogRow {
  const { operation, nodeVersion, path, formerPath, formerPart, before, after } = applied
  const isDirectory = operation.fileType === 'directory'
  const state = after ?? before
  const attributes: Record<string, unknown> = { ...(after?.attributes ?? {}), seq: index }
  for (const key of ['parent', 'formerPath', 'formerPart']) delete attributes[key]
  if (isDirectory) attributes['parent'] = operation.place.directoryId
  if (formerPath !== null) attributes['formerPath'] = formerPath
  if (formerPart !== null) attributes['formerPart'] = formerPart
  const deleted = operation.kind === 'delete'
  return {
    partId: isDirectory ? operation.nodeId : (state?.node.parentId ?? operation.place.directoryId),
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
  if (operation.kind === 'delete' || after === null) return null
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
  const { author, message, command, wallClock, committedAt } = transaction
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
      author,
      message,
      command,
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

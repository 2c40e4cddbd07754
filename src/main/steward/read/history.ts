/**
 * The pond's versions as its own rows tell them: transactions and their operations. Only transactions that somebody
 * asks for are read, and a bounded number is kept.
 */
import { PondError } from '../../../shared/errors'
import type { ChangeCounts, FileType, LogEntry, OperationKind, OperationRecord, Version } from '../../../shared/model'
import type { OplogRow, Snapshot } from '../../oplog'
import { isNodeRow, parseAttributes, TRANSACTIONS_ID, type AppliedOperation } from '../../tlogfs'

export interface TransactionRecord extends Omit<LogEntry, 'isHead'> {
  readonly totalNodes: number
}

/** Transactions that are kept; each is some hundred bytes. */
const KEPT = 8_192

export class History {
  /** By version, in the order in which they were read. */
  readonly #kept = new Map<Version, TransactionRecord>()
  #reading: Promise<unknown> = Promise.resolve()

  /** The transactions `above` < version <= `upTo`, ascending. */
  async range(snapshot: Snapshot, above: Version, upTo: Version): Promise<TransactionRecord[]> {
    // One after the other: who asks for the same versions finds them.
    const range = this.#reading.then(() => this.#range(snapshot, above, Math.min(upTo, snapshot.pondVersion)))
    this.#reading = range.catch(() => undefined)
    return range
  }

  /** The transactions of these versions, which all exist, by ascending version. */
  async of(snapshot: Snapshot, versions: Iterable<Version>): Promise<ReadonlyMap<Version, TransactionRecord>> {
    const sorted = [...new Set(versions)].sort((a, b) => a - b)
    const missing = sorted.filter((version) => !this.#kept.has(version))
    const read = new Map<Version, TransactionRecord>()
    if (missing.length > 0) {
      const bounds = { txnSeqAbove: missing[0]! - 1, txnSeqUpTo: missing.at(-1)! }
      for await (const rows of snapshot.scan({ partId: TRANSACTIONS_ID, txnSeqs: new Set(missing), ...bounds }))
        for (const row of rows) read.set(row.txnSeq, transactionOf(row))
    }
    const found = new Map<Version, TransactionRecord>()
    for (const version of sorted) {
      const record = read.get(version) ?? this.#kept.get(version)
      if (record !== undefined) found.set(version, record)
    }
    for (const record of read.values()) this.#keep(record)
    return found
  }

  /** @throws steward.unknown-version */
  async transaction(snapshot: Snapshot, version: Version): Promise<TransactionRecord> {
    const record = this.#kept.get(version) ?? (await this.range(snapshot, version - 1, version))[0]
    if (record !== undefined && version <= snapshot.pondVersion) return record
    throw new PondError(
      'steward.unknown-version',
      `version ${version} does not exist: versions are 0 to ${snapshot.pondVersion}`,
      { version },
    )
  }

  forget(): void {
    this.#kept.clear()
  }

  async #range(snapshot: Snapshot, above: Version, upTo: Version): Promise<TransactionRecord[]> {
    const records = new Map<Version, TransactionRecord>()
    let missing = 0
    for (let version = Math.max(1, above + 1); version <= upTo; version++) {
      const known = this.#kept.get(version)
      if (known !== undefined) records.set(version, known)
      else missing++
    }
    if (missing > 0) {
      for await (const rows of snapshot.scan({ partId: TRANSACTIONS_ID, txnSeqAbove: above, txnSeqUpTo: upTo })) {
        for (const row of rows) if (!records.has(row.txnSeq)) records.set(row.txnSeq, this.#keep(transactionOf(row)))
      }
    }
    return [...records.values()].sort((a, b) => a.version - b.version)
  }

  #keep(record: TransactionRecord): TransactionRecord {
    this.#kept.set(record.version, record)
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value as Version)
    return record
  }
}

function transactionOf(row: OplogRow): TransactionRecord {
  const attributes = parseAttributes(row.extendedAttributes)
  const number = (key: string): number => (typeof attributes[key] === 'number' ? attributes[key] : 0)
  const text = (key: string): string => (typeof attributes[key] === 'string' ? attributes[key] : '')
  const counts: ChangeCounts = {
    added: number('added'),
    modified: number('modified'),
    deleted: number('deleted'),
    renamed: number('renamed'),
  }
  return {
    version: row.txnSeq,
    committedAt: row.timestamp,
    author: text('author'),
    message: text('message'),
    command: text('command'),
    transactionId: row.nodeId,
    operations: number('operations'),
    counts,
    bytesDelta: number('bytesDelta'),
    totalNodes: number('totalNodes'),
  }
}

/** The operations of a committed version, in their order. */
export async function operationsOf(snapshot: Snapshot, version: Version): Promise<OperationRecord[]> {
  const rows: OplogRow[] = []
  for await (const batch of snapshot.scan({ txnSeqAbove: version - 1, txnSeqUpTo: version })) {
    rows.push(...batch.filter((row) => isNodeRow(row) && row.operation !== 'entries'))
  }
  return rows.map((row) => operationOfRow(row, row.txnSeq)).sort((a, b) => a.seq - b.seq)
}

/** A row of a node as a record. */
export function operationOfRow(row: OplogRow, version: Version | null): OperationRecord {
  const attributes = parseAttributes(row.extendedAttributes)
  return {
    version,
    seq: typeof attributes['seq'] === 'number' ? attributes['seq'] : 0,
    operation: row.operation as OperationKind,
    path: row.path ?? '',
    oldPath: typeof attributes['formerPath'] === 'string' ? attributes['formerPath'] : null,
    nodeId: row.nodeId,
    fileType: row.fileType as FileType,
    nodeVersion: row.version,
    size: row.size,
    sha256: row.sha256,
    at: row.timestamp,
  }
}

/** A pending operation as a record. */
export function pendingOperation({
  operation,
  nodeVersion,
  path,
  formerPath,
  after,
}: AppliedOperation): OperationRecord {
  return {
    version: null,
    seq: operation.seq,
    operation: operation.kind,
    path,
    oldPath: formerPath,
    nodeId: operation.nodeId,
    fileType: operation.fileType,
    nodeVersion,
    size: operation.kind === 'delete' ? null : (after?.size ?? null),
    sha256: operation.kind === 'delete' ? null : (after?.sha256 ?? null),
    at: operation.stagedAt,
  }
}
